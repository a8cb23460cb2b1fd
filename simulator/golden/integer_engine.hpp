// SPDX-License-Identifier: Apache-2.0
/// The engine for a chip's integer arithmetic: the layout, blocks and threads of the float engine,
/// the chip's rules as a template argument. Inside of simulator/golden only.
///
/// Rules is a small value (copied into the loops) with
///   Sum                                                    type of an input sum;
///   std::uint32_t update(std::uint32_t first, std::uint32_t count, Sum* input,
///                        std::uint32_t* spikes) const
///       one tick of the neurons [first, first + count): takes input[0..count) and clears what it
///       took, writes the neurons that spike, ascending, and returns how many; touches no state of
///       other neurons;
///   Sum add(Sum sum, std::int32_t amount) const
///       one delivery (saturating or wrapping), exact for any order that the chip does not fix;
///   std::int32_t delivered(std::int32_t weight) const      what a stored weight adds;
///   decay_pre, decay_post, bump(std::int32_t trace) const  traces, once a learning tick, at an
///   event; potentiation(pre trace), depression(post trace) const, how much a weight changes,
///   and potentiate(weight, amount), depress(weight, amount) const, which do it.
///
/// Sums of one neuron and tick are added in the order: inputs as given, then rows of the neurons
/// that spiked, ascending; within a row by definition. A chip that sums apart what it adds apart
/// (as one input for each synapse type) gives each neuron several sums.
#pragma once

#include "simulator/golden/integer_store.hpp"
#include "simulator/golden/thread_team.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

namespace spikeloom::golden {

/// Whom an integer engine consists of. Rows 0..neurons-1 belong to the neurons, those above to
/// sources.
struct IntegerShape {
    std::uint32_t neurons   = 0;
    std::uint32_t rows      = 0;
    std::uint32_t slots     = 16;     ///< ticks that the ring spans, a power of two
    std::uint32_t threads   = 1;      ///< 1..256
    std::uint64_t synapses  = 0;      ///< expected
    bool wide_weights       = false;  ///< more than 14 bits
    std::uint32_t undecayed = ~0U;    ///< pre traces of this row and those above never decay
};

template <class Rules>
class IntegerEngine {
public:
    using Sum = typename Rules::Sum;

    IntegerEngine(const Rules& rules, const IntegerShape& shape)
        : rules_{rules},
          shape_{shape},
          geometry_{Geometry::make(std::max(shape.neurons, 1U), shape.slots, shape.threads)},
          stream_{{shape.rows, geometry_, shape.wide_weights ? 4U : 2U, shape.threads},
                  shape.synapses},
          team_{std::make_unique<ThreadTeam>(shape.threads)},
          history_{shape.neurons},
          parts_(shape.threads),
          emissions_(geometry_.blocks) {
        scratch_.resize(geometry_.blocks * std::size_t{geometry_.block_size});
    }

    /// Appends the row of the next row number; ascending by post, equal ones by definition.
    void append_row(std::span<const IntegerSynapse> row) {
        row_learns_.push_back(std::ranges::any_of(
            row, [](const IntegerSynapse& s) { return s.depresses || s.potentiates; }));
        stream_.append_row(row, [this](std::byte* at, const IntegerSynapse& s) {
            if (shape_.wide_weights) {
                store_number(at, PackedInteger::pack(s));
            } else {
                store_number(at, static_cast<std::int16_t>(PackedInteger::pack(s)));
            }
        });
    }

    /// All states of the engine as at the start; weights stay as they are.
    void clear() {
        ring                     = Buffer<Sum>{geometry_.cells()};
        const std::size_t padded = geometry_.blocks * std::size_t{geometry_.block_size};
        post_now                 = std::vector<std::int32_t>(padded);
        drops_.assign(padded, rules_.depression(0));
        history_ = SpikeHistory{shape_.neurons};
        for (Part& part : parts_)
            part.traces.assign(shape_.rows, {});
        learned_ = 0;
        tick_    = 0;
    }

    /// Runs one tick: rows of `inputs`, in that order, arrive as if emitted in the tick before.
    /// `checked`: sums may leave the range. The neurons that spiked, ascending.
    std::span<const std::uint32_t> step(std::span<const std::uint32_t> inputs, bool learn,
                                        bool checked) {
        split_inputs(inputs, learn);
        team_->run([&](std::uint32_t thread) {
            for (const std::vector<Emission>& segment : segments_)
                deliver(thread, segment, {tick_ - 1, learned_ + 1, learn, checked});
            update(thread, learn);
            team_->barrier().wait();
            if (learn) sweep(thread);
            deliver(thread, emissions_, {tick_, learned_ + 2, learn, checked});
        });
        spikes_.clear();
        for (const Emission& e : emissions_)
            spikes_.insert(spikes_.end(), e.elements.begin(), e.elements.end());
        if (learn) ++learned_;
        ++tick_;
        return spikes_;
    }

    /// Applies what post spikes have left to be applied, so that words() are those of this moment.
    void catch_up() {
        if (learned_ == 0) return;
        team_->run([this](std::uint32_t thread) { catch_up(thread, learned_ + 1); });
    }
    /// Calls visit(weight) for the synapses of a row in the order of append_row().
    template <class Visit>
    void for_each_weight(std::uint32_t row, Visit&& visit) const {
        for (std::uint32_t part = 0; part < shape_.threads; ++part) {
            stream_.for_each_chunk(part, row, [&](const Cursor& c) {
                for (std::uint32_t k = 0; k < c.count; ++k) {
                    const std::int32_t word =
                        shape_.wide_weights
                            ? load_number<std::int32_t>(c.weights() + 4 * std::size_t{k})
                            : load_number<std::int16_t>(c.weights() + 2 * std::size_t{k});
                    visit(word >> PackedInteger::flag_bits);
                }
            });
        }
    }
    /// Pre trace of a row after the last tick.
    [[nodiscard]] std::int32_t pre_trace(std::uint32_t row) const {
        for (std::uint32_t k = 0; k < shape_.threads; ++k) {
            if (!stream_.owns_blocks(k)) continue;
            const IntegerPreTrace& x = parts_[k].traces[row];
            return learned_ == 0 ? x.value : decayed(row, x.value, learned_ + 1 - x.last);
        }
        return 0;
    }
    [[nodiscard]] std::int32_t post_trace(std::uint32_t neuron) const { return post_now[neuron]; }
    [[nodiscard]] Sum pending(std::uint32_t neuron, std::uint32_t slot) const {
        const std::uint32_t block = neuron / geometry_.block_size;
        return ring[std::size_t{block} * geometry_.cells_per_block() +
                    (std::size_t{slot} << geometry_.stride_bits) + neuron - geometry_.first(block)];
    }
    /// Whether add() has changed a sum since the last call.
    bool take_overflow() {
        bool any = false;
        for (Part& part : parts_)
            any |= std::exchange(part.overflow, false);
        return any;
    }
    [[nodiscard]] std::uint64_t bytes() const {
        return stream_.bytes() + history_.bytes() + ring.size() * sizeof(Sum) +
               shape_.threads * std::uint64_t{shape_.rows} * sizeof(IntegerPreTrace);
    }
    Rules& rules() { return rules_; }

private:
    using Cursor = ChunkStream::Cursor;
    /// What one thread learns with.
    struct alignas(64) Part {
        std::vector<IntegerPreTrace> traces;
        std::vector<std::int32_t> amounts;  ///< of trajectories
        std::vector<std::size_t> begin;     ///< of the trajectory of each cursor
        bool overflow  = false;
        bool sweep_due = false;
    };
    /// Of one delivery.
    struct When {
        std::uint64_t emission;  ///< tick
        Stamp stamp;
        bool learn, checked;
    };

    [[nodiscard]] std::int32_t decayed(std::uint32_t row, std::int32_t x, Stamp ticks) const {
        if (row >= shape_.undecayed) return x;
        for (std::int32_t before = ~x; ticks > 0 && x != before; --ticks) {
            before = x;
            x      = rules_.decay_pre(x);
        }
        return x;
    }

    /// A row that comes twice in a tick learns twice: the second time in a segment of its own.
    void split_inputs(std::span<const std::uint32_t> inputs, bool learn) {
        segments_.clear();
        seen_.resize(shape_.rows);
        for (const std::uint32_t row : inputs) {
            const std::uint32_t times = learn ? seen_[row]++ : 0;
            const bool again          = times > 0;
            if (segments_.empty() || (again && last_of(row) == segments_.size())) {
                segments_.emplace_back(1);
            }
            segments_.back().front().elements.push_back(row);
            latest_.resize(shape_.rows);
            latest_[row] = segments_.size();
        }
        for (const std::uint32_t row : inputs)
            seen_[row] = 0;
    }
    [[nodiscard]] std::size_t last_of(std::uint32_t row) const { return latest_[row]; }

    void update(std::uint32_t thread, bool learn) {
        const Geometry::Share share = geometry_.share(thread, shape_.threads);
        for (std::uint32_t b = share.first; b < share.last; ++b) {
            const std::uint32_t first = geometry_.first(b), count = geometry_.count(b);
            std::uint32_t* const spikes = scratch_.data() + first;
            Sum* const input = ring.data() + std::size_t{b} * geometry_.cells_per_block() +
                               geometry_.slot_base(tick_);
            const std::uint32_t spiked =
                rules_.update(first, std::min(count, shape_.neurons - first), input, spikes);
            emissions_[b].elements.assign(spikes, spikes + spiked);
            if (learn) learn_posts(parts_[thread], b);
        }
    }
    void learn_posts(Part& part, std::uint32_t block) {
        const std::uint32_t first = geometry_.first(block);
        std::int32_t* const y     = post_now.data() + first;
        for (std::uint32_t k = 0; k < geometry_.count(block); ++k)
            y[k] = rules_.decay_post(y[k]);
        for (const std::uint32_t j : emissions_[block].elements) {
            post_now[j] = rules_.bump(post_now[j]);
            if (history_.spike(j, learned_ + 2)) part.sweep_due = true;
        }
        std::int32_t* const drops = drops_.data() + first;
        for (std::uint32_t k = 0; k < geometry_.count(block); ++k)
            drops[k] = rules_.depression(y[k]);
    }

    void sweep(std::uint32_t thread) {
        if (!std::exchange(parts_[thread].sweep_due, false)) return;
        catch_up(thread, learned_ + 2);
        const Geometry::Share share = geometry_.share(thread, shape_.threads);
        history_.swept(geometry_.first(share.first),
                       geometry_.first(share.last - 1) + geometry_.count(share.last - 1));
    }
    void catch_up(std::uint32_t thread, Stamp now) {
        if (!stream_.owns_blocks(thread)) return;
        Part& part = parts_[thread];
        for (std::uint32_t row = 0; row < stream_.rows(); ++row) {
            if (row_learns_[row] == 0) continue;
            part.amounts.clear();
            const Trajectory x = trajectory(part, row, now);
            stream_.for_each_chunk(thread, row, [&](const Cursor& c) { learn(part, c, x, false); });
            part.traces[row].applied = now;
        }
    }

    /// Potentiation by a row's trace from its last event to `now`, at the end of part.amounts.
    Trajectory trajectory(Part& part, std::uint32_t row, Stamp now) const {
        const IntegerPreTrace& t = part.traces[row];
        const std::size_t begin  = part.amounts.size();
        std::int32_t before      = t.value;
        part.amounts.push_back(rules_.potentiation(before));
        const Stamp longest = row < shape_.undecayed ? now - t.last : 0;
        for (Stamp age = 0; age < longest; ++age) {
            const std::int32_t x = rules_.decay_pre(before);
            if (x == before) break;
            part.amounts.push_back(rules_.potentiation(x));
            before = x;
        }
        return {part.amounts.data() + begin, static_cast<Stamp>(part.amounts.size() - begin - 1)};
    }

    [[nodiscard]] ChunkView<Sum> chunk(const Cursor& c, std::uint64_t emission) const {
        return {ring.data() + std::size_t{c.block} * geometry_.cells_per_block(),
                geometry_.cell_mask(),
                geometry_.slot_base(emission),
                c.cells,
                c.weights(),
                c.count};
    }
    void learn(const Part& part, const Cursor& c, const Trajectory& x, bool event) const {
        const std::uint32_t first = geometry_.first(c.block);
        const IntegerLearning l{&history_, drops_.data() + first,  x,    part.traces[c.pre],
                                first,     geometry_.stride() - 1, event};
        shape_.wide_weights ? learn_integers<std::int32_t>(chunk(c, 0), l, rules_)
                            : learn_integers<std::int16_t>(chunk(c, 0), l, rules_);
    }
    template <class Word>
    bool add(const ChunkView<Sum>& c, bool checked) const {
        return checked ? add_integers<Word, true>(c, rules_) : add_integers<Word, false>(c, rules_);
    }

    void deliver(std::uint32_t thread, std::span<const Emission> emissions, const When& when) {
        if (!stream_.owns_blocks(thread)) return;
        Part& part = parts_[thread];
        if (when.learn) make_trajectories(part, emissions, when.stamp);
        stream_.walk(
            thread, emissions, [](std::uint32_t, std::span<const Cursor>) {},
            [&](const Cursor& c) {
                if (when.learn && row_learns_[c.pre] != 0)
                    learn(part, c, trajectory_of(part, c), true);
                const ChunkView<Sum> view = chunk(c, when.emission);
                part.overflow |= shape_.wide_weights ? add<std::int32_t>(view, when.checked)
                                                     : add<std::int16_t>(view, when.checked);
            });
        if (!when.learn) return;
        for (const Emission& e : emissions) {
            for (const std::uint32_t row : e.elements) {
                IntegerPreTrace& t = part.traces[row];
                t = {rules_.bump(decayed(row, t.value, when.stamp - t.last)), when.stamp,
                     when.stamp};
            }
        }
    }
    void make_trajectories(Part& part, std::span<const Emission> emissions, Stamp now) const {
        part.amounts.clear();
        part.begin.clear();
        for (const Emission& e : emissions) {
            for (const std::uint32_t row : e.elements) {
                part.begin.push_back(part.amounts.size());
                if (row_learns_[row] != 0) trajectory(part, row, now);
            }
        }
        part.begin.push_back(part.amounts.size());
    }
    [[nodiscard]] Trajectory trajectory_of(const Part& part, const Cursor& c) const {
        const std::size_t begin = part.begin[c.number], end = part.begin[c.number + 1];
        return {part.amounts.data() + begin, static_cast<Stamp>(end - begin - 1)};
    }

    Rules rules_;
    IntegerShape shape_;
    Geometry geometry_;
    ChunkStream stream_;
    std::unique_ptr<ThreadTeam> team_;
    SpikeHistory history_;
    std::vector<Part> parts_;
    std::vector<Emission> emissions_;  ///< by block
    std::vector<std::vector<Emission>> segments_;
    std::vector<std::uint32_t> seen_;
    std::vector<std::size_t> latest_;
    std::vector<std::uint32_t> scratch_, spikes_;
    Buffer<Sum> ring;                    ///< input sums
    std::vector<std::int32_t> post_now;  ///< post traces
    std::vector<std::int32_t> drops_;    ///< depression by them
    std::vector<std::uint8_t> row_learns_;
    Stamp learned_      = 0;  ///< learning ticks so far
    std::uint64_t tick_ = 0;
};

}  // namespace spikeloom::golden
