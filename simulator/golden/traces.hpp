// SPDX-License-Identifier: Apache-2.0
/// STDP traces that are touched at spikes only: a trace is its value at the last event, and a table
/// says what is left of it n ticks later (docs/performance.md, "Plasticity").
#pragma once

#include "simulator/golden/spike_history.hpp"
#include "simulator/neuron/float_models.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikeloom::golden {

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

/// Pre trace of one row.
struct PreTrace {
    double value  = 0;  ///< right after the last event
    Stamp last    = 0;
    Stamp applied = 0;  ///< post spikes up to here have acted on the weights of the row
};

/// Post traces of a population for one time constant.
class PostTraces {
public:
    PostTraces(double time_constant, double dt, std::size_t size)
        : tau{time_constant}, table{dt, time_constant}, history{size}, values(size) {}

    /// A spike. Returns true when rows must be brought up to date before the neuron spikes again.
    bool spike(std::uint32_t neuron, Stamp now) {
        values[neuron] = values[neuron] * table.after(now - history.last[neuron]) + 1.0;
        return history.spike(neuron, now);
    }
    [[nodiscard]] double at(std::uint32_t neuron, Stamp now) const {
        return values[neuron] * table.after(now - history.last[neuron]);
    }
    [[nodiscard]] std::vector<double> values_at(std::uint64_t tick) const {
        std::vector<double> all(values.size());
        for (std::uint32_t j = 0; j < all.size(); ++j)
            all[j] = at(j, stamp_of(tick));
        return all;
    }
    [[nodiscard]] std::uint64_t bytes() const {
        return history.bytes() + values.size() * sizeof(double);
    }

    double tau;
    DecayTable table;
    SpikeHistory history;
    std::vector<double> values;  ///< right after the last spike
};

}  // namespace spikeloom::golden
