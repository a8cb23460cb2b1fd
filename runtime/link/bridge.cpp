// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/bridge.hpp"

#include <array>
#include <vector>

namespace spikeloom::link {
namespace {

/// One direction, with the bytes that the far end has not taken yet.
class Pipe {
public:
    Pipe(ByteChannel& from, ByteChannel& to) : from_{&from}, to_{&to} {}

    /// Moves what can be moved; whether anything was.
    Result<bool> move() {
        std::array<std::uint8_t, 1024> piece{};
        if (waiting_.empty()) {
            const auto got = from_->read(piece);
            if (!got) return tl::unexpected{got.error()};
            waiting_.assign(piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(*got));
        }
        if (waiting_.empty()) return false;
        const auto taken = to_->write(waiting_);
        if (!taken) return tl::unexpected{taken.error()};
        waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(*taken));
        return *taken > 0;
    }

private:
    ByteChannel* from_;
    ByteChannel* to_;
    std::vector<std::uint8_t> waiting_;
};

constexpr int rounds_until_slow = 20'000;
constexpr Time device_slice     = 100;
constexpr Time slow_wait        = 10'000;

}  // namespace

Result<void> bridge(ByteChannel& line, ByteChannel& device, const std::function<bool()>& stop) {
    Pipe inward{line, device};
    Pipe outward{device, line};
    int quiet_rounds = 0;
    while (!stop()) {
        const auto in = inward.move();
        if (!in) return tl::unexpected{in.error()};
        const auto out = outward.move();
        if (!out) return tl::unexpected{out.error()};
        quiet_rounds = *in || *out ? 0 : quiet_rounds + 1;
        if (quiet_rounds > rounds_until_slow) {
            quiet_rounds = rounds_until_slow;
            if (const auto waited = line.wait(slow_wait); !waited) return waited;
        }
        if (const auto waited = device.wait(device_slice); !waited) return waited;
    }
    return {};
}

}  // namespace spikeloom::link
