// SPDX-License-Identifier: Apache-2.0
/// The fast functional model of the chip: flat arrays, event-driven, nothing allocated in a tick.
///
/// A synapse is one 32-bit word (compartment, delay, mantissa). The lists of all cores lie one
/// after the other; a *segment* names a piece of one list that has one format, and the segments of
/// an element (compartment or source) are what its spike walks. Input of later ticks waits in a
/// ring of sums.
#pragma once

#include "backends/loihi/costs.hpp"
#include "backends/loihi/tables.hpp"
#include "simulator/neuron/loihi_learning.hpp"

#include <array>
#include <cstdint>
#include <vector>

namespace spikeloom::backends::loihi {

struct ModelCounters {
    std::uint64_t ticks = 0, spikes = 0, active = 0, accesses = 0, inputs = 0, messages_out = 0,
                  messages_in = 0, weight_updates = 0;
    std::array<std::uint64_t, 3> events{};  ///< synaptic events by SynapseKind
};

/// A spike of a compartment: number of the core among the used ones, and slot.
struct CoreSpike {
    std::uint32_t core, slot;
};

class ChipModel {
public:
    /// Errors: "device.malformed" (lists outside of the memory, routes to nowhere).
    static Result<ChipModel> make(const std::vector<CoreTable>& cores, const ChipTable& chip,
                                  std::uint64_t seed);

    /// One event of a source element in the tick that comes next.
    void push(std::uint32_t source) { inputs_.push_back(source); }

    /// Runs one tick; spikes in the order of cores and slots until the next call. The recorder may
    /// be null.
    const std::vector<CoreSpike>& step(WorkRecorder* recorder);

    void set_plasticity(bool on) { learns_ = on; }
    [[nodiscard]] std::uint64_t tick() const { return tick_; }
    [[nodiscard]] const ModelCounters& counters() const { return counters_; }
    [[nodiscard]] std::size_t used_cores() const { return core_.size(); }
    [[nodiscard]] std::uint32_t core_number(std::size_t used) const { return core_[used].number; }
    [[nodiscard]] std::int32_t u(std::uint32_t used, std::uint32_t slot) const {
        return u_[core_[used].first + slot];
    }
    [[nodiscard]] std::int32_t v(std::uint32_t used, std::uint32_t slot) const {
        return v_[core_[used].first + slot];
    }
    [[nodiscard]] std::int32_t y(std::uint32_t used, std::uint32_t slot) const {
        return y_.empty() ? 0 : y_[core_[used].first + slot];
    }
    /// Weight updates of the core that had most in the last tick's learning phase; 0 where the tick
    /// did not end an epoch.
    [[nodiscard]] std::uint64_t longest_learning() const { return longest_learning_; }
    /// Stored weights of a used core in the order of its axons' lists, as they stand now.
    [[nodiscard]] std::vector<std::int32_t> weights(std::uint32_t used) const;
    /// Bytes of everything that runs, and of what grows with the synapses alone.
    [[nodiscard]] std::uint64_t bytes() const;
    [[nodiscard]] std::uint64_t synapses() const { return synapses_.size(); }

private:
    friend class ModelLoader;

    /// Neighbours of a core with equal registers.
    struct Group {
        std::uint32_t first, count;   ///< compartments, counted over the chip
        std::int32_t keep_u, keep_v;  ///< of 4096
        std::int32_t threshold;       ///< in units of v
        std::uint8_t refractory;
        bool fires, subtracts;
    };
    struct Core {
        std::uint32_t number;
        std::uint32_t first, count;  ///< compartments
        std::uint32_t first_group, last_group;
        std::uint32_t accesses;  ///< compartments that a tick costs
        std::uint64_t first_synapse, last_synapse;
        std::uint32_t first_plastic, last_plastic;
        bool traces;  ///< has compartments with a profile, be there plastic synapses or not
    };
    struct Segment {
        std::uint32_t begin;  ///< synapse
        std::uint16_t count;
        std::uint16_t core;   ///< number among the used cores
        std::uint8_t format;  ///< of formats_
        bool opens = false;   ///< first of its message
    };
    /// A plastic segment with the trace of its axon.
    struct Plastic {
        std::uint32_t begin, count, axon;
        std::uint8_t format;
        std::uint16_t core;  ///< number among the used cores
        std::int32_t x      = 0;
        std::uint8_t spikes = 0;  ///< in the tick of `spike`
        neuron::loihi::EpochSpike spike{};
    };

    template <class Sent>
    void deliver(std::uint32_t element, std::uint64_t tick, const Sent& sent);
    void walk(const Segment& segment, std::uint64_t tick, Events& events);
    void take_inputs(bool recorded);
    void send_spikes(std::uint32_t used, WorkRecorder* recorder);
    void step_core(std::uint32_t used, WorkRecorder* recorder);
    void update_group(const Group& group, const Core& core, std::uint32_t* sums);
    void update_noisy(const Group& group, const Core& core, std::uint32_t* sums);
    std::int64_t next_noise(const Core& core, std::uint32_t slot);
    void learn();
    [[nodiscard]] std::uint64_t tick_of(int time) const;
    void note_pre(Plastic& p);
    void note_post(const Core& core, std::uint32_t slot);
    void raise_x(Plastic& p, int time);
    void move_traces(const Core& core);
    void move_x(const Core& core, Plastic& p);
    std::uint64_t learn_segment(const Core& core, Plastic& p);

    std::vector<Core> core_;
    std::vector<Group> groups_;
    std::vector<std::int32_t> u_, v_, bias_;
    std::vector<std::uint8_t> wait_;   ///< refractory ticks left
    std::vector<std::uint32_t> ring_;  ///< sums by (tick mod ring ticks, compartment)
    std::uint32_t ring_mask_ = 0;
    std::vector<std::uint32_t> synapses_;
    std::vector<Segment> segments_;
    std::vector<std::uint32_t> segment_begin_;  ///< by element: compartments, then sources
    std::vector<SynapseFormat> formats_;

    std::vector<LearningProfile> profiles_;
    std::vector<Plastic> plastic_;              ///< by core
    std::vector<std::uint32_t> plastic_of_;     ///< plastic segments of the elements, ...
    std::vector<std::uint32_t> plastic_begin_;  ///< ... and where each element's begin
    std::vector<std::int32_t> y_;
    std::vector<std::uint16_t> profile_;            ///< of each compartment
    std::vector<neuron::loihi::EpochSpike> fired_;  ///< in this epoch; only where there is learning
    std::uint32_t epoch_ = 1, epoch_time_ = 1;      ///< ticks, and the current one of 1..epoch_
    std::vector<std::uint8_t> y_path_;              ///< y of one core by (time - 1, slot)
    std::array<std::uint8_t, neuron::loihi::longest_epoch> x_path_{};
    bool learns_                    = true;
    std::uint64_t longest_learning_ = 0;

    ChipTable chip_;  ///< noise and its stream; routes are taken out
    std::uint64_t seed_ = 0, tick_ = 0, noise_next_ = 0;
    std::vector<std::uint32_t> inputs_;
    struct Fired {
        std::uint32_t slot, active;
    };
    std::vector<Fired> now_;
    std::vector<CoreSpike> spikes_;
    std::vector<std::vector<Events>>
        arrived_;               ///< messages from outside in this tick, by used core
    std::uint32_t active_ = 0;  ///< compartments of the core so far
    ModelCounters counters_;
};

}  // namespace spikeloom::backends::loihi
