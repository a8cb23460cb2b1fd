// SPDX-License-Identifier: Apache-2.0
/// RecoveringDevice: a Device that survives the loss of its line or a reset of its core. It opens
/// the line again, loads the image, plays everything that it was told once more, and goes on only
/// when the spikes given out before come again.
#pragma once

#include "runtime/device/device.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace spikeloom::backends::emulator {

struct RecoveryOptions {
    std::uint32_t attempts = 2;  ///< how often the line is opened again, over the whole run
    /// How long an attempt waits for the port to come back.
    std::chrono::milliseconds window{5000};
};

class RecoveringDevice final : public runtime::Device {
public:
    using Open = std::function<Result<std::unique_ptr<runtime::Device>>()>;

    /// `device` is the first one; `open` makes its successors.
    RecoveringDevice(std::unique_ptr<runtime::Device> device, Open open,
                     const RecoveryOptions& options);

    // Errors are those of the device. Faults of the line ("link.*", "device.stalled",
    // "device.protocol") come through when all attempts are used up, with notes that tell of them.
    // - "device.diverged": after a reconnect the same input gave other spikes

    Result<void> load(const hw::HardwareImage& image) override;
    Result<void> push(std::span<const runtime::InputEvent> events) override;
    Result<void> advance(std::uint64_t ticks) override;
    Result<std::vector<runtime::SpikeEvent>> drain() override;
    Result<std::vector<double>> probe(std::string_view variable) override;
    Result<hw::Section> read_back(CoreId core, std::string_view section) override;
    /// With "link_reconnects" beside the device's own counters.
    Result<runtime::Activity> activity() override;
    std::vector<runtime::TickTime> take_tick_times() override;
    Result<void> set_plasticity(bool on) override;

private:
    using Push   = std::vector<runtime::InputEvent>;
    using Ticks  = std::uint64_t;
    using Switch = bool;
    using Told   = std::variant<Push, Ticks, Switch>;

    template <class Call>
    auto guarded(const Call& call) -> decltype(call());
    Result<void> told(Told what);
    static Result<void> tell(runtime::Device& device, const Told& what);
    Result<void> reopen();
    Result<void> replay();
    Result<void> check_given(std::vector<runtime::SpikeEvent> spikes);

    std::unique_ptr<runtime::Device> device_;
    Open open_;
    RecoveryOptions options_;
    std::uint32_t reconnects_ = 0;
    std::optional<hw::HardwareImage> image_;
    std::vector<Told> told_;

    std::uint64_t given_      = 0;  ///< spikes that drain() has returned
    std::uint64_t given_hash_ = 0;
    std::vector<runtime::SpikeEvent> found_;  ///< by a replay, for the next drain()
    std::uint64_t times_given_ = 0;
    std::uint64_t times_known_ = 0;  ///< how many of the device's next times were given before
};

}  // namespace spikeloom::backends::emulator
