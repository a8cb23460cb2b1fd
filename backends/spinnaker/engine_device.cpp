// SPDX-License-Identifier: Apache-2.0
#include "backends/spinnaker/engine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <utility>

namespace spikeloom::backends::spinnaker {

namespace {

constexpr double most_events = 65535;  ///< of one source in one tick

/// Where a host id lives.
struct Home {
    bool is_source     = false;
    std::uint32_t core = 0;  ///< index in the program
    std::uint32_t slot = 0;
};

class EngineDevice final : public runtime::Device {
public:
    explicit EngineDevice(std::unique_ptr<Engine> engine) : engine_{std::move(engine)} {}

    Result<void> load(const hw::HardwareImage& image) override {
        loaded_      = false;
        auto program = read_program(image);
        if (!program) return tl::unexpected{program.error()};
        program_ = std::move(*program);
        if (auto placed = place(image); !placed) return placed;
        engine_->load(program_);
        queue_.clear(), spikes_.clear();
        tick_ = timed_from_ = 0;
        inputs_             = 0;
        loaded_             = true;
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
            if (event.source.value >= homes_.size() || !homes_[event.source.value].is_source)
                return fault("device.source", fmt::format("neuron {} is no source of the image",
                                                          event.source.value));
            if (event.value != std::floor(event.value) || event.value < 0 ||
                event.value > most_events)
                return fault("device.value",
                             fmt::format("input of {:g} events: the machine takes whole numbers "
                                         "from 0 to {:g}",
                                         event.value, most_events));
            const Home& home = homes_[event.source.value];
            queue_.push_back({event.tick.value, program_.cores[home.core].key + home.slot,
                              static_cast<std::uint32_t>(event.value)});
        }
        return {};
    }

    Result<void> advance(std::uint64_t ticks) override {
        if (!loaded_) return not_loaded();
        for (const std::uint64_t end = tick_ + ticks; tick_ < end; ++tick_) {
            for (; !queue_.empty() && queue_.front().tick == tick_; queue_.pop_front()) {
                inputs_ += queue_.front().count;
                for (std::uint32_t k = 0; k < queue_.front().count; ++k)
                    engine_->inject(queue_.front().key);
            }
            for (const Fired& fired : engine_->step())
                spikes_.push_back({Tick{tick_}, host_of_[fired.core][fired.slot]});
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
        if (variable != "v" && variable != "i")
            return fault("device.variable",
                         fmt::format("the cores have no variable '{}': use v or i", variable));
        std::vector<double> values;
        values.reserve(homes_.size());
        for (const Home& home : homes_) {
            if (home.is_source)
                values.push_back(0);
            else if (variable == "v")
                values.push_back(engine_->membrane(home.core, home.slot));
            else
                values.push_back(static_cast<double>(engine_->current(home.core, home.slot)));
        }
        return values;
    }

    Result<hw::Section> read_back(CoreId core, std::string_view name) override {
        return fault("device.section", fmt::format("core {} has no section '{}' that a run could "
                                                   "change",
                                                   core.value, name));
    }

    Result<runtime::Activity> activity() override {
        if (!loaded_) return tl::unexpected{not_loaded().error()};
        runtime::Activity all = engine_->activity();
        all["input_events"]   = {inputs_, "1"};
        return all;
    }

    /// The timer is the clock: every tick takes the same time, whether or not a core overruns it.
    std::vector<runtime::TickTime> take_tick_times() override {
        std::vector<runtime::TickTime> times;
        for (; timed_from_ < tick_; ++timed_from_)
            times.push_back({Tick{timed_from_}, program_.costs.tick});
        return times;
    }

private:
    struct Queued {
        std::uint64_t tick;
        std::uint32_t key, count;
    };

    static Result<void> not_loaded() { return fault("device.not-loaded", "no image is loaded"); }

    Result<void> place(const hw::HardwareImage& image) {
        homes_.clear();
        host_of_.clear();
        for (const CoreProgram& core : program_.cores)
            host_of_.emplace_back(core.elements, NeuronId{0});
        std::uint32_t first = 0;
        for (const hw::PopulationSymbol& symbol : image.populations) {
            homes_.resize(std::size_t{first} + symbol.size(), Home{symbol.is_source, 0, 0});
            std::uint64_t placed = 0;
            for (const hw::PlacedRange& range : symbol.placed) {
                placed += range.count;
                if (!place_range(range, symbol, first)) placed = ~std::uint64_t{0} / 2;
            }
            if (placed != symbol.size())
                return fault(
                    "device.malformed",
                    fmt::format("population '{}' lies where the image has nothing", symbol.name));
            first += symbol.size();
        }
        return {};
    }

    bool place_range(const hw::PlacedRange& range, const hw::PopulationSymbol& symbol,
                     std::uint32_t first) {
        const auto core =
            std::find_if(program_.cores.begin(), program_.cores.end(),
                         [&](const CoreProgram& c) { return c.id == range.core.value; });
        if (core == program_.cores.end() || core->neurons.empty() != symbol.is_source) return false;
        const auto index = static_cast<std::uint32_t>(core - program_.cores.begin());
        if (range.slot.value > core->elements || range.count > core->elements - range.slot.value ||
            range.first > symbol.size() || range.count > symbol.size() - range.first)
            return false;
        for (std::uint32_t k = 0; k < range.count; ++k) {
            const std::uint32_t id = first + range.first + k, slot = range.slot.value + k;
            homes_[id]            = {symbol.is_source, index, slot};
            host_of_[index][slot] = NeuronId{id};
        }
        return true;
    }

    std::unique_ptr<Engine> engine_;
    Program program_;
    std::vector<Home> homes_;
    std::vector<std::vector<NeuronId>> host_of_;  ///< by core of the program and slot
    std::deque<Queued> queue_;
    std::vector<runtime::SpikeEvent> spikes_;
    std::uint64_t tick_ = 0, timed_from_ = 0, inputs_ = 0;
    bool loaded_ = false;
};

}  // namespace

std::unique_ptr<runtime::Device> make_engine_device(std::unique_ptr<Engine> engine) {
    return std::make_unique<EngineDevice>(std::move(engine));
}

}  // namespace spikeloom::backends::spinnaker
