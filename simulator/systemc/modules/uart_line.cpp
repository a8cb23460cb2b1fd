// SPDX-License-Identifier: Apache-2.0
#include "simulator/systemc/modules/uart_line.hpp"

#include <array>

namespace spikeloom::systemc {
namespace {

constexpr link::Time quantum_us = 20;  ///< the core runs so long without a look at the line
constexpr Picoseconds us        = 1'000'000;
constexpr std::size_t fifo      = 512;  ///< bytes that a port holds before it is full

}  // namespace

class UartLine::HostEnd final : public link::ByteChannel {
public:
    explicit HostEnd(UartLine& line) : line_{&line} {}

    Result<std::size_t> write(std::span<const std::uint8_t> bytes) override {
        if (line_->failure_) return tl::unexpected{*line_->failure_};
        const std::size_t room = fifo - std::min(fifo, line_->inward_.flying.size());
        const std::size_t n    = std::min(room, bytes.size());
        for (std::size_t k = 0; k < n; ++k)
            line_->inward_.send(bytes[k], line_->each_);
        return n;
    }

    Result<std::size_t> read(std::span<std::uint8_t> buffer) override {
        if (line_->failure_) return tl::unexpected{*line_->failure_};
        std::size_t n = 0;
        for (; n < buffer.size() && line_->outward_.has_arrived(); ++n) {
            buffer[n] = line_->outward_.flying.front().first;
            line_->outward_.flying.pop_front();
        }
        return n;
    }

    Result<void> wait(link::Time longest) override {
        line_->awaited_ = true;
        line_->asked_.notify(sc_core::SC_ZERO_TIME);
        const auto step = static_cast<Picoseconds>(std::clamp<link::Time>(longest, 1, quantum_us));
        sc_core::wait(sc_ps(step * us), line_->arrived_);
        return {};
    }

    [[nodiscard]] link::Time now() const override { return static_cast<link::Time>(now_ps() / us); }

private:
    UartLine* line_;
};

UartLine::UartLine(const sc_core::sc_module_name& name, const UartOptions& options,
                   std::unique_ptr<link::ByteChannel> core)
    : sc_core::sc_module{name},
      each_{to_ps(options.byte_seconds())},
      core_{std::move(core)},
      inward_{UartWire{options, 0}},
      outward_{UartWire{options, 1}} {
    SC_HAS_PROCESS(UartLine);
    SC_THREAD(run);
}

std::unique_ptr<link::ByteChannel> UartLine::host_end() {
    return std::make_unique<HostEnd>(*this);
}

void UartLine::Direction::send(std::uint8_t byte, Picoseconds each) {
    free_at = std::max(free_at, now_ps()) + each;
    if (const auto got = wire.carry(byte)) flying.emplace_back(*got, free_at);
}

/// One quantum of the core, with the bytes that have come for it.
Result<void> UartLine::clock_core() {
    while (inward_.has_arrived()) {
        const auto taken = core_->write({&inward_.flying.front().first, 1});
        if (!taken) return tl::unexpected{taken.error()};
        if (*taken == 0) break;
        inward_.flying.pop_front();
    }
    const link::Time until = core_->now() + quantum_us;
    while (core_->now() < until)
        if (const auto ran = core_->wait(until - core_->now()); !ran) return ran;
    std::array<std::uint8_t, 64> bytes{};
    while (true) {
        const auto got = core_->read(bytes);
        if (!got) return tl::unexpected{got.error()};
        if (*got == 0) return {};
        for (std::size_t k = 0; k < *got; ++k)
            outward_.send(bytes[k], each_);
    }
}

void UartLine::run() {
    while (!failure_) {
        if (!awaited_) wait(asked_);
        awaited_ = false;
        wait(sc_ps(static_cast<Picoseconds>(quantum_us) * us));
        if (const auto ran = clock_core(); !ran) failure_ = ran.error();
        if (failure_ || outward_.has_arrived()) arrived_.notify(sc_core::SC_ZERO_TIME);
    }
}

}  // namespace spikeloom::systemc
