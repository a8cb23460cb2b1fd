// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/driver.hpp"

#include "backends/emulator/encode.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace spikeloom::backends::emulator {
namespace {

using link::Region;
using link::StatusBit;

constexpr std::array<std::string_view, link::counter_count> counter_names{
    "clocks",         "ticks",          "spikes",       "synaptic_events",   "weight_updates",
    "neuron_updates", "stalled_clocks", "input_events", "late_input_events", "row_walks",
    "busy_clocks"};

constexpr std::size_t state_words_each = 4;
constexpr double most_events_at_once   = 65535;

bool has_bit(std::uint8_t status, StatusBit bit) {
    return ((status >> static_cast<unsigned>(bit)) & 1U) != 0;
}

constexpr std::uint8_t clear_flag(link::ClearBit bit) {
    return static_cast<std::uint8_t>(1U << static_cast<unsigned>(bit));
}

std::uint32_t control(link::Register number) {
    return link::address_of(Region::control, static_cast<std::uint32_t>(number));
}

std::string hex(std::uint32_t x) {
    std::string digits;
    for (int shift = 28; shift >= 0; shift -= 4)
        digits += "0123456789abcdef"[(x >> shift) & 0xFU];
    return "0x" + digits;
}

/// Hash of the core's configuration that the image was made for.
std::optional<std::uint32_t> configuration_of(const hw::HardwareImage& image) {
    const auto section =
        std::ranges::find(image.routing, std::string{"configuration"}, &hw::Section::name);
    if (section == image.routing.end()) return std::nullopt;
    const auto limits = limits_from(words_of(section->bytes));
    if (!limits) return std::nullopt;
    return limits->configuration;
}

/// Offset of a variable in a neuron's state words.
std::optional<std::size_t> state_offset(std::string_view variable) {
    if (variable == "v") return 0;
    if (variable == "i") return 1;
    if (variable == "y") return 3;
    return std::nullopt;
}

double as_signed(std::uint32_t word) {
    return static_cast<std::int32_t>(word);
}

}  // namespace

Driver::Driver(std::unique_ptr<link::ByteChannel> channel, const DriverOptions& options)
    : options_{options},
      connection_{std::move(channel), options.connection},
      planner_{options.ticks_per_step} {}

// ---- Device: load ----

Result<void> Driver::check_loaded() const {
    if (failure_) return tl::unexpected{*failure_};
    if (!image_) return fault("device.no-image", "no image is loaded");
    return {};
}

Result<void> Driver::load(const hw::HardwareImage& image) {
    if (failure_) return tl::unexpected{*failure_};
    if (image.target != "emulator")
        return fault("device.wrong-image", "the image is for target '" + image.target +
                                               "', this device is an emulator core");
    auto loader = ImageLoader::make(image);
    if (!loader) return tl::unexpected{loader.error()};
    if (image_)  // finish what an earlier image left under way
        if (const auto waited = wait_for_steps(); !waited) return waited;
    if (const auto known = identify(image); !known) return known;
    auto map = SlotMap::make(image, identity_->neurons, identity_->sources);
    if (!map) return tl::unexpected{map.error()};
    image_     = *std::move(loader);
    map_       = *std::move(map);
    planner_   = StepPlanner{options_.ticks_per_step};
    assembler_ = link::SpikeAssembler{identity_->neurons};
    ran_tick_  = 0;
    busy_      = 0;
    spikes_.clear();
    times_.clear();
    state_.reset();
    return write_tables();
}

Result<void> Driver::identify(const hw::HardwareImage& image) {
    if (!open_) {
        const auto opened = connection_.open(options_.session);
        if (!opened) {
            failure_ = opened.error();
            return opened;
        }
        open_ = true;
    }
    identity_.reset();
    if (const auto sent = send(link::Identify{}); !sent) return sent;
    if (const auto got = wait_until([this] { return identity_.has_value(); }); !got) return got;
    if (identity_->version != link::protocol_version)
        return fault("device.protocol", options_.device_name + " speaks protocol version " +
                                            std::to_string(identity_->version) + ", this host " +
                                            std::to_string(link::protocol_version));
    const std::optional<std::uint32_t> wanted = configuration_of(image);
    if (wanted != identity_->configuration)
        return fault("device.wrong-image",
                     "the image is for chip '" + image.chip + "' (configuration " +
                         (wanted ? hex(*wanted) : "unknown") + "), " + options_.device_name +
                         " has configuration " + hex(identity_->configuration));
    return {};
}

Result<void> Driver::write_tables() {
    constexpr auto state = clear_flag(link::ClearBit::state);
    constexpr auto rows  = clear_flag(link::ClearBit::rows);
    if (const auto sent = send(link::ResetCore{state | rows}); !sent) return sent;
    while (auto write = image_->next_table_write())
        if (const auto sent = send(*write); !sent) return sent;
    const auto written = query();
    if (!written) return tl::unexpected{written.error()};
    // Once more, so that the counters count from here on.
    if (const auto sent = send(link::ResetCore{state}); !sent) return sent;
    while (auto write = image_->next_start_write())
        if (const auto sent = send(*write); !sent) return sent;
    const auto started = query();
    if (!started) return tl::unexpected{started.error()};
    if (has_bit(written->status | started->status, StatusBit::address_fault))
        fail("device.write-fault", "the core has no place for all words of the image");
    if (failure_) return tl::unexpected{*failure_};
    loaded_at_ = connection_.statistics();
    return {};
}

// ---- Device: run ----

Result<void> Driver::push(std::span<const runtime::InputEvent> events) {
    if (const auto loaded = check_loaded(); !loaded) return loaded;
    for (const runtime::InputEvent& event : events) {
        const auto source = map_.source_of(event.source);
        if (!source)
            return fault("device.not-a-source", "element " + std::to_string(event.source.value) +
                                                    " of the image is no source");
        if (!(event.value >= 0 && event.value <= most_events_at_once) ||
            event.value != std::floor(event.value))
            return fault("device.value", "input value " + std::to_string(event.value) +
                                             " is no whole number from 0 to 65535");
        if (!planner_.push(event.tick.value, *source, static_cast<std::uint32_t>(event.value)))
            return fault("device.late-input", "input for tick " + std::to_string(event.tick.value) +
                                                  " comes too late; the next tick is " +
                                                  std::to_string(planner_.next_tick()) +
                                                  " and ticks must ascend");
    }
    return {};
}

Result<void> Driver::advance(std::uint64_t ticks) {
    if (const auto loaded = check_loaded(); !loaded) return loaded;
    const std::uint64_t end = planner_.next_tick() + ticks;
    if (ticks > 0) state_.reset();
    while (const auto planned = planner_.next(end)) {
        issued_.push_back({planned->first, planned->ticks});
        if (const auto sent = send(planned->step); !sent) return sent;
    }
    return {};
}

Result<std::vector<runtime::SpikeEvent>> Driver::drain() {
    if (const auto loaded = check_loaded(); !loaded) return tl::unexpected{loaded.error()};
    if (const auto ran = wait_for_steps(); !ran) return tl::unexpected{ran.error()};
    std::ranges::sort(spikes_);
    return std::exchange(spikes_, {});
}

std::vector<runtime::TickTime> Driver::take_tick_times() {
    if (check_loaded()) (void)wait_for_steps();  // a failure shows in the next call that can tell
    return std::exchange(times_, {});
}

Result<void> Driver::set_plasticity(bool on) {
    if (const auto loaded = check_loaded(); !loaded) return loaded;
    if (on && !image_->can_learn())
        return fault("device.no-learning", "the image has no rule for learning");
    return send(link::Write{control(link::Register::plasticity), {on ? 1U : 0U}});
}

// ---- Device: look inside ----

Result<const std::vector<std::uint32_t>*> Driver::state_words() {
    if (!state_) {
        const std::size_t count = state_words_each * map_.neuron_slots();
        auto words              = read_words(link::address_of(Region::state, 0), count);
        if (!words) return tl::unexpected{words.error()};
        state_ = *std::move(words);
    }
    return &*state_;
}

Result<std::vector<double>> Driver::probe(std::string_view variable) {
    if (const auto loaded = check_loaded(); !loaded) return tl::unexpected{loaded.error()};
    std::vector<double> values(map_.places().size(), 0.0);
    const auto fill = [&](bool sources, std::span<const std::uint32_t> words, std::size_t stride,
                          std::size_t offset) {
        for (std::size_t id = 0; id < values.size(); ++id)
            if (map_.places()[id].is_source == sources)
                values[id] = as_signed(words[stride * map_.places()[id].slot + offset]);
    };
    if (variable == "x") {
        const auto neurons = read_words(link::address_of(Region::trace, 0), map_.neuron_slots());
        if (!neurons) return tl::unexpected{neurons.error()};
        const auto sources =
            read_words(link::address_of(Region::trace, identity_->neurons), map_.source_slots());
        if (!sources) return tl::unexpected{sources.error()};
        fill(false, *neurons, 1, 0);
        fill(true, *sources, 1, 0);
        return values;
    }
    const auto offset = state_offset(variable);
    if (!offset)
        return fault("device.variable", "the emulator core has no variable '" +
                                            std::string{variable} + "'; it has v, i, x and y");
    const auto words = state_words();
    if (!words) return tl::unexpected{words.error()};
    fill(false, **words, state_words_each, *offset);
    return values;
}

Result<hw::Section> Driver::read_back(CoreId core, std::string_view section) {
    if (const auto loaded = check_loaded(); !loaded) return tl::unexpected{loaded.error()};
    const auto count  = image_->words_in(section);
    const auto region = region_of(section);
    if (core != CoreId{0} || !count)
        return fault("device.no-section", "core " + std::to_string(core.value) + " has no table '" +
                                              std::string{section} + "'");
    Result<std::vector<std::uint32_t>> words;
    if (!region) {
        for (const std::uint32_t number : image_->registers()) {
            const auto value = read_words(link::address_of(Region::control, number), 1);
            if (!value) return tl::unexpected{value.error()};
            words->insert(words->end(), {number, value->front()});
        }
    } else if (*region == Region::set) {
        words = read_sets(*count);
    } else {
        words = read_words(link::address_of(*region, 0), *count);
    }
    if (!words) return tl::unexpected{words.error()};
    return hw::Section{std::string{section}, bytes_of(*words)};
}

Result<runtime::Activity> Driver::activity() {
    if (const auto loaded = check_loaded(); !loaded) return tl::unexpected{loaded.error()};
    const auto status = query();
    if (!status) return tl::unexpected{status.error()};
    runtime::Activity activity;
    for (std::size_t k = 0; k < counter_names.size(); ++k) {
        const bool is_clocks                    = counter_names[k].ends_with("clocks");
        activity[std::string{counter_names[k]}] = {status->counters[k], is_clocks ? "clock" : "1"};
    }
    activity["saturated"]   = {has_bit(status->status, StatusBit::saturated) ? 1U : 0U, "1"};
    activity["no_such_row"] = {has_bit(status->status, StatusBit::no_such_row) ? 1U : 0U, "1"};
    const link::LinkStatistics now = connection_.statistics();
    const auto& then               = loaded_at_;
    activity["load_bytes_out"]     = {then.bytes_out, "byte"};
    activity["load_bytes_in"]      = {then.bytes_in, "byte"};
    activity["link_bytes_out"]     = {now.bytes_out - then.bytes_out, "byte"};
    activity["link_bytes_in"]      = {now.bytes_in - then.bytes_in, "byte"};
    activity["link_frames_out"]    = {now.frames_out - then.frames_out, "1"};
    activity["link_frames_in"]     = {now.frames_in - then.frames_in, "1"};
    activity["link_retransmitted"] = {now.retransmitted - then.retransmitted, "1"};
    activity["link_bad_frames"]    = {now.bad_in - then.bad_in, "1"};
    return activity;
}

}  // namespace spikeloom::backends::emulator
