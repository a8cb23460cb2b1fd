// SPDX-License-Identifier: Apache-2.0
/// A serial line between a driver's process and a core that is clocked at the other end.
#pragma once

#include "runtime/link/byte_channel.hpp"
#include "simulator/systemc/modules/shared.hpp"

#include <deque>
#include <memory>

namespace spikeloom::systemc {

/// The core's clock runs only while the driver waits for it, a quantum at a time; the bytes of
/// either direction take their time on the line one after the other.
class UartLine : public sc_core::sc_module {
public:
    UartLine(const sc_core::sc_module_name& name, const UartOptions& options,
             std::unique_ptr<link::ByteChannel> core);

    /// The driver's end. To be used in a SystemC process; must not outlive the line.
    std::unique_ptr<link::ByteChannel> host_end();
    [[nodiscard]] const UartStatistics& to_core() const { return inward_.wire.statistics(); }
    [[nodiscard]] const UartStatistics& to_host() const { return outward_.wire.statistics(); }

private:
    class HostEnd;

    struct Direction {
        UartWire wire;
        std::deque<std::pair<std::uint8_t, Picoseconds>> flying{};  ///< byte, arrival
        Picoseconds free_at = 0;

        void send(std::uint8_t byte, Picoseconds each);
        [[nodiscard]] bool has_arrived() const {
            return !flying.empty() && flying.front().second <= now_ps();
        }
    };

    void run();
    Result<void> clock_core();

    Picoseconds each_;  ///< a byte takes on the line
    std::unique_ptr<link::ByteChannel> core_;
    Direction inward_;
    Direction outward_;
    bool awaited_ = false;
    sc_core::sc_event asked_{"asked"};
    sc_core::sc_event arrived_{"arrived"};
    std::optional<Diagnostic> failure_;
};

}  // namespace spikeloom::systemc
