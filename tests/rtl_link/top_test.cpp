// SPDX-License-Identifier: Apache-2.0
/// Link and core together, as a board has them: over bytes and over the two pins of the UART.
#include "Vsl_top_bytes_up5k.h"
#include "Vsl_top_up5k.h"
#include "tests/rtl_link/messages.hpp"
#include "tests/rtl_link/reference_host.hpp"

#include <gtest/gtest.h>
#include <verilated.h>

#include <cmath>
#include <functional>
#include <memory>

namespace spikeloom::rtl_test {
namespace {

using link::Opcode;
using link::Region;
using link::Register;

/// The device with bytes handed over directly.
class ByteLine {
public:
    ByteLine() {
        top->rst_ni     = 0;
        top->rx_valid_i = 0;
        for (const bool level : {false, true, false, true}) {
            top->clk_i = level;
            top->eval();
        }
        top->rst_ni = 1;
    }

    void clock(ReferenceHost& host) {
        if (next_ >= frame_.size()) {
            next_  = 0;
            frame_ = host.frame(now).value_or(Bytes{});
        }
        top->clk_i      = 0;
        top->rx_valid_i = next_ < frame_.size();
        top->rx_data_i  = next_ < frame_.size() ? frame_[next_] : 0;
        top->rx_error_i = 0;
        top->tx_ready_i = 1;
        top->eval();
        if (top->rx_valid_i && top->rx_ready_o) ++next_;
        if (top->tx_valid_o) host.receive(top->tx_data_o);
        top->clk_i = 1;
        top->eval();
        ++now;
    }

    VerilatedContext context;
    std::unique_ptr<Vsl_top_bytes_up5k> top = std::make_unique<Vsl_top_bytes_up5k>(&context);
    std::uint64_t now                       = 1;

private:
    Bytes frame_;
    std::size_t next_ = 0;
};

/// The device behind its pins; the host's bits last `bit` device clocks.
class SerialLine {
public:
    SerialLine(unsigned divisor, double error) : bit_{divisor * (1.0 + error)} {
        top->divisor_i = static_cast<std::uint16_t>(divisor);
        top->rx_i      = 1;
        top->rst_ni    = 0;
        for (const bool level : {false, true, false, true}) {
            top->clk_i = level;
            top->eval();
        }
        top->rst_ni = 1;
    }

    void clock(ReferenceHost& host) {
        const double t = static_cast<double>(now);
        drive(host, t);
        top->clk_i = 0;
        top->eval();
        top->clk_i = 1;
        top->eval();
        listen(host, t);
        ++now;
    }

    VerilatedContext context;
    std::unique_ptr<Vsl_top_up5k> top = std::make_unique<Vsl_top_up5k>(&context);
    std::uint64_t now                 = 1;

private:
    void drive(ReferenceHost& host, double t) {
        if (t >= sent_from_ + 10 * bit_) {
            if (next_ >= frame_.size()) {
                next_  = 0;
                frame_ = host.frame(now).value_or(Bytes{});
            }
            top->rx_i = 1;
            if (next_ >= frame_.size()) return;
            sent_from_ = std::max(sent_from_ + 10 * bit_, t - 1.0);
            word_      = 0x200U | (unsigned{frame_[next_++]} << 1);
        }
        top->rx_i = (word_ >> static_cast<unsigned>(std::floor((t - sent_from_) / bit_))) & 1U;
    }

    void listen(ReferenceHost& host, double t) {
        if (bits_ == 0) {
            if (top->tx_o) return;
            bits_   = 1;
            sample_ = t + 1.5 * bit_;
        } else if (t >= sample_) {
            if (bits_ == 9) {
                EXPECT_TRUE(top->tx_o) << "stop bit";
                host.receive(static_cast<std::uint8_t>(byte_));
                bits_ = 0;
                return;
            }
            byte_ = (byte_ >> 1) | (top->tx_o ? 0x80U : 0U);
            sample_ += bit_;
            ++bits_;
        }
    }

    double bit_, sent_from_ = -1e9, sample_ = 0.0;
    Bytes frame_;
    std::size_t next_ = 0;
    unsigned word_ = 0, byte_ = 0, bits_ = 0;
};

template <class Line>
bool run_until(Line& line, ReferenceHost& host, const std::function<bool()>& done,
               std::uint64_t most) {
    for (const std::uint64_t end = line.now + most; line.now < end; line.clock(host))
        if (done()) return true;
    return done();
}

std::uint32_t address(Region region, std::uint32_t index) {
    return (static_cast<std::uint32_t>(region) << link::region_shift) | index;
}
std::uint32_t address(Register number) {
    return static_cast<std::uint32_t>(number);
}

/// Source k drives neuron k over weight 2 with delay 1; a neuron fires at any input. Reads the
/// synapses back, runs 20 ticks of which one has spikes.
template <class Line>
void relay_spikes(Line& line, ReferenceHost& host, std::uint64_t patience) {
    host.open(1);
    ASSERT_TRUE(run_until(
        line, host, [&] { return host.is_open(); }, patience));
    host.open(2);
    ASSERT_TRUE(run_until(
        line, host, [&] { return host.is_open(); }, patience));

    constexpr unsigned fraction = 3;  // of up5k
    host.send(Bytes{static_cast<std::uint8_t>(Opcode::reset_core), 3});
    host.send(write_message(address(Region::set, 0), {0xFFFF, 0xFFFF, 1, 0, 0}));
    std::vector<std::uint32_t> synapses;
    for (std::uint32_t k = 0; k < 32; ++k) {
        host.send(write_message(address(Region::neuron, 2 * k), {0, 0}));
        host.send(write_message(address(Region::row, 2 * (256 + k)), {k, k | (1U << 16)}));
        synapses.push_back((100U << fraction) | (1U << (8 + fraction)));
    }
    host.send(write_message(address(Region::synapse, 0), synapses));
    host.send(write_message(address(Register::neurons_used), {32}));
    host.send(write_message(address(Register::rows_used_sources), {32}));
    host.send(read_message(address(Region::synapse, 0), 32));
    host.send(step_message({{2, {}}, {18, {3, 7, 30}, true}}));

    Collector collector{256};
    ASSERT_TRUE(run_until(
        line, host,
        [&] {
            collector.take(host.received);
            return collector.answers == 2;
        },
        patience));
    EXPECT_EQ(collector.data, synapses);
    EXPECT_EQ(collector.problems, 0U);
    ASSERT_EQ(collector.spikes.size(), 20U);
    EXPECT_EQ(collector.spikes[2], (std::vector<std::uint32_t>{3, 7, 30}));
}

TEST(RtlTop, RelaysSpikesOverBytes) {
    ByteLine line;
    ReferenceHost host;
    relay_spikes(line, host, 400'000);
    host.send(Bytes{static_cast<std::uint8_t>(Opcode::identify)});
    ASSERT_TRUE(run_until(
        line, host, [&] { return !host.received.empty(); }, 10'000));
    EXPECT_EQ(get(host.received.front(), link::layout::identity_message::neurons.offset, 4), 256U);
    EXPECT_NE(get(host.received.front(), link::layout::identity_message::configuration.offset, 4),
              0U);
}

TEST(RtlTop, RelaysSpikesOverTheUartWithinTwoPercent) {
    for (const unsigned divisor : {4U, 5U, 8U})
        for (const double error : {-0.02, 0.0, 0.02}) {
            SCOPED_TRACE(testing::Message() << divisor << " clocks a bit, " << error);
            SerialLine line{divisor, error};
            ReferenceHost host;
            host.timeout = 400'000;
            relay_spikes(line, host, 4'000'000);
            EXPECT_EQ(host.retransmitted, 0U);
        }
}

TEST(RtlTop, ClockRate) {
    ByteLine line;
    ReferenceHost host;
    relay_spikes(line, host, 400'000);
    host.send(step_message({{2'000, {}}}));
    const std::uint64_t start = line.now;
    const auto begin          = std::clock();
    ASSERT_TRUE(run_until(
        line, host, [&] { return !host.received.empty(); }, 10'000'000));
    const double seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
    std::printf("%.2f M clocks/s\n", static_cast<double>(line.now - start) / seconds * 1e-6);
}

}  // namespace
}  // namespace spikeloom::rtl_test
