// SPDX-License-Identifier: Apache-2.0
#include "simulator/golden/synapse_store.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>

namespace spikeloom::golden {

namespace {

constexpr std::int32_t most_steps = (1 << 23) - 1;

/// An emitted value of n, an integer, is n spikes at once; any other value is one event.
std::uint32_t event_count(double value) {
    const bool is_count = value >= 1 && value <= 500 && value == std::floor(value);
    return is_count ? static_cast<std::uint32_t>(value) : 1;
}

void write_packed(std::byte* at, double weight, double step) {
    const double steps =
        std::clamp(std::nearbyint(weight / step), double{-most_steps - 1}, double{most_steps});
    const auto word = static_cast<std::uint32_t>(static_cast<std::int32_t>(steps));
    for (int k = 0; k < 3; ++k)
        at[k] = static_cast<std::byte>(word >> (8 * k));
}

}  // namespace

std::uint32_t synapse_bytes(WeightFormat format) {
    switch (format) {
        case WeightFormat::constant:
            return 2;
        case WeightFormat::packed:
            return 2 + packed_weight_bytes;
        case WeightFormat::single:
            return 6;
        case WeightFormat::exact:
            break;
    }
    return 10;
}

double packed_step(double bound) {
    int exponent = 0;
    // bound / (2^23 - 1) <= 2^exponent
    std::frexp(bound / most_steps, &exponent);
    return std::ldexp(1.0, bound > 0 ? exponent : 0);
}

SynapseStore::SynapseStore(const Shape& shape, std::uint64_t expected_synapses)
    : shape_{shape},
      stream_{{shape.direct_delay ? 0 : shape.pre_size, shape.target,
               synapse_bytes(shape.format) - 2, shape.parts},
              shape.direct_delay ? 0 : expected_synapses},
      parts_(shape.rule ? shape.parts : 0) {}

void SynapseStore::append_row(std::span<const ir::Synapse> row) {
    if (shape_.direct_delay) return;
    switch (shape_.format) {
        case WeightFormat::constant:
            return stream_.append_row(row, [](std::byte*, const ir::Synapse&) {});
        case WeightFormat::packed:
            return stream_.append_row(row, [this](std::byte* at, const ir::Synapse& s) {
                write_packed(at, s.weight, shape_.step);
            });
        case WeightFormat::single:
            return stream_.append_row(row, [](std::byte* at, const ir::Synapse& s) {
                store_number(at, static_cast<float>(s.weight));
            });
        case WeightFormat::exact:
            return stream_.append_row(
                row, [](std::byte* at, const ir::Synapse& s) { store_number(at, s.weight); });
    }
}

void SynapseStore::finish() {
    assert(shape_.direct_delay || stream_.rows() == shape_.pre_size);
    for (std::uint32_t k = 0; k < parts_.size(); ++k) {
        if (!stream_.owns_blocks(k)) continue;
        parts_[k].pre_traces.resize(stream_.rows());
        parts_[k].post_now.resize(shape_.target.block_size);
    }
}

FloatChunk SynapseStore::chunk_view(const Cursor& cursor, const DeliveryContext& context) const {
    const Geometry& g = shape_.target;
    return {context.ring + std::size_t{cursor.block} * g.cells_per_block(),
            g.cell_mask(),
            g.slot_base(context.emission),
            cursor.cells,
            cursor.weights(),
            cursor.count};
}

void SynapseStore::deliver_static(const Cursor& cursor, const DeliveryContext& context) const {
    const FloatChunk view = chunk_view(cursor, context);
    switch (shape_.format) {
        case WeightFormat::constant:
            return add_constant(view, shape_.constant * cursor.value);
        case WeightFormat::packed:
            return add_packed(view, shape_.step * cursor.value);
        case WeightFormat::single:
            return add_chunk<float>(view, cursor.value);
        case WeightFormat::exact:
            return add_chunk<double>(view, cursor.value);
    }
}

void SynapseStore::learn(const Part& part, const Cursor& cursor, const DeliveryContext& context,
                         std::uint32_t repeats, const double* post_now) const {
    const Geometry& g = shape_.target;
    const LearningView learning{shape_.rule->pair,
                                context.post,
                                shape_.rule->pre_left.view(),
                                part.pre_traces[cursor.pre],
                                g.first(cursor.block),
                                g.stride() - 1,
                                stamp_of(context.emission),
                                repeats,
                                repeats > 1 ? 1.0 : cursor.value};
    const FloatChunk view = chunk_view(cursor, context);
    const bool single     = shape_.format == WeightFormat::single;
    if (post_now != nullptr && repeats == 1) {
        single ? learn_chunk_single(view, learning, post_now)
               : learn_chunk_exact(view, learning, post_now);
    } else {
        single ? learn_chunk<float>(view, learning) : learn_chunk<double>(view, learning);
    }
}

const double* SynapseStore::traces_of_block(Part& part, std::uint32_t block,
                                            std::span<const Cursor> cursors,
                                            const DeliveryContext& context) const {
    constexpr std::uint64_t fewest_of_neurons = 2;  // one event for so many neurons
    const std::uint32_t neurons               = shape_.target.count(block);
    std::uint64_t events                      = 0;
    for (const Cursor& c : cursors) {
        if (c.block == block) events += c.count;
    }
    if (events * fewest_of_neurons < neurons) return nullptr;
    traces_now(*context.post, shape_.target.first(block), neurons, stamp_of(context.emission),
               part.post_now.data());
    return part.post_now.data();
}

void SynapseStore::bump_traces(Part& part, std::span<const Emission> emissions, Stamp now) const {
    for (const Emission& emission : emissions) {
        for (std::size_t k = 0; k < emission.elements.size(); ++k) {
            PreTrace& x = part.pre_traces[emission.elements[k]];
            x.value     = x.value * shape_.rule->pre_left.after(now - x.last) +
                      event_count(emission.value(k));
            x.last    = now;
            x.applied = now;
        }
    }
}

Delivered SynapseStore::deliver_direct(std::uint32_t part, std::span<const Emission> emissions,
                                       const DeliveryContext& context) const {
    const Geometry& g           = shape_.target;
    const Geometry::Share share = g.share(part, shape_.parts);
    const std::uint32_t slot =
        ((*shape_.direct_delay << g.stride_bits) + g.slot_base(context.emission)) & g.cell_mask();
    Delivered delivered;
    std::uint32_t block = share.first;
    for (const Emission& emission : emissions) {
        const auto begin = std::ranges::lower_bound(emission.elements, g.first(share.first));
        for (auto k = static_cast<std::size_t>(begin - emission.elements.begin());
             k < emission.elements.size(); ++k) {
            const std::uint32_t element = emission.elements[k];
            while (block < share.last && element >= g.first(block) + g.block_size)
                ++block;
            if (block == share.last) return delivered;
            const double value = emission.value(k);
            if (value == 0) continue;
            context
                .ring[std::size_t{block} * g.cells_per_block() + slot + element - g.first(block)] +=
                shape_.constant * value;
            ++delivered.events;
        }
    }
    return delivered;
}

Delivered SynapseStore::deliver(std::uint32_t part_index, std::span<const Emission> emissions,
                                const DeliveryContext& context) {
    if (shape_.direct_delay) return deliver_direct(part_index, emissions, context);
    Delivered delivered;
    if (!stream_.owns_blocks(part_index)) return delivered;
    if (!shape_.rule) {
        stream_.walk(
            part_index, emissions, [](std::uint32_t, std::span<const Cursor>) {},
            [&](const Cursor& cursor) {
                deliver_static(cursor, context);
                delivered.events += cursor.count;
            });
        return delivered;
    }
    Part& part             = parts_[part_index];
    const double* post_now = nullptr;
    stream_.walk(
        part_index, emissions,
        [&](std::uint32_t block, std::span<const Cursor> cursors) {
            post_now = traces_of_block(part, block, cursors, context);
        },
        [&](const Cursor& cursor) {
            const std::uint32_t repeats = event_count(cursor.value);
            learn(part, cursor, context, repeats, post_now);
            delivered.events += cursor.count;
            delivered.updates += std::uint64_t{cursor.count} * repeats;
        });
    bump_traces(part, emissions, stamp_of(context.emission));
    return delivered;
}

void SynapseStore::catch_up(std::uint32_t part_index, const DeliveryContext& context) {
    if (!stream_.owns_blocks(part_index)) return;
    Part& part = parts_[part_index];
    for (std::uint32_t pre = 0; pre < stream_.rows(); ++pre) {
        stream_.for_each_chunk(part_index, pre, [&](const Cursor& cursor) {
            learn(part, cursor, context, 0, nullptr);
        });
        part.pre_traces[pre].applied = stamp_of(context.emission);
    }
}

double SynapseStore::pre_trace(std::uint32_t pre, std::uint64_t tick) const {
    for (const Part& part : parts_) {
        if (part.pre_traces.empty()) continue;
        const PreTrace& x = part.pre_traces[pre];
        return x.value * shape_.rule->pre_left.after(stamp_of(tick) - x.last);
    }
    return 0;
}

double SynapseStore::weight_at(const Cursor& cursor, std::uint32_t k) const {
    const std::byte* at = cursor.weights() + std::size_t{synapse_bytes(shape_.format) - 2} * k;
    switch (shape_.format) {
        case WeightFormat::constant:
            return shape_.constant;
        case WeightFormat::packed:
            return packed_steps(at) * shape_.step;
        case WeightFormat::single:
            return double{load_number<float>(at)};
        case WeightFormat::exact:
            break;
    }
    return load_number<double>(at);
}

std::vector<double> SynapseStore::weights() const {
    if (shape_.direct_delay) return std::vector<double>(shape_.pre_size, shape_.constant);
    std::vector<double> all;
    all.reserve(synapses());
    for (std::uint32_t pre = 0; pre < stream_.rows(); ++pre) {
        for (std::uint32_t part = 0; part < shape_.parts; ++part) {
            stream_.for_each_chunk(part, pre, [&](const Cursor& cursor) {
                for (std::uint32_t k = 0; k < cursor.count; ++k)
                    all.push_back(weight_at(cursor, k));
            });
        }
    }
    return all;
}

std::uint64_t SynapseStore::bytes() const {
    std::uint64_t sum = stream_.bytes();
    for (const Part& part : parts_) {
        sum += sizeof(PreTrace) * part.pre_traces.size() + sizeof(double) * part.post_now.size();
    }
    return sum;
}

}  // namespace spikeloom::golden
