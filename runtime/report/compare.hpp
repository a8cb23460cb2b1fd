// SPDX-License-Identifier: Apache-2.0
/// Differences between two recordings of the same neurons.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace spikeloom::runtime {

/// Spike times of one neuron, ascending, in ticks.
using Train = std::vector<std::uint64_t>;

/// Neuron of a recording: its population and its number in it.
struct TrainKey {
    std::string population;
    std::uint32_t neuron                                      = 0;
    friend auto operator<=>(const TrainKey&, const TrainKey&) = default;
};

using Trains = std::map<TrainKey, Train>;

struct FirstDifference {
    std::uint64_t tick = 0;
    TrainKey key;
    bool missed = false;  ///< in the reference only; else in the other only
};

/// Of one population, or of all together.
struct TrainDifference {
    std::uint64_t reference = 0;  ///< spikes in the reference
    std::uint64_t other     = 0;
    std::uint64_t matched   = 0;  ///< same neuron, same tick
    std::uint64_t missed    = 0;  ///< in the reference only
    std::uint64_t added     = 0;  ///< in the other only
    /// Interval between spikes i - 1 and i in the other, minus the same in the reference, over all
    /// neurons and all i that both have [ticks].
    std::uint64_t intervals         = 0;
    double mean_interval_distortion = 0;  ///< mean magnitude
    double max_interval_distortion  = 0;
    double mean_delay = 0;  ///< spike i of the other minus spike i of the reference [ticks]
    double max_delay  = 0;  ///< largest magnitude
    /// Spikes i of a neuron that come, in the other, after one of the same population that the
    /// reference has strictly later: they were overtaken on the way.
    std::uint64_t disorder = 0;

    [[nodiscard]] bool identical() const { return missed == 0 && added == 0; }
    /// (other - reference) / reference in number of spikes; 0 where there are none in either, 1 a
    /// spike where only the other has any.
    [[nodiscard]] double rate_error() const;
};

struct TrainComparison {
    TrainDifference total;
    std::map<std::string, TrainDifference> populations;
    std::map<TrainKey, TrainDifference> neurons;  ///< disorder: within the neuron's population
    std::optional<FirstDifference> first;
};

/// Compares spike by spike, in the measures of PyCARL (balaji2020pycarl): inter-spike-interval
/// distortion, delay and disorder, for each neuron apart. A spike that one neuron has twice in a
/// tick counts once.
TrainComparison compare_trains(const Trains& reference, const Trains& other);

std::string to_text(const TrainComparison& comparison);
std::string to_json(const TrainComparison& comparison);

}  // namespace spikeloom::runtime
