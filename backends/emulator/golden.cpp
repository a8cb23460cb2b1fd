// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/golden.hpp"

#include "backends/emulator/encode.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <optional>

namespace spikeloom::backends::emulator {

namespace {

constexpr double largest_count = 65535;  ///< events of one source in one tick

std::vector<std::uint32_t> section(const hw::HardwareImage& image, std::string_view name) {
    const hw::Section* found = image.find(only_core, name);
    return found == nullptr ? std::vector<std::uint32_t>{} : words_of(found->bytes);
}

std::vector<std::uint32_t> configuration(const hw::HardwareImage& image) {
    for (const hw::Section& s : image.routing) {
        if (s.name == "configuration") return words_of(s.bytes);
    }
    return {};
}

void set_register(spikeloom::golden::EmulatorTables& t, std::uint32_t number, std::uint32_t value) {
    switch (number) {
        case 2:
            t.neurons_used = value;
            break;
        case 3:
            t.rows_used_source = value;
            break;
        case 4:
            t.plasticity = (value & 1U) != 0;
            break;
        case 5:
            t.rule.plus_decay = value;
            break;
        case 6:
            t.rule.minus_decay = value;
            break;
        case 7:
            t.rule.a_plus = value;
            break;
        case 8:
            t.rule.a_minus = value;
            break;
        case 9:
            t.rule.w_min = static_cast<std::int32_t>(value);
            break;
        case 10:
            t.rule.w_max = static_cast<std::int32_t>(value);
            break;
        default:
            break;
    }
}

/// Where each neuron of the symbol table sits on the core.
struct Places {
    struct Place {
        bool is_source;
        std::uint32_t slot;
    };
    std::vector<std::optional<Place>> of;          ///< by NeuronId
    std::vector<std::optional<NeuronId>> neurons;  ///< by neuron slot

    explicit Places(const hw::HardwareImage& image) {
        for (const hw::PopulationSymbol& population : image.populations) {
            const std::size_t first = of.size();
            of.resize(first + population.size());
            for (const hw::PlacedRange& range : population.placed) {
                place(range, population.is_source, first + range.first);
            }
        }
    }

private:
    void place(const hw::PlacedRange& range, bool is_source, std::size_t first) {
        for (std::uint32_t k = 0; k < range.count; ++k) {
            const std::uint32_t slot = range.slot.value + k;
            of[first + k]            = Place{is_source, slot};
            if (is_source) continue;
            if (neurons.size() <= slot) neurons.resize(std::size_t{slot} + 1);
            neurons[slot] = NeuronId{static_cast<std::uint32_t>(first + k)};
        }
    }
};

struct QueuedEvent {
    std::uint64_t tick;
    std::uint32_t source;
    std::uint32_t count;
};

class GoldenDevice final : public runtime::Device {
public:
    explicit GoldenDevice(std::uint32_t threads) : threads_{threads} {}

    Result<void> load(const hw::HardwareImage& image) override {
        auto tables = golden_tables(image);
        if (!tables) return tl::unexpected{tables.error()};
        auto core = spikeloom::golden::EmulatorGolden::build(std::move(*tables), threads_);
        if (!core) return tl::unexpected{core.error()};
        Places places{image};
        for (const auto& place : places.of) {
            const spikeloom::golden::EmulatorTables& t = core->tables();
            const bool fits = !place || place->slot < (place->is_source ? t.sources : t.neurons);
            if (!fits) return fault("device.wrong-image", "a population lies outside the core");
        }
        core_   = std::move(*core);
        places_ = std::move(places);
        queue_.clear();
        spikes_.clear();
        load_state(section(image, "state"));
        return {};
    }

    Result<void> push(std::span<const runtime::InputEvent> events) override {
        if (!core_) return not_loaded();
        for (const runtime::InputEvent& event : events) {
            const std::uint64_t earliest =
                queue_.empty() ? core_->tick() : std::max(core_->tick(), queue_.back().tick);
            if (event.tick.value < earliest) {
                return fault("device.late-input",
                             fmt::format("input for tick {} comes after tick {}", event.tick.value,
                                         earliest));
            }
            if (auto queued = queue(event); !queued) return queued;
        }
        return {};
    }

    Result<void> advance(std::uint64_t ticks) override {
        if (!core_) return not_loaded();
        std::size_t next = 0;
        for (std::uint64_t k = 0; k < ticks; ++k) {
            const std::uint64_t now = core_->tick();
            for (; next < queue_.size() && queue_[next].tick == now; ++next) {
                for (std::uint32_t c = 0; c < queue_[next].count; ++c) {
                    core_->push(queue_[next].source);
                }
            }
            for (const std::uint32_t slot : core_->step()) {
                if (slot < places_->neurons.size() && places_->neurons[slot]) {
                    spikes_.push_back({Tick{now}, *places_->neurons[slot]});
                }
            }
        }
        queue_.erase(queue_.begin(), queue_.begin() + static_cast<std::ptrdiff_t>(next));
        return {};
    }

    Result<std::vector<runtime::SpikeEvent>> drain() override {
        if (!core_) return tl::unexpected{not_loaded().error()};
        std::sort(spikes_.begin(), spikes_.end());
        return std::exchange(spikes_, {});
    }

    Result<std::vector<double>> probe(std::string_view variable) override {
        if (!core_) return tl::unexpected{not_loaded().error()};
        if (variable != "v" && variable != "i" && variable != "x" && variable != "y") {
            return fault("device.variable",
                         fmt::format("the core has no variable '{}': use v, i, x "
                                     "or y",
                                     variable));
        }
        std::vector<double> values;
        values.reserve(places_->of.size());
        for (const auto& place : places_->of) {
            values.push_back(place ? value(variable.front(), *place) : 0.0);
        }
        return values;
    }

    Result<hw::Section> read_back(CoreId core, std::string_view name) override {
        if (!core_) return tl::unexpected{not_loaded().error()};
        const spikeloom::golden::EmulatorTables& t = core_->tables();
        const auto found                           = [&](std::span<const std::uint32_t> words) {
            return hw::Section{std::string{name}, bytes_of(words)};
        };
        if (core == only_core) {
            if (name == "synapses") return found(core_->synapses());
            if (name == "rows") return found(t.rows);
            if (name == "neurons") return found(t.neuron);
            if (name == "sets") return found(t.sets);
        }
        return fault("device.section",
                     fmt::format("core {} has no section '{}'", core.value, name));
    }

    Result<runtime::Activity> activity() override {
        if (!core_) return tl::unexpected{not_loaded().error()};
        const spikeloom::golden::EmulatorCounters& c = core_->counters();
        runtime::Activity result;
        const auto count = [&](const char* name, std::uint64_t value, const char* unit) {
            result[name] = {value, unit};
        };
        count("ticks", c.ticks, "tick");
        count("spikes", c.spikes, "1");
        count("synaptic_events", c.synaptic_events, "1");
        count("weight_updates", c.weight_updates, "1");
        count("neuron_updates", c.neuron_updates, "1");
        count("input_events", c.input_events, "1");
        count("row_walks", c.row_walks, "1");
        return result;
    }

    Result<void> set_plasticity(bool on) override {
        if (!core_) return not_loaded();
        core_->set_plasticity(on);
        return {};
    }

private:
    static tl::unexpected<Diagnostic> wrong_state(const char* message) {
        return fault("device.not-loaded", message);
    }
    static Result<void> not_loaded() { return wrong_state("no image is loaded"); }

    Result<void> queue(const runtime::InputEvent& event) {
        const std::size_t id = event.source.value;
        if (id >= places_->of.size() || !places_->of[id] || !places_->of[id]->is_source) {
            return fault("device.source", fmt::format("neuron {} is no source of the image", id));
        }
        const bool whole = event.value == std::floor(event.value);
        if (!whole || event.value < 0 || event.value > largest_count) {
            return fault("device.value",
                         fmt::format("input of {:g} events: the core takes whole numbers from 0 to "
                                     "{}",
                                     event.value, largest_count));
        }
        queue_.push_back(
            {event.tick.value, places_->of[id]->slot, static_cast<std::uint32_t>(event.value)});
        return {};
    }

    void load_state(const std::vector<std::uint32_t>& words) {
        const std::size_t neurons =
            std::min<std::size_t>(words.size() / 4, core_->tables().neurons_used);
        for (std::size_t j = 0; j < neurons; ++j) {
            core_->set_state(static_cast<std::uint32_t>(j),
                             {static_cast<std::int32_t>(words[4 * j]),
                              static_cast<std::int32_t>(words[4 * j + 1]), words[4 * j + 2]});
        }
    }

    [[nodiscard]] double value(char variable, const Places::Place& place) const {
        const std::uint32_t neurons = core_->tables().neurons;
        if (variable == 'x') return core_->x(place.is_source ? neurons + place.slot : place.slot);
        if (place.is_source) return 0;
        if (variable == 'v') return core_->v(place.slot);
        return variable == 'i' ? core_->i(place.slot) : core_->y(place.slot);
    }

    std::uint32_t threads_;
    std::optional<spikeloom::golden::EmulatorGolden> core_;
    std::optional<Places> places_;
    std::vector<QueuedEvent> queue_;
    std::vector<runtime::SpikeEvent> spikes_;
};

}  // namespace

Result<spikeloom::golden::EmulatorTables> golden_tables(const hw::HardwareImage& image) {
    if (image.target != "emulator") {
        return fault("device.wrong-image",
                     fmt::format("the image is for target '{}', not the emulator", image.target));
    }
    const auto limits = limits_from(configuration(image));
    if (!limits) return fault("device.wrong-image", "the image holds no core configuration");
    spikeloom::golden::EmulatorTables tables;
    tables.widths      = limits->widths;
    tables.neurons     = limits->neurons;
    tables.sources     = limits->sources;
    tables.sparse_rows = limits->sparse_rows;
    tables.rows        = section(image, "rows");
    tables.synapses    = section(image, "synapses");
    tables.neuron      = section(image, "neurons");
    tables.sets        = section(image, "sets");
    const auto pairs   = section(image, "registers");
    for (std::size_t k = 0; k + 1 < pairs.size(); k += 2) {
        set_register(tables, pairs[k], pairs[k + 1]);
    }
    return tables;
}

std::unique_ptr<runtime::Device> make_golden_device(std::uint32_t threads) {
    return std::make_unique<GoldenDevice>(threads);
}

}  // namespace spikeloom::backends::emulator
