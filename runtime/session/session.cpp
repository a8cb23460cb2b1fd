// SPDX-License-Identifier: Apache-2.0
#include "runtime/session/session.hpp"

#include "support/keyed_rng.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace spikeloom::runtime {
namespace {

constexpr std::uint64_t batch_ticks = 64;

/// Draws the spikes of the poisson sources of [first, last).
std::vector<InputEvent> poisson_events(const hw::HardwareImage& image, const SymbolTable& symbols,
                                       std::uint64_t seed,
                                       std::pair<std::uint64_t, std::uint64_t> ticks) {
    std::vector<InputEvent> events;
    for (std::uint64_t tick = ticks.first; tick < ticks.second; ++tick) {
        for (std::size_t p = 0; p < symbols.size(); ++p) {
            const hw::PopulationSymbol& symbol = symbols.symbol(p);
            if (!symbol.poisson_rate) continue;
            const double mean = *symbol.poisson_rate * image.dt;
            for (std::uint32_t k = 0; k < symbol.size(); ++k) {
                const NeuronId id{symbols.first(p).value + k};
                const std::uint32_t count = keyed_poisson(seed, id.value, tick, mean);
                if (count > 0) events.push_back({Tick{tick}, id, static_cast<double>(count)});
            }
        }
    }
    return events;
}

struct Target {
    std::size_t population;
    double to_units;
};

class Recorder {
public:
    static Result<Recorder> make(const SymbolTable& symbols, const SessionOptions& options) {
        Recorder recorder;
        for (const RecordRequest& request : options.records) {
            const auto population = symbols.find(request.population);
            if (!population) return tl::unexpected(population.error());
            const hw::PopulationSymbol& symbol = symbols.symbol(*population);
            const auto scale                   = symbol.unit_scale.find(request.variable);
            recorder.targets_.push_back(
                {*population, scale == symbol.unit_scale.end() ? 1.0 : scale->second});
            recorder.recordings_.push_back({request, options.ticks, symbol.size(), {}});
            recorder.recordings_.back().values.reserve(options.ticks * symbol.size());
        }
        return recorder;
    }

    [[nodiscard]] bool empty() const { return targets_.empty(); }

    /// Takes one row of every recording; `spikes` are those of the tick just run.
    Result<void> take(Device& device, const SymbolTable& symbols,
                      std::span<const SpikeEvent> spikes) {
        for (std::size_t k = 0; k < targets_.size(); ++k) {
            Recording& recording = recordings_[k];
            const auto first     = symbols.first(targets_[k].population).value;
            if (recording.request.variable == "spikes") {
                take_spikes(recording, first, spikes);
                continue;
            }
            const auto values = device.probe(recording.request.variable);
            if (!values) return tl::unexpected(values.error());
            for (std::uint64_t n = 0; n < recording.neurons; ++n)
                recording.values.push_back((*values)[first + n] * targets_[k].to_units);
        }
        return {};
    }

    std::vector<Recording> release() { return std::move(recordings_); }

private:
    static void take_spikes(Recording& recording, std::uint32_t first,
                            std::span<const SpikeEvent> spikes) {
        const std::size_t row = recording.values.size();
        recording.values.resize(row + recording.neurons, 0.0);
        for (const SpikeEvent& spike : spikes) {
            const std::uint64_t n = std::uint64_t{spike.neuron.value} - first;
            if (n < recording.neurons) recording.values[row + n] = 1.0;
        }
    }

    std::vector<Target> targets_;
    std::vector<Recording> recordings_;
};

Result<void> collect(Device& device, SessionResult& result) {
    auto spikes = device.drain();
    if (!spikes) return tl::unexpected(spikes.error());
    result.spikes.insert(result.spikes.end(), spikes->begin(), spikes->end());
    const auto times = device.take_tick_times();
    result.tick_times.insert(result.tick_times.end(), times.begin(), times.end());
    return {};
}

/// Input of [first, last): the caller's events and the poisson draws, ticks ascending.
std::vector<InputEvent> input_of(const std::vector<InputEvent>& input, std::size_t& next,
                                 std::uint64_t last, std::vector<InputEvent> drawn) {
    const std::size_t begin = next;
    while (next < input.size() && input[next].tick.value < last)
        ++next;
    std::vector<InputEvent> events(input.begin() + static_cast<std::ptrdiff_t>(begin),
                                   input.begin() + static_cast<std::ptrdiff_t>(next));
    events.insert(events.end(), drawn.begin(), drawn.end());
    std::ranges::stable_sort(events, {}, [](const InputEvent& e) { return e.tick; });
    return events;
}

}  // namespace

SymbolTable::SymbolTable(const hw::HardwareImage& image) : populations_{&image.populations} {
    first_.push_back(0);
    for (const hw::PopulationSymbol& symbol : image.populations)
        first_.push_back(first_.back() + symbol.size());
}

Result<std::size_t> SymbolTable::find(const std::string& population) const {
    const auto it = std::ranges::find(*populations_, population, &hw::PopulationSymbol::name);
    if (it != populations_->end()) return static_cast<std::size_t>(it - populations_->begin());
    std::string known;
    for (const hw::PopulationSymbol& symbol : *populations_)
        known += (known.empty() ? "" : ", ") + symbol.name;
    return fault("session.unknown-population", "no population named '" + population + "'", {},
                 {"populations: " + known});
}

std::size_t SymbolTable::population_of(NeuronId neuron) const {
    const auto after = std::ranges::upper_bound(first_, neuron.value);
    return static_cast<std::size_t>(after - first_.begin()) - 1;
}

Result<SessionResult> run_session(Device& device, const hw::HardwareImage& image,
                                  const std::vector<InputEvent>& input,
                                  const SessionOptions& options) {
    if (auto loaded = device.load(image); !loaded) return tl::unexpected(loaded.error());
    if (options.plasticity) {
        auto set = device.set_plasticity(*options.plasticity);
        if (!set) return tl::unexpected(set.error());
    }
    const SymbolTable symbols{image};
    auto recorder = Recorder::make(symbols, options);
    if (!recorder) return tl::unexpected(recorder.error());

    SessionResult result;
    std::size_t next         = 0;
    const std::uint64_t step = recorder->empty() ? batch_ticks : 1;
    for (std::uint64_t tick = 0; tick < options.ticks;) {
        const std::uint64_t last  = std::min(tick + step, options.ticks);
        const std::size_t spikes0 = result.spikes.size();
        const auto events =
            input_of(input, next, last, poisson_events(image, symbols, options.seed, {tick, last}));
        if (auto done = device.push(events); !done) return tl::unexpected(done.error());
        if (auto done = device.advance(last - tick); !done) return tl::unexpected(done.error());
        if (auto done = collect(device, result); !done) return tl::unexpected(done.error());
        if (auto done = recorder->take(device, symbols, std::span{result.spikes}.subspan(spikes0));
            !done)
            return tl::unexpected(done.error());
        tick = last;
        if (options.progress) options.progress(tick);
    }
    auto activity = device.activity();
    if (!activity) return tl::unexpected(activity.error());
    result.activity   = std::move(*activity);
    result.traffic    = device.traffic();
    result.recordings = recorder->release();
    return result;
}

}  // namespace spikeloom::runtime
