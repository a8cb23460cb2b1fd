// SPDX-License-Identifier: Apache-2.0
/// Driver: the emulator core behind a byte line, as a Device. Writes and steps stream under the
/// link's window and credit; answers are taken whenever they come, so nothing stops and waits.
#pragma once

#include "backends/emulator/image_loader.hpp"
#include "backends/emulator/slot_map.hpp"
#include "backends/emulator/step_planner.hpp"
#include "runtime/device/device.hpp"
#include "runtime/link/connection.hpp"
#include "runtime/link/messages.hpp"
#include "runtime/link/spike_list.hpp"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spikeloom::backends::emulator {

struct DriverOptions {
    link::ConnectionOptions connection{};
    /// Most ticks in one step message. 1 gives the clocks of every tick (take_tick_times()); more
    /// makes fewer bytes. 1..256.
    std::uint32_t ticks_per_step = 1;
    /// Longest time without any message while one is due [us]; a working link does not count.
    link::Time stall        = 120'000'000;
    std::uint8_t session    = 1;   ///< first session number of the link
    std::uint32_t backlog   = 32;  ///< messages queued above the window before more are made
    std::string device_name = "emulator";  ///< in diagnostics
};

class Driver final : public runtime::Device {
public:
    Driver(std::unique_ptr<link::ByteChannel> channel, const DriverOptions& options);

    /// Errors: "device.wrong-image", "device.write-fault" (the core refuses a word), those of all.
    Result<void> load(const hw::HardwareImage& image) override;
    /// Errors: "device.late-input", "device.not-a-source", "device.value".
    Result<void> push(std::span<const runtime::InputEvent> events) override;
    /// Returns as soon as everything is on its way; drain() waits for it.
    Result<void> advance(std::uint64_t ticks) override;
    Result<std::vector<runtime::SpikeEvent>> drain() override;
    /// Errors: "device.variable".
    Result<std::vector<double>> probe(std::string_view variable) override;
    /// Errors: "device.no-section".
    Result<hw::Section> read_back(CoreId core, std::string_view section) override;
    Result<runtime::Activity> activity() override;
    /// Empty when ticks_per_step is above 1.
    std::vector<runtime::TickTime> take_tick_times() override;
    Result<void> set_plasticity(bool on) override;

    // Any call may fail with "link.no-answer", "link.closed", "link.io", "device.stalled",
    // "link.bad-message" or "device.protocol"; after that the device is of no use any more.

    [[nodiscard]] link::LinkStatistics link_statistics() const { return connection_.statistics(); }
    [[nodiscard]] link::ByteChannel& channel() { return connection_.channel(); }

private:
    struct IssuedStep {
        std::uint64_t first;
        std::uint64_t ticks;
    };
    struct PendingRead {
        std::uint32_t next_address;
        std::size_t wanted;
        std::vector<std::uint32_t> words;
    };

    Result<void> check_loaded() const;
    Result<void> identify(const hw::HardwareImage& image);
    Result<void> write_tables();
    Result<void> send(const link::HostMessage& message);
    Result<void> turn();
    Result<void> wait_until(const std::function<bool()>& done);
    Result<void> wait_for_steps();
    Result<link::Status> query();
    Result<std::vector<std::uint32_t>> read_words(std::uint32_t address, std::size_t count);
    Result<std::vector<std::uint32_t>> read_sets(std::uint32_t words);
    Result<const std::vector<std::uint32_t>*> state_words();

    void take(const link::DeviceMessage& message);
    void handle(const link::Identity& message);
    void handle(const link::Written& message);
    void handle(const link::Data& message);
    void handle(const link::Spikes& message);
    void handle(const link::Ran& message);
    void handle(const link::Status& message);
    void handle(const link::Echoed& message);
    void handle(const link::Refused& message);
    void fail(std::string code, std::string message);
    [[nodiscard]] std::uint64_t whole_tick(std::uint32_t low) const;

    DriverOptions options_;
    link::Connection connection_;
    bool open_ = false;
    std::optional<Diagnostic> failure_;

    std::optional<ImageLoader> image_;
    SlotMap map_;
    StepPlanner planner_;
    link::SpikeAssembler assembler_{0};
    std::deque<IssuedStep> issued_;
    std::uint64_t ran_tick_ = 0;
    std::uint32_t busy_     = 0;
    std::vector<runtime::SpikeEvent> spikes_;
    std::vector<runtime::TickTime> times_;

    std::optional<link::Identity> identity_;
    std::optional<link::Status> status_;
    std::optional<PendingRead> read_;
    std::optional<std::vector<std::uint32_t>> state_;  ///< as read since the last tick
    link::LinkStatistics loaded_at_;
    link::Time last_message_ = 0;
};

}  // namespace spikeloom::backends::emulator
