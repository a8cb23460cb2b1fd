// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/device.hpp"

#include "backends/truenorth/chip_model.hpp"
#include "backends/truenorth/golden_engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>

namespace spikeloom::backends::truenorth {

namespace {

using MakeEngine = std::unique_ptr<Engine> (*)(ChipProgram, std::uint64_t seed);

/// Where the elements of the symbol table are on the chip.
class Places {
public:
    explicit Places(const hw::HardwareImage& image) {
        std::uint32_t first = 0, sources = 0;
        for (const hw::PopulationSymbol& population : image.populations) {
            const std::uint32_t size = population.size();
            source_of_.resize(first + size);
            slot_of_.resize(first + size);
            for (const hw::PlacedRange& range : population.placed) {
                if (range.first + std::uint64_t{range.count} > size) continue;
                for (std::uint32_t k = 0; k < range.count; ++k) {
                    const std::uint32_t id = first + range.first + k;
                    if (population.is_source)
                        source_of_[id] = sources + range.first + k;
                    else
                        place(id, {range.core.value, range.slot.value + k});
                }
            }
            if (population.is_source) sources += size;
            first += size;
        }
        sources_ = sources;
    }

    [[nodiscard]] std::uint32_t sources() const { return sources_; }
    [[nodiscard]] std::optional<std::uint32_t> source(NeuronId id) const {
        return id.value < source_of_.size() ? source_of_[id.value] : std::nullopt;
    }
    [[nodiscard]] std::optional<NeuronId> neuron(const Fired& fired) const {
        const auto found = neuron_at_.find(key(fired));
        return found == neuron_at_.end() ? std::nullopt : std::optional{found->second};
    }
    /// Spikes of this neuron are not told.
    void silence(const Fired& at) { neuron_at_.erase(key(at)); }
    [[nodiscard]] const std::vector<std::optional<Fired>>& slots() const { return slot_of_; }

private:
    static std::uint64_t key(const Fired& f) { return (std::uint64_t{f.core} << 32) | f.slot; }
    void place(std::uint32_t id, const Fired& at) {
        slot_of_[id] = at;
        neuron_at_.try_emplace(key(at), NeuronId{id});
    }

    std::vector<std::optional<std::uint32_t>> source_of_;
    std::vector<std::optional<Fired>> slot_of_;
    std::unordered_map<std::uint64_t, NeuronId> neuron_at_;
    std::uint32_t sources_ = 0;
};

class ChipDevice final : public runtime::Device {
public:
    explicit ChipDevice(MakeEngine make) : make_{make} {}

    Result<void> load(const hw::HardwareImage& image) override {
        auto program = decode_program(image);
        if (!program) return tl::unexpected{program.error()};
        Places places{image};
        if (places.sources() + 1 != program->input_begin.size())
            return fault("device.wrong-image",
                         fmt::format("the image has {} source elements and inputs for {}",
                                     places.sources(), program->input_begin.size() - 1));
        for (const auto& slot : places.slots()) {
            if (!slot || slot->core == output_core) continue;
            if (slot->core >= program->cores.size() ||
                slot->slot >= program->cores[slot->core].neurons.size())
                return fault("device.wrong-image", "a population lies outside the cores");
            const auto kind = program->cores[slot->core].neurons[slot->slot].to.kind;
            if (kind == Destination::Kind::silent) places.silence(*slot);
        }
        program_ = std::move(*program);
        engine_  = make_(program_, image.seed);
        program_.cores.clear();
        places_       = std::move(places);
        now_          = 0;
        last_pushed_  = 0;
        input_events_ = 0;
        calendar_.clear();
        spikes_.clear();
        times_.clear();
        return {};
    }

    Result<void> push(std::span<const runtime::InputEvent> events) override {
        if (!engine_) return not_loaded();
        for (const runtime::InputEvent& event : events) {
            const std::uint64_t earliest = std::max(now_, last_pushed_);
            if (event.tick.value < earliest)
                return fault("device.late-input",
                             fmt::format("input for tick {} comes after tick {}", event.tick.value,
                                         earliest));
            if (auto queued = queue(event); !queued) return queued;
        }
        return {};
    }

    Result<void> advance(std::uint64_t ticks) override {
        if (!engine_) return not_loaded();
        for (std::uint64_t k = 0; k < ticks; ++k, ++now_) {
            while (!calendar_.empty() && calendar_.begin()->first == now_) {
                for (const auto& [core, axon] : calendar_.begin()->second)
                    engine_->inject(core, axon);
                calendar_.erase(calendar_.begin());
            }
            for (const Fired& fired : engine_->step())
                if (const auto neuron = places_->neuron(fired))
                    spikes_.push_back({Tick{now_}, *neuron});
            times_.push_back({Tick{now_}, engine_->tick_clocks()});
        }
        return {};
    }

    Result<std::vector<runtime::SpikeEvent>> drain() override {
        if (!engine_) return tl::unexpected{not_loaded().error()};
        std::sort(spikes_.begin(), spikes_.end());
        return std::exchange(spikes_, {});
    }

    Result<std::vector<double>> probe(std::string_view variable) override {
        if (!engine_) return tl::unexpected{not_loaded().error()};
        if (variable != "v")
            return fault("device.variable",
                         fmt::format("the cores have no variable '{}': use v", variable));
        std::vector<double> values;
        for (const auto& slot : places_->slots()) {
            const bool neuron = slot && slot->core != output_core;
            values.push_back(neuron ? engine_->potential(slot->core, slot->slot) : 0);
        }
        return values;
    }

    Result<hw::Section> read_back(CoreId core, std::string_view section) override {
        return fault("device.section",
                     fmt::format("nothing of core {} changes in a run, '{}' stands in the image",
                                 core.value, section));
    }

    Result<runtime::Activity> activity() override {
        if (!engine_) return tl::unexpected{not_loaded().error()};
        const Counters& c = engine_->counters();
        return runtime::Activity{{"ticks", {c.ticks, "tick"}},
                                 {"spikes", {c.spikes, "1"}},
                                 {"synaptic_events", {c.synaptic_events, "1"}},
                                 {"neuron_updates", {c.neuron_updates, "1"}},
                                 {"weight_updates", {0, "1"}},
                                 {"input_events", {input_events_, "1"}},
                                 {"axon_events", {c.axon_events, "1"}},
                                 {"merged_spikes", {c.merged_spikes, "1"}},
                                 {"packets", {c.packets, "1"}},
                                 {"hops", {c.hops, "1"}},
                                 {"chip_crossings", {c.chip_crossings, "1"}},
                                 {"overruns", {c.overruns, "tick"}}};
    }

    std::vector<runtime::TickTime> take_tick_times() override { return std::exchange(times_, {}); }

private:
    static Result<void> not_loaded() { return fault("device.not-loaded", "no image is loaded"); }

    /// An axon holds one spike a tick: further ones of the same event merge with the first.
    Result<void> queue(const runtime::InputEvent& event) {
        const auto source = places_->source(event.source);
        if (!source)
            return fault("device.source",
                         fmt::format("neuron {} is no source of the image", event.source.value));
        const bool whole = event.value == std::floor(event.value);
        if (!whole || event.value < 0 || event.value > 65535)
            return fault("device.value",
                         fmt::format("input of {:g} events: the chip takes whole numbers from 0 to "
                                     "65535",
                                     event.value));
        last_pushed_     = event.tick.value;
        const auto count = static_cast<std::uint32_t>(event.value);
        input_events_ += count;
        for (std::uint32_t k = 0; k < count; ++k)
            for (const InputPacket& packet : program_.input(*source))
                calendar_[event.tick.value + packet.wait].emplace_back(packet.core, packet.axon);
        return {};
    }

    MakeEngine make_;
    ChipProgram program_;  ///< without its cores once loaded
    std::unique_ptr<Engine> engine_;
    std::optional<Places> places_;
    std::map<std::uint64_t, std::vector<std::pair<std::uint32_t, std::uint8_t>>> calendar_;
    std::vector<runtime::SpikeEvent> spikes_;
    std::vector<runtime::TickTime> times_;
    std::uint64_t now_ = 0, last_pushed_ = 0, input_events_ = 0;
};

}  // namespace

std::unique_ptr<runtime::Device> make_model_device() {
    return std::make_unique<ChipDevice>([](ChipProgram program, std::uint64_t seed) {
        return std::unique_ptr<Engine>{std::make_unique<ChipModel>(program, seed)};
    });
}

std::unique_ptr<runtime::Device> make_golden_device() {
    return std::make_unique<ChipDevice>(make_golden_engine);
}

}  // namespace spikeloom::backends::truenorth
