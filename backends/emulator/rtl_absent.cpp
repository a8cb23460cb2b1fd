// SPDX-License-Identifier: Apache-2.0
/// Stands in for the Verilated core in builds without it (SPIKELOOM_RTL=OFF).
#include "backends/emulator/rtl_channel.hpp"

namespace spikeloom::backends::emulator {
namespace {

tl::unexpected<Diagnostic> absent() {
    return fault("device.no-rtl", "this program was built without the Verilated core");
}

}  // namespace

Result<std::unique_ptr<RtlChannel>> make_rtl_bytes_channel(std::string_view /*chip*/,
                                                           const RtlOptions& /*options*/) {
    return absent();
}

Result<std::unique_ptr<RtlChannel>> make_rtl_uart_channel(std::string_view /*chip*/,
                                                          const RtlOptions& /*options*/) {
    return absent();
}

}  // namespace spikeloom::backends::emulator
