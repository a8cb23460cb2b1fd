// SPDX-License-Identifier: Apache-2.0
/// The device with gated clocks and the device with one clock, side by side on the same bytes:
/// every output is equal in every clock, whatever the line, the host and the network do.
#include "Vsl_top_bytes_sim.h"
#include "Vsl_top_bytes_up5k.h"
#include "Vtwin_sim.h"
#include "Vtwin_up5k.h"
#include "tests/rtl_link/reference_host.hpp"
#include "tests/rtl_link/twin_traffic.hpp"

#include <gtest/gtest.h>
#include <verilated.h>

#include <memory>

namespace spikeloom::rtl_test {
namespace {

struct Input {
    bool reset_n    = true;
    bool rx_valid   = false;
    std::uint8_t rx = 0;
    bool rx_error   = false;
    bool tx_ready   = true;
};

struct Output {
    bool tx_valid                                        = false;
    std::uint8_t tx                                      = 0;  ///< 0 if not valid
    bool busy                                            = false;
    friend bool operator==(const Output&, const Output&) = default;
};

template <class Model>
class Device {
public:
    explicit Device(int seed) {
        context_.randReset(2);
        context_.randSeed(seed);
        model_ = std::make_unique<Model>(&context_);
    }
    ~Device() {
        Verilated::threadContextp(&context_);  // the model's scopes leave the thread's context
        model_->final();
        model_.reset();
    }
    Device(const Device&)            = delete;
    Device(Device&&)                 = delete;
    Device& operator=(const Device&) = delete;
    Device& operator=(Device&&)      = delete;

    Output clock(const Input& in) {
        Model& m     = *model_;
        m.clk_i      = 0;
        m.rst_ni     = in.reset_n;
        m.rx_valid_i = in.rx_valid;
        m.rx_data_i  = in.rx;
        m.rx_error_i = in.rx_error;
        m.tx_ready_i = in.tx_ready;
        m.eval();
        const Output out{m.tx_valid_o != 0, m.tx_valid_o != 0 ? m.tx_data_o : std::uint8_t{0},
                         m.busy_o != 0};
        m.clk_i = 1;
        m.eval();
        return out;
    }

private:
    VerilatedContext context_;
    std::unique_ptr<Model> model_;
};

template <class Gated, class Plain>
class Twins {
public:
    Twins(Shape shape, std::uint32_t seed)
        : gated_{static_cast<int>(seed)},
          plain_{static_cast<int>(seed + 1)},
          traffic_{shape, seed} {
        for (int n = 0; n < 3; ++n) {
            gated_.clock({.reset_n = false});
            plain_.clock({.reset_n = false});
        }
    }

    void send(const std::vector<Bytes>& messages) {
        for (const Bytes& message : messages)
            host.send(message);
    }

    /// Until the host has nothing more to say; false at the first clock with different outputs.
    bool run(std::uint64_t most) {
        for (const std::uint64_t end = now + most; now < end && !(host.idle() && quiet_ > 300);)
            if (!clock()) return false;
        return true;
    }

    bool clock() {
        Input in{.rx_error = noise && traffic_.draw(3000) == 0, .tx_ready = traffic_.draw(5) != 0};
        if (next_ >= frame_.size()) {
            next_  = 0;
            frame_ = host.frame(now).value_or(Bytes{});
        }
        if (next_ < frame_.size() && traffic_.draw(4) != 0) {
            in.rx_valid = true;
            in.rx       = frame_[next_++];
            if (noise && traffic_.draw(2000) == 0)
                in.rx ^= static_cast<std::uint8_t>(1 + traffic_.draw(255));
        }
        return clock(in);
    }

    /// One clock of reset, which is enough, wherever the device is.
    bool reset() { return clock({.reset_n = false}); }

    ReferenceHost host;
    std::uint64_t now = 1;
    bool noise        = false;

    Traffic& traffic() { return traffic_; }

private:
    bool clock(const Input& in) {
        const Output a = gated_.clock(in), b = plain_.clock(in);
        quiet_ = in.rx_valid || a.tx_valid || a.busy ? 0 : quiet_ + 1;
        if (a.tx_valid && in.tx_ready) host.receive(a.tx);
        ++now;
        return a == b;
    }

    Device<Gated> gated_;
    Device<Plain> plain_;
    Traffic traffic_;
    Bytes frame_;
    std::size_t next_    = 0;
    std::uint64_t quiet_ = 0;
};

/// Three sessions, each from the middle of the one before: the second comes by its number alone,
/// the third after a reset.
template <class Gated, class Plain>
void compare(Shape shape, std::uint32_t seed) {
    SCOPED_TRACE(testing::Message() << "seed " << seed);
    Twins<Gated, Plain> twins{shape, seed};
    std::size_t answers = 0;
    for (std::uint8_t session = 1; session < 4; ++session) {
        if (session == 3) {
            ASSERT_TRUE(twins.reset()) << "clock " << twins.now;
        }
        twins.host.open(session);
        ASSERT_TRUE(twins.run(60'000)) << "clock " << twins.now;
        twins.send(twins.traffic().network());
        ASSERT_TRUE(twins.run(300'000)) << "clock " << twins.now;
        ASSERT_TRUE(twins.host.idle());
        twins.noise = session != 1;
        for (int n = 0; n < 30; ++n)
            twins.send({twins.traffic().action()});
        ASSERT_TRUE(twins.run(80'000)) << "clock " << twins.now;
        twins.send(twins.traffic().free_running(true));
        for (int n = 0; n < 8; ++n)
            twins.send({twins.traffic().stamp()});
        ASSERT_TRUE(twins.run(20'000)) << "clock " << twins.now;
        if (session == 2) twins.send(twins.traffic().free_running(false));
        for (int n = 0; n < 20; ++n)
            twins.send({twins.traffic().action()});
        ASSERT_TRUE(twins.run(session == 3 ? 80'000 : 700)) << "clock " << twins.now;
        answers += twins.host.received.size();
        twins.host.received.clear();
    }
    EXPECT_GT(answers, 100U);
}

TEST(RtlTwins, Up5kIsTheSameWithGatedClocks) {
    for (std::uint32_t seed = 1; seed <= 3; ++seed)
        compare<Vsl_top_bytes_up5k, Vtwin_up5k>({false, 256, 3}, seed);
}

TEST(RtlTwins, SimIsTheSameWithGatedClocks) {
    for (std::uint32_t seed = 1; seed <= 2; ++seed)
        compare<Vsl_top_bytes_sim, Vtwin_sim>({true, 8192, 6}, seed);
}

}  // namespace
}  // namespace spikeloom::rtl_test
