// SPDX-License-Identifier: Apache-2.0
/// From a network and options to a simulation: what is refused, what is assumed, what it takes.
#include "simulator/golden/engine.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <fstream>

namespace spikeloom::golden {

namespace {

constexpr std::uint64_t exact_up_to = 256'000;  ///< synapses, WeightPrecision::automatic
constexpr double default_dt         = 1e-3;

/// Memory that the machine can still give [bytes].
std::uint64_t available_memory() {
    std::ifstream file{"/proc/meminfo"};
    std::string key;
    std::uint64_t kibibytes = 0;
    std::string unit;
    while (file >> key >> kibibytes) {
        std::getline(file, unit);
        if (key == "MemAvailable:") return kibibytes * 1024;
    }
    return static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
           static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE));
}

std::uint32_t longest_into(const ir::Network& network, std::uint32_t population) {
    std::uint32_t longest = 1;
    for (const ir::Projection& p : network.projections) {
        if (p.post.value == population) longest = std::max(longest, longest_delay_of(p.delays));
    }
    return longest;
}

void check_projection(const ir::Network& network, std::uint32_t k, Diagnostics& faults) {
    const ir::Projection& p   = network.projections[k];
    const std::uint32_t delay = longest_delay_of(p.delays);
    const std::string where   = fmt::format("/projections/{}", k);
    if (delay > longest_delay) {
        faults.push_back({"golden.delay",
                          fmt::format("projection \"{}\" has delays of up to {} ticks, limit {}",
                                      p.name, delay, longest_delay),
                          {network.file, where + "/delays"}});
    }
}

void check_memory(const ir::Network& network, const GoldenOptions& options, Diagnostics& faults) {
    const MemoryFigures m = estimate_memory(network, options);
    const std::uint64_t limit =
        options.memory_limit != 0 ? options.memory_limit : available_memory();
    if (m.total() <= limit) return;
    constexpr double mebi = 1024.0 * 1024.0;
    faults.push_back(
        {"golden.memory",
         fmt::format("the network needs {:.1f} MiB, limit {:.1f} MiB",
                     static_cast<double>(m.total()) / mebi, static_cast<double>(limit) / mebi),
         {network.file, ""},
         {fmt::format("{} synapses: {:.1f} MiB", m.synapses,
                      static_cast<double>(m.synapse_bytes) / mebi),
          fmt::format("input sums: {:.1f} MiB", static_cast<double>(m.ring_bytes) / mebi),
          fmt::format("{} neurons: {:.1f} MiB", network.neuron_count(),
                      static_cast<double>(m.state_bytes) / mebi)}});
}

void check_options(const GoldenOptions& options, Diagnostics& faults) {
    if (options.threads < 1 || options.threads > most_threads) {
        faults.push_back(
            {"golden.options", fmt::format("{} threads, limit {}", options.threads, most_threads)});
    }
    if (!(options.dt >= 0) || options.dt > 1e6) {
        faults.push_back({"golden.options", fmt::format("dt of {} s", options.dt)});
    }
}

/// Settles what options and network leave open; says what it assumed.
Discretisation settle(const ir::Network& network, const GoldenOptions& options,
                      std::vector<std::string>& warnings) {
    Discretisation how{options.dt, options.integrator, Reset::value, options.threads};
    if (how.dt == 0) {
        how.dt = network.dt.value_or(default_dt);
        if (!network.dt) warnings.emplace_back("the network gives no dt: 1 ms assumed");
    }
    if (options.reset) {
        how.reset = *options.reset;
    } else if (network.reset) {
        how.reset = *network.reset == "subtract" ? Reset::subtract : Reset::value;
    } else {
        warnings.emplace_back("the network gives no reset: by value assumed");
    }
    return how;
}

std::uint64_t synapses_of(const ir::Network& network) {
    std::uint64_t sum = 0;
    for (std::uint32_t k = 0; k < network.projections.size(); ++k) {
        sum += ir::synapse_count_estimate(network, ProjectionId{k});
    }
    return sum;
}

bool fits_single(const ir::Values& weights) {
    const auto* array = std::get_if<ir::Array>(&weights);
    return array != nullptr && std::ranges::all_of(**array, [](double w) {
               return static_cast<double>(static_cast<float>(w)) == w;
           });
}

/// Whether 24 bits lose nothing: all weights are whole steps.
bool fits_packed(const ir::Values& weights) {
    const auto* array = std::get_if<ir::Array>(&weights);
    if (array == nullptr) return false;
    const double step = packed_step(largest_weight(weights));
    return std::ranges::all_of(**array,
                               [&](double w) { return std::nearbyint(w / step) * step == w; });
}

}  // namespace

WeightFormat weight_format(const ir::Projection& projection, const GoldenOptions& options,
                           std::uint64_t network_synapses) {
    const bool plastic = projection.plasticity && options.plasticity;
    const bool scalar  = std::holds_alternative<double>(projection.weights);
    const bool array   = std::holds_alternative<ir::Array>(projection.weights);
    if (!plastic && scalar) return WeightFormat::constant;
    if (!plastic && options.weights != WeightPrecision::single && fits_packed(projection.weights))
        return WeightFormat::packed;
    const bool exact =
        options.weights == WeightPrecision::exact ||
        (options.weights == WeightPrecision::automatic && network_synapses <= exact_up_to);
    if (exact) {
        return !plastic && fits_single(projection.weights) ? WeightFormat::single
                                                           : WeightFormat::exact;
    }
    const bool drawn = !plastic && !array;
    return drawn && options.weights != WeightPrecision::single ? WeightFormat::packed
                                                               : WeightFormat::single;
}

double largest_weight(const ir::Values& weights) {
    if (const auto* normal = std::get_if<ir::Normal>(&weights)) {
        const double low  = normal->mean - widest_normal * normal->deviation;
        const double high = normal->mean + widest_normal * normal->deviation;
        return std::max(std::abs(std::max(low, normal->minimum)),
                        std::abs(std::min(high, normal->maximum)));
    }
    if (const auto* array = std::get_if<ir::Array>(&weights)) {
        double largest = 0;
        for (const double w : **array)
            largest = std::max(largest, std::abs(w));
        return largest;
    }
    const auto* uniform = std::get_if<ir::Uniform>(&weights);
    return uniform == nullptr ? 0
                              : std::max(std::abs(uniform->minimum), std::abs(uniform->maximum));
}

MemoryFigures estimate_memory(const ir::Network& network, const GoldenOptions& options) {
    constexpr std::uint64_t doubles_a_neuron = 16;   // states and coefficients, generous
    constexpr std::uint64_t plastic_bytes    = 160;  // traces of a neuron and of a row
    MemoryFigures m;
    m.synapses = synapses_of(network);
    for (std::uint32_t k = 0; k < network.projections.size(); ++k) {
        const ir::Projection& p    = network.projections[k];
        const std::uint64_t count  = ir::synapse_count_estimate(network, ProjectionId{k});
        const std::uint64_t pre    = network.at(p.pre).size();
        const std::uint32_t delay  = std::min(longest_into(network, p.post.value), longest_delay);
        const auto post            = static_cast<std::uint32_t>(network.at(p.post).size());
        const Geometry g           = Geometry::make(post, delay, std::max(options.threads, 1U));
        const std::uint64_t chunks = std::min(count, pre * g.blocks);
        const bool plastic         = p.plasticity && options.plasticity;
        m.synapse_bytes += count * synapse_bytes(weight_format(p, options, m.synapses)) +
                           (plastic ? plastic_bytes * (pre + post) : 0) + 2 * chunks +
                           8 * (pre + 1) * options.threads;
    }
    for (std::uint32_t k = 0; k < network.populations.size(); ++k) {
        const std::uint64_t size = network.populations[k].size();
        if (ir::find_model(network.populations[k].model.name)->kind == ir::ModelKind::source) {
            continue;
        }
        const std::uint32_t delay = std::min(longest_into(network, k), longest_delay);
        m.ring_bytes += 8 * Geometry::make(static_cast<std::uint32_t>(size), delay,
                                           std::max(options.threads, 1U))
                                .cells();
        m.state_bytes += size * doubles_a_neuron * sizeof(double);
    }
    return m;
}

Checked<Simulation> build(const ir::Network& network, const GoldenOptions& options) {
    if (auto checked = ir::check(network); !checked) return tl::unexpected{checked.error()};
    Diagnostics faults;
    check_options(options, faults);
    for (std::uint32_t k = 0; k < network.projections.size(); ++k) {
        check_projection(network, k, faults);
    }
    if (faults.empty()) check_memory(network, options, faults);
    if (!faults.empty()) return tl::unexpected{std::move(faults)};
    std::vector<std::string> warnings;
    const Discretisation how = settle(network, options, warnings);
    auto engine              = std::make_unique<Simulation::Engine>(network, options, how);
    engine->warnings         = std::move(warnings);
    return Simulation{std::move(engine)};
}

Simulation::Simulation(std::unique_ptr<Engine> engine) : engine_{std::move(engine)} {}
Simulation::Simulation(Simulation&&) noexcept            = default;
Simulation& Simulation::operator=(Simulation&&) noexcept = default;
Simulation::~Simulation()                                = default;

Result<void> Simulation::push(std::span<const InputEvent> events) {
    return engine_->push(events);
}
void Simulation::advance(std::uint64_t ticks) {
    engine_->advance(ticks);
}
std::vector<SpikeEvent> Simulation::drain() {
    return engine_->drain();
}
Result<void> Simulation::record(std::string_view owner, std::string_view variable) {
    return engine_->record(owner, variable);
}
const std::vector<Recording>& Simulation::recordings() const {
    return engine_->recordings;
}
Result<std::vector<double>> Simulation::probe(std::string_view owner,
                                              std::string_view variable) const {
    return engine_->probe(owner, variable);
}
Counters Simulation::counters() const {
    return engine_->counters();
}
Tick Simulation::tick() const {
    return {engine_->tick};
}
double Simulation::dt() const {
    return engine_->how.dt;
}
const std::vector<std::string>& Simulation::warnings() const {
    return engine_->warnings;
}
MemoryFigures Simulation::memory() const {
    return engine_->memory();
}

std::string_view instruction_set() {
    return update_instruction_set();
}

}  // namespace spikeloom::golden
