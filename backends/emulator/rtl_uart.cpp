// SPDX-License-Identifier: Apache-2.0
/// The UART pins of the Verilated device, bit by bit, with a host whose clock may be off.
#include "Vsl_top_sim.h"
#include "Vsl_top_sim___024root.h"
#include "Vsl_top_up5k.h"
#include "Vsl_top_up5k___024root.h"
#include "backends/emulator/rtl_simulation.hpp"
#include "backends/emulator/uart_line.hpp"

namespace spikeloom::backends::emulator {
namespace {

template <class Model>
class PinLine {
public:
    static constexpr std::uint64_t clocks_at_once = 1024;

    explicit PinLine(const RtlOptions& options)
        : simulation_{options},
          divisor_{options.uart_divisor},
          sender_{options.uart_divisor, options.uart_skew},
          receiver_{options.uart_divisor, options.uart_skew} {}

    Result<void> start() {
        Model& model    = simulation_.model();
        model.rx_i      = 1;
        model.divisor_i = static_cast<std::uint16_t>(divisor_);
        return simulation_.start();
    }

    void run(std::uint64_t clocks, ByteQueue& in, ByteQueue& out) {
        Model& model = simulation_.model();
        for (; clocks > 0; --clocks) {
            if (sender_.wants_byte() && !in.empty()) sender_.send(in.pop());
            model.rx_i = sender_.clock();
            if (const auto byte = receiver_.clock(model.tx_o != 0)) out.push(*byte);
            simulation_.clock();
        }
    }

    [[nodiscard]] std::uint64_t clocks() const { return simulation_.clocks(); }

private:
    RtlSimulation<Model> simulation_;
    std::uint32_t divisor_;
    UartSender sender_;
    UartReceiver receiver_;
};

}  // namespace

Result<std::unique_ptr<RtlChannel>> make_rtl_uart_channel(std::string_view chip,
                                                          const RtlOptions& options) {
    if (chip == "emulator-sim") return start_channel<PinLine<Vsl_top_sim>>(options);
    if (chip == "emulator-up5k") return start_channel<PinLine<Vsl_top_up5k>>(options);
    return fault("device.unknown-chip",
                 "no Verilated core implements chip '" + std::string{chip} + "'", {},
                 {"there are emulator-sim and emulator-up5k"});
}

}  // namespace spikeloom::backends::emulator
