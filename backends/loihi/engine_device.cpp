// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <optional>
#include <utility>

namespace spikeloom::backends::loihi {

namespace {

constexpr double most_events = 65535;  ///< of one source in one tick

/// Where a host id lives: a source element, or a compartment of a used core.
struct Place {
    bool is_source = false;
    CoreSpike at{};  ///< sources: slot is the element
};

class EngineDevice final : public runtime::Device {
public:
    explicit EngineDevice(std::unique_ptr<Engine> engine) : engine_{std::move(engine)} {}

    Result<void> load(const hw::HardwareImage& image) override {
        loaded_    = false;
        auto cores = core_tables(image);
        if (!cores) return tl::unexpected{cores.error()};
        const auto chip = chip_table(image);
        if (!chip) return tl::unexpected{chip.error()};
        if (auto placed = place(image, *cores, *chip); !placed) return placed;
        if (auto done = engine_->load(*cores, *chip, image); !done) return done;
        queue_.clear(), spikes_.clear();
        tick_   = 0;
        learns_ = !chip->profiles.empty();
        loaded_ = true;
        // Where nothing learns, the tables are not needed again.
        cores_    = learns_ ? std::move(*cores) : std::vector<CoreTable>{};
        sections_ = learns_ ? image.cores : std::vector<hw::CoreTables>{};
        return {};
    }

    Result<void> push(std::span<const runtime::InputEvent> events) override {
        if (!loaded_) return not_loaded();
        for (const runtime::InputEvent& event : events) {
            const std::uint64_t earliest =
                queue_.empty() ? tick_ : std::max(tick_, queue_.back().tick);
            if (event.tick.value < earliest)
                return fault("device.late-input",
                             fmt::format("input for tick {} comes after tick {}", event.tick.value,
                                         earliest));
            if (event.source.value >= places_.size() || !places_[event.source.value].is_source)
                return fault("device.source", fmt::format("neuron {} is no source of the image",
                                                          event.source.value));
            if (event.value != std::floor(event.value) || event.value < 0 ||
                event.value > most_events)
                return fault(
                    "device.value",
                    fmt::format("input of {:g} events: the chip takes whole numbers from 0 to "
                                "{:g}",
                                event.value, most_events));
            queue_.push_back({event.tick.value, places_[event.source.value].at.slot,
                              static_cast<std::uint32_t>(event.value)});
        }
        return {};
    }

    Result<void> advance(std::uint64_t ticks) override {
        if (!loaded_) return not_loaded();
        for (const std::uint64_t end = tick_ + ticks; tick_ < end; ++tick_) {
            for (; !queue_.empty() && queue_.front().tick == tick_; queue_.pop_front())
                for (std::uint32_t k = 0; k < queue_.front().count; ++k)
                    engine_->push(queue_.front().source);
            for (const CoreSpike& spike : engine_->step())
                if (const auto& id = host_of_[spike.core][spike.slot])
                    spikes_.push_back({Tick{tick_}, *id});
        }
        return {};
    }

    Result<std::vector<runtime::SpikeEvent>> drain() override {
        if (!loaded_) return tl::unexpected{not_loaded().error()};
        std::sort(spikes_.begin(), spikes_.end());
        return std::exchange(spikes_, {});
    }

    Result<std::vector<double>> probe(std::string_view variable) override {
        if (!loaded_) return tl::unexpected{not_loaded().error()};
        const bool known = variable == "v" || variable == "i" || variable == "u" || variable == "y";
        if (!known)
            return fault("device.variable",
                         fmt::format("the chip has no variable '{}': use v, i or y", variable));
        const char name = variable == "i" ? 'u' : variable.front();
        std::vector<double> values;
        values.reserve(places_.size());
        for (const Place& place : places_)
            values.push_back(place.is_source ? 0.0
                                             : static_cast<double>(engine_->state(name, place.at)));
        return values;
    }

    Result<hw::Section> read_back(CoreId core, std::string_view name) override {
        if (!loaded_) return tl::unexpected{not_loaded().error()};
        for (std::uint32_t used = 0; used < cores_.size(); ++used) {
            if (cores_[used].core != core.value) continue;
            if (name == "synapses") return learned(used);
            for (const hw::Section& section : sections_[used].sections)
                if (section.name == name) return section;
        }
        return fault("device.section", fmt::format("core {} has no section '{}' that a run could "
                                                   "change",
                                                   core.value, name));
    }

    Result<runtime::Activity> activity() override {
        if (!loaded_) return tl::unexpected{not_loaded().error()};
        return engine_->activity();
    }

    [[nodiscard]] std::optional<runtime::Traffic> traffic() const override {
        return loaded_ ? engine_->traffic() : std::nullopt;
    }

    std::vector<runtime::TickTime> take_tick_times() override { return engine_->take_tick_times(); }

    Result<void> set_plasticity(bool on) override {
        if (!loaded_) return not_loaded();
        engine_->set_plasticity(on);
        return {};
    }

private:
    struct Queued {
        std::uint64_t tick;
        std::uint32_t source, count;
    };

    static Result<void> not_loaded() { return fault("device.not-loaded", "no image is loaded"); }

    Result<void> place(const hw::HardwareImage& image, const std::vector<CoreTable>& cores,
                       const ChipTable& chip) {
        places_.clear();
        host_of_.assign(cores.size(), {});
        for (std::size_t used = 0; used < cores.size(); ++used)
            host_of_[used].resize(cores[used].compartments.size());
        std::uint32_t first = 0;
        for (const hw::PopulationSymbol& symbol : image.populations) {
            places_.resize(first + symbol.size(), Place{symbol.is_source, {}});
            for (const hw::PlacedRange& range : symbol.placed)
                if (!place_range(range, symbol.is_source, first, cores, chip))
                    return fault("device.malformed",
                                 fmt::format("population '{}' lies where the image has nothing",
                                             symbol.name));
            first += symbol.size();
        }
        return {};
    }

    bool place_range(const hw::PlacedRange& range, bool is_source, std::uint32_t first,
                     const std::vector<CoreTable>& cores, const ChipTable& chip) {
        std::size_t limit  = chip.inputs.begin.size() - 1;
        std::uint32_t used = 0;
        if (!is_source) {
            const auto core = std::find_if(cores.begin(), cores.end(), [&](const CoreTable& c) {
                return c.core == range.core.value;
            });
            if (core == cores.end()) return false;
            used  = static_cast<std::uint32_t>(core - cores.begin());
            limit = core->compartments.size();
        }
        if (range.slot.value > limit || range.count > limit - range.slot.value) return false;
        if (first + range.first + range.count > places_.size()) return false;
        for (std::uint32_t k = 0; k < range.count; ++k) {
            const std::uint32_t id = first + range.first + k, slot = range.slot.value + k;
            places_[id].at = {used, slot};
            if (!is_source) host_of_[used][slot] = NeuronId{id};
        }
        return true;
    }

    /// The synapse memory with the weights as they stand, packed as in the image.
    hw::Section learned(std::uint32_t used) {
        CoreTable core                          = cores_[used];
        const std::vector<std::int32_t> weights = engine_->weights(used);
        core.synapses.clear();
        std::size_t next = 0;
        std::vector<StoredSynapse> list;
        for (Axon& axon : core.axons) {
            list.clear();
            read_list(axon, core.formats, cores_[used].synapses, list);
            for (StoredSynapse& s : list)
                s.weight = weights[next++];
            append_list(list, core.formats, core.synapses);
        }
        for (hw::Section& section : to_sections(core).sections)
            if (section.name == "synapses") return std::move(section);
        return {};
    }

    std::unique_ptr<Engine> engine_;
    std::vector<CoreTable> cores_;
    std::vector<hw::CoreTables> sections_;
    std::vector<Place> places_;
    std::vector<std::vector<std::optional<NeuronId>>> host_of_;  ///< by used core and slot
    std::deque<Queued> queue_;
    std::vector<runtime::SpikeEvent> spikes_;
    std::uint64_t tick_ = 0;
    bool loaded_ = false, learns_ = false;
};

}  // namespace

std::unique_ptr<runtime::Device> make_engine_device(std::unique_ptr<Engine> engine) {
    return std::make_unique<EngineDevice>(std::move(engine));
}

}  // namespace spikeloom::backends::loihi
