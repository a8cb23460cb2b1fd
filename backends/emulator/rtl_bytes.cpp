// SPDX-License-Identifier: Apache-2.0
/// The byte interface of the Verilated device.
#include "Vsl_top_bytes_sim.h"
#include "Vsl_top_bytes_sim___024root.h"
#include "Vsl_top_bytes_up5k.h"
#include "Vsl_top_bytes_up5k___024root.h"
#include "backends/emulator/rtl_simulation.hpp"

namespace spikeloom::backends::emulator {
namespace {

template <class Model>
class ByteLine {
public:
    /// Small enough that the host answers while the device still has work.
    static constexpr std::uint64_t clocks_at_once = 256;

    explicit ByteLine(const RtlOptions& options) : simulation_{options} {}

    Result<void> start() {
        Model& model     = simulation_.model();
        model.rx_valid_i = 0;
        model.rx_data_i  = 0;
        model.rx_error_i = 0;
        model.tx_ready_i = 1;
        return simulation_.start();
    }

    void run(std::uint64_t clocks, ByteQueue& in, ByteQueue& out) {
        Model& model = simulation_.model();
        for (; clocks > 0; --clocks) {
            if (model.tx_valid_o != 0) out.push(model.tx_data_o);
            if (in.empty()) {
                model.rx_valid_i = 0;
            } else {
                model.rx_data_i = in.pop();
                if (model.rx_valid_i == 0) {
                    model.rx_valid_i = 1;
                    simulation_.settle();
                }
            }
            simulation_.clock();
        }
    }

    [[nodiscard]] std::uint64_t clocks() const { return simulation_.clocks(); }

private:
    RtlSimulation<Model> simulation_;
};

}  // namespace

Result<std::unique_ptr<RtlChannel>> make_rtl_bytes_channel(std::string_view chip,
                                                           const RtlOptions& options) {
    if (chip == "emulator-sim") return start_channel<ByteLine<Vsl_top_bytes_sim>>(options);
    if (chip == "emulator-up5k") return start_channel<ByteLine<Vsl_top_bytes_up5k>>(options);
    return fault("device.unknown-chip",
                 "no Verilated core implements chip '" + std::string{chip} + "'", {},
                 {"there are emulator-sim and emulator-up5k"});
}

}  // namespace spikeloom::backends::emulator
