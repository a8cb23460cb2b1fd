// SPDX-License-Identifier: Apache-2.0
/// STDP traces that are touched at spikes only: a trace is its value at the last event, and a table
/// says what is left of it n ticks later (docs/performance.md, "Plasticity").
#pragma once

#include "simulator/neuron/float_models.hpp"

#include <algorithm>
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

/// e^(-n dt / tau) for n = 0, 1, ... until it counts as nothing.
class DecayTable {
public:
    DecayTable() = default;
    DecayTable(double dt, double tau) {
        constexpr std::size_t longest = std::size_t{1} << 20;
        do {
            left_.push_back(neuron::trace_left(dt, tau, static_cast<double>(left_.size())));
        } while (left_.back() > 0 && left_.size() < longest);
        left_.back() = 0;
    }
    /// The table without its owner, for loops.
    struct View {
        const double* left = nullptr;
        Stamp last         = 0;
        [[nodiscard]] double after(Stamp ticks) const { return left[std::min(ticks, last)]; }
    };
    [[nodiscard]] View view() const { return {left_.data(), static_cast<Stamp>(left_.size() - 1)}; }
    [[nodiscard]] double after(Stamp ticks) const { return view().after(ticks); }

private:
    std::vector<double> left_;
};

/// Post trace of one neuron, with its latest spikes.
struct PostTrace {
    double value   = 0;  ///< right after the last spike
    Stamp last     = 0;
    Stamp previous = 0;  ///< the spike before the last
};

/// Pre trace of one row.
struct PreTrace {
    double value  = 0;  ///< right after the last event
    Stamp last    = 0;
    Stamp applied = 0;  ///< post spikes up to here have acted on the weights of the row
};

/// Post traces of a population for one time constant.
class PostTraces {
public:
    /// Spikes that are remembered of each neuron.
    static constexpr std::uint32_t depth = 32;

    PostTraces(double time_constant, double dt, std::size_t size)
        : tau{time_constant},
          table{dt, time_constant},
          traces(size),
          history_(size * depth),
          counts_(size) {}

    /// A spike. Returns true when rows must be brought up to date before the neuron spikes again.
    bool spike(std::uint32_t neuron, Stamp now) {
        PostTrace& t = traces[neuron];
        t.value      = t.value * table.after(now - t.last) + 1.0;
        t.previous   = t.last;
        t.last       = now;
        Count& c     = counts_[neuron];
        history_[std::size_t{neuron} * depth + c.total++ % depth] = now;
        return ++c.since_sweep >= depth - 1;
    }
    /// Rows are up to date for the neurons [first, last).
    void swept(std::uint32_t first, std::uint32_t last) {
        for (std::uint32_t j = first; j < last; ++j)
            counts_[j].since_sweep = 0;
    }
    /// Calls visit(stamp) for the spikes of a neuron after `applied`, oldest first.
    template <class Visit>
    void for_each_after(std::uint32_t neuron, Stamp applied, Visit&& visit) const {
        const Stamp* ring         = history_.data() + std::size_t{neuron} * depth;
        const std::uint32_t total = counts_[neuron].total;
        std::uint32_t first       = total;
        while (first > 0 && total - first < depth && ring[(first - 1) % depth] > applied)
            --first;
        for (; first < total; ++first)
            visit(ring[first % depth]);
    }
    [[nodiscard]] std::vector<double> values_at(std::uint64_t tick) const {
        std::vector<double> values;
        for (const PostTrace& t : traces) {
            values.push_back(t.value * table.after(stamp_of(tick) - t.last));
        }
        return values;
    }
    [[nodiscard]] std::uint64_t bytes() const {
        return traces.size() * (sizeof(PostTrace) + sizeof(Count) + depth * sizeof(Stamp));
    }

    double tau;
    DecayTable table;
    std::vector<PostTrace> traces;

private:
    struct Count {
        std::uint32_t total       = 0;
        std::uint32_t since_sweep = 0;
    };
    std::vector<Stamp> history_;
    std::vector<Count> counts_;
};

}  // namespace spikeloom::golden
