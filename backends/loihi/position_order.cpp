// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/position_order.hpp"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace spikeloom::backends::loihi {

namespace {

bool has_positions(const LegalPopulation& p) {
    return !p.is_source && p.shape.size() == 3 && p.shape[0] > 1;
}

/// Whether a core of this population runs out of compartments before synapse memory.
std::vector<bool> light_populations(const LegalNetwork& legal,
                                    const mapping::MappingProblem& problem) {
    std::vector<std::uint64_t> pins(legal.populations.size(), 0);
    for (const std::uint32_t target : problem.targets)
        ++pins[legal.population_of[target]];
    constexpr std::uint32_t sample = 64;
    const mapping::CoreLimits& l   = problem.limits;
    const double pin_bits = static_cast<double>(l.packing->row_bits(sample)) / double{sample};
    std::vector<bool> light;
    for (std::size_t p = 0; p < legal.populations.size(); ++p)
        light.push_back(static_cast<double>(pins[p]) * pin_bits * l.neurons <
                        static_cast<double>(legal.populations[p].count) *
                            static_cast<double>(l.synapse_bits.value_or(0)));
    return light;
}

/// Neurons in the order in which cores are filled: those of light populations spread evenly over
/// the others, whose cores have compartments left.
std::vector<std::uint32_t> order_of(const LegalNetwork& legal,
                                    const mapping::MappingProblem& problem) {
    const std::vector<bool> is_light = light_populations(legal, problem);
    std::vector<std::uint32_t> heavy, light, order;
    for (std::size_t k = 0; k < legal.populations.size(); ++k) {
        const LegalPopulation& p = legal.populations[k];
        if (p.is_source) continue;
        const std::uint32_t channels  = has_positions(p) ? p.shape[0] : 1;
        const std::uint32_t positions = p.count / channels;
        for (std::uint32_t at = 0; at < positions; ++at)
            for (std::uint32_t channel = 0; channel < channels; ++channel)
                (is_light[k] ? light : heavy).push_back(p.first + channel * positions + at);
    }
    order.reserve(legal.neurons);
    std::size_t next = 0;
    for (std::size_t k = 0; k < heavy.size(); ++k) {
        order.push_back(heavy[k]);
        for (; next * heavy.size() < light.size() * (k + 1); ++next)
            order.push_back(light[next]);
    }
    order.insert(order.end(), light.begin() + static_cast<std::ptrdiff_t>(next), light.end());
    return order;
}

std::vector<std::uint32_t> reordered(const std::vector<std::uint32_t>& values,
                                     const std::vector<std::uint32_t>& order) {
    std::vector<std::uint32_t> result;
    result.reserve(values.size());
    for (const std::uint32_t j : order)
        result.push_back(values[j]);
    return result;
}

/// The problem with its neurons renamed: neuron k is what `order[k]` was.
mapping::MappingProblem renamed(const mapping::MappingProblem& from,
                                const std::vector<std::uint32_t>& order) {
    mapping::MappingProblem to;
    to.neurons          = from.neurons;
    to.population_names = from.population_names;
    to.population       = reordered(from.population, order);
    to.limits           = from.limits;
    to.mesh             = from.mesh;
    for (mapping::Resource& r : to.limits.resources)
        r.amount = reordered(r.amount, order);
    for (mapping::SharedTable& t : to.limits.tables)
        t.entry = reordered(t.entry, order);
    std::vector<std::uint32_t> name(order.size());
    for (std::uint32_t k = 0; k < order.size(); ++k)
        name[order[k]] = k;
    to.targets.reserve(from.targets.size());
    std::vector<std::pair<std::uint32_t, std::uint32_t>> net;  // target, synapses
    for (std::uint32_t k = 0; k < from.nets(); ++k) {
        const std::uint32_t old = k < order.size() ? order[k] : k;
        net.clear();
        for (std::uint64_t pin = from.net_begin[old]; pin < from.net_begin[old + 1]; ++pin)
            net.emplace_back(name[from.targets[pin]],
                             from.synapses.empty() ? 1 : from.synapses[pin]);
        std::sort(net.begin(), net.end());
        for (const auto& [target, synapses] : net) {
            to.targets.push_back(target);
            if (!from.synapses.empty()) to.synapses.push_back(synapses);
        }
        to.net_begin.push_back(to.targets.size());
        to.spikes.push_back(from.spikes[old]);
    }
    return to;
}

}  // namespace

bool has_positions(const LegalNetwork& legal) {
    return std::any_of(legal.populations.begin(), legal.populations.end(),
                       [](const LegalPopulation& p) { return has_positions(p); });
}

std::optional<mapping::Partition> by_position(const LegalNetwork& legal,
                                              const mapping::MappingProblem& problem) {
    const std::vector<std::uint32_t> order = order_of(legal, problem);
    mapping::PartitionOptions options;
    options.algorithm = "sequential";
    const auto found  = mapping::partition(renamed(problem, order), options);
    if (!found) return std::nullopt;
    mapping::Partition result{found->cores, std::vector<CoreId>(order.size())};
    for (std::uint32_t k = 0; k < order.size(); ++k)
        result.core_of[order[k]] = found->core_of[k];
    return result;
}

}  // namespace spikeloom::backends::loihi
