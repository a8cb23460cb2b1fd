// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/device.hpp"

#include "backends/emulator/driver.hpp"
#include "backends/emulator/model_device.hpp"
#include "backends/emulator/recovering_device.hpp"
#include "backends/emulator/rtl_channel.hpp"
#include "runtime/link/serial_port.hpp"

#include <chrono>
#include <utility>

namespace spikeloom::backends::emulator {
namespace {

using Channel = Result<std::unique_ptr<link::ByteChannel>>;

constexpr std::string_view serial_prefix = "serial:";
constexpr std::uint32_t serial_ticks     = 64;

/// Waiting costs simulated clocks, so the limits are tight, and counted in clocks. `queued_bytes`
/// may wait on the line, `clocks_a_byte` each.
DriverOptions simulated_options(double clock_hz, double clocks_a_byte) {
    constexpr double queued_bytes = 2048;
    const auto time               = [&](double clocks) {
        return static_cast<link::Time>((clocks + queued_bytes * clocks_a_byte) * 1e6 / clock_hz);
    };
    DriverOptions options;
    options.connection = {
        .endpoint   = {.retry_timeout = time(120e3), .max_retry_timeout = time(1e6)},
        .poke_after = time(60e3),
        .patience   = time(24e6)};
    options.stall = time(240e6);
    return options;
}

/// A USB adapter alone may hold bytes back for 16 ms. What waits in the port takes its time too.
DriverOptions serial_options(const DeviceConfig& config) {
    const link::Time line     = static_cast<link::Time>(8192 * 10e6 / config.baud);
    const link::Time patience = static_cast<link::Time>(config.timeout * 1e6);
    DriverOptions options;
    options.connection = {
        .endpoint   = {.retry_timeout = 100'000 + line, .max_retry_timeout = 800'000 + line},
        .poke_after = patience == 0 ? 1'000'000 : patience / 5 + 1,
        .patience   = (patience == 0 ? 5'000'000 : patience) + line};
    return options;
}

/// Two programs, or two runs, on one port seldom choose the same session number.
std::uint8_t session_from_clock() {
    const auto now = std::chrono::steady_clock::now().time_since_epoch();
    return static_cast<std::uint8_t>(
        std::chrono::duration_cast<std::chrono::microseconds>(now).count() / 997);
}

template <class From>
Channel widened(Result<std::unique_ptr<From>> channel) {
    if (!channel) return tl::unexpected{channel.error()};
    return std::unique_ptr<link::ByteChannel>{*std::move(channel)};
}

Channel open_model(const DeviceConfig& config) {
    const auto chip = hw::load_chip(config.chip);
    if (!chip) return tl::unexpected{chip.error()};
    const auto limits = limits_of(*chip);
    if (!limits) return tl::unexpected{limits.error()};
    return make_model_channel(*limits);
}

Channel open_simulated(std::string_view spec, const DeviceConfig& config) {
    const RtlOptions options{config.clock_hz, config.uart_divisor, config.uart_skew, config.trace};
    return widened(spec == "rtl" ? make_rtl_bytes_channel(config.chip, options)
                                 : make_rtl_uart_channel(config.chip, options));
}

Channel open_channel(std::string_view spec, const DeviceConfig& config) {
    if (spec == "rtl" || spec == "rtl-uart") return open_simulated(spec, config);
    if (!config.trace.empty())
        return fault("device.no-trace",
                     "device '" + std::string{spec} + "' has no waveforms to trace");
    if (spec == "model") return open_model(config);
    if (spec.starts_with(serial_prefix))
        return link::open_serial_port(std::string{spec.substr(serial_prefix.size())},
                                      {.baud = config.baud});
    return fault("device.unknown", "no device '" + std::string{spec} + "'", {},
                 {"there are rtl, rtl-uart, serial:PATH and model"});
}

DriverOptions options_for(std::string_view spec, const DeviceConfig& config) {
    const bool is_serial       = spec.starts_with(serial_prefix);
    const double clocks_a_byte = spec == "rtl-uart" ? 10.0 * config.uart_divisor : 0;
    DriverOptions options =
        is_serial ? serial_options(config) : simulated_options(config.clock_hz, clocks_a_byte);
    options.device_name = spec;
    if (is_serial) options.session = session_from_clock();
    options.ticks_per_step = config.ticks_per_step;
    if (options.ticks_per_step == 0) options.ticks_per_step = is_serial ? serial_ticks : 1;
    return options;
}

}  // namespace

std::vector<std::string> device_names() {
    return {"rtl", "rtl-uart", "serial:PATH", "model"};
}

Result<std::unique_ptr<runtime::Device>> open_device(std::string_view spec,
                                                     const DeviceConfig& config) {
    const auto open = [name = std::string{spec},
                       config]() -> Result<std::unique_ptr<runtime::Device>> {
        auto channel = open_channel(name, config);
        if (!channel) return tl::unexpected{channel.error()};
        return std::make_unique<Driver>(*std::move(channel), options_for(name, config));
    };
    auto device = open();
    if (!device || config.reconnects == 0 || !spec.starts_with(serial_prefix)) return device;
    const RecoveryOptions recovery{.attempts = config.reconnects};
    return std::make_unique<RecoveringDevice>(*std::move(device), open, recovery);
}

Result<std::unique_ptr<link::ByteChannel>> open_core_line(std::string_view spec,
                                                          const DeviceConfig& config) {
    if (!spec.starts_with(serial_prefix)) return open_channel(spec, config);
    return fault("device.unknown", "device '" + std::string{spec} + "' is no simulated core");
}

std::unique_ptr<runtime::Device> drive_line(std::unique_ptr<link::ByteChannel> line,
                                            const DeviceConfig& config, double clocks_a_byte) {
    DriverOptions options  = simulated_options(config.clock_hz, clocks_a_byte);
    options.ticks_per_step = config.ticks_per_step == 0 ? 1 : config.ticks_per_step;
    return std::make_unique<Driver>(std::move(line), options);
}

}  // namespace spikeloom::backends::emulator
