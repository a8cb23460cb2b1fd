// SPDX-License-Identifier: Apache-2.0
/// The latest spikes of the neurons of a population, from which plastic rows catch up when they are
/// walked (docs/performance.md, "Plasticity"). Inside of simulator/golden only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikeloom::golden {

/// Ticks inside of traces: 0 is "never", tick t is t + 2 (a source spike of tick 0 is emitted in
/// tick -1). Runs longer than 2^32 ticks wrap.
using Stamp = std::uint32_t;
constexpr Stamp stamp_of(std::uint64_t tick) {
    return static_cast<Stamp>(tick + 2);
}

class SpikeHistory {
public:
    /// Spikes that are remembered of each neuron.
    static constexpr std::uint32_t depth = 32;

    explicit SpikeHistory(std::size_t size)
        : last(size), previous(size), ring_(size * depth), counts_(size) {}

    /// A spike. Returns true when rows must be brought up to date before the neuron spikes again.
    bool spike(std::uint32_t neuron, Stamp now) {
        previous[neuron]                                       = last[neuron];
        last[neuron]                                           = now;
        Count& c                                               = counts_[neuron];
        ring_[std::size_t{neuron} * depth + c.total++ % depth] = now;
        return ++c.since_sweep >= depth - 1;
    }
    /// Rows are up to date for the neurons [first, behind).
    void swept(std::uint32_t first, std::uint32_t behind) {
        for (std::uint32_t j = first; j < behind; ++j)
            counts_[j].since_sweep = 0;
    }
    /// Calls visit(stamp) for the spikes of a neuron after `applied`, oldest first.
    template <class Visit>
    void for_each_after(std::uint32_t neuron, Stamp applied, Visit&& visit) const {
        const Stamp* ring         = ring_.data() + std::size_t{neuron} * depth;
        const std::uint32_t total = counts_[neuron].total;
        std::uint32_t first       = total;
        while (first > 0 && total - first < depth && ring[(first - 1) % depth] > applied)
            --first;
        for (; first < total; ++first)
            visit(ring[first % depth]);
    }
    [[nodiscard]] std::uint64_t bytes() const {
        return last.size() * (2 * sizeof(Stamp) + sizeof(Count) + depth * sizeof(Stamp));
    }

    std::vector<Stamp> last;      ///< of each neuron
    std::vector<Stamp> previous;  ///< the spike before the last

private:
    struct Count {
        std::uint32_t total       = 0;
        std::uint32_t since_sweep = 0;
    };
    std::vector<Stamp> ring_;
    std::vector<Count> counts_;
};

}  // namespace spikeloom::golden
