// SPDX-License-Identifier: Apache-2.0
#include "simulator/golden/synapse_store.hpp"

#include "simulator/golden/chunk_kernels.hpp"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

namespace spikeloom::golden {

namespace {

/// Chunk header: empty blocks before this one (6 bits) and synapses (10 bits), or, where either is
/// too large, this mark and both as 32 bits.
constexpr std::uint16_t long_header = 0xFFFF;
constexpr std::uint32_t short_skips = 63;
constexpr std::uint32_t short_count = 1023;
/// Below this many synapses a chunk, rows are delivered whole instead of block by block.
constexpr std::uint64_t fewest_for_blocking = 2;

/// An emitted value of n, an integer, is n spikes at once; any other value is one event.
std::uint32_t event_count(double value) {
    const bool is_count = value >= 1 && value <= 500 && value == std::floor(value);
    return is_count ? static_cast<std::uint32_t>(value) : 1;
}

template <class T>
T load(const std::byte* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

template <class T>
std::byte* store(std::byte* at, T value) {
    std::memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

}  // namespace

std::uint32_t synapse_bytes(WeightFormat format) {
    switch (format) {
        case WeightFormat::constant:
            return 2;
        case WeightFormat::single:
            return 6;
        case WeightFormat::exact:
            break;
    }
    return 10;
}

SynapseStore::SynapseStore(const Shape& shape, std::uint64_t expected_synapses)
    : shape_{shape}, scratch_(shape.parts) {
    for (std::uint32_t k = 0; k < shape.parts; ++k) {
        Part& part  = parts_.emplace_back();
        part.blocks = shape.target.share(k, shape.parts);
        if (part.blocks.first == part.blocks.last) continue;
        part.row_begin.reserve(std::size_t{shape.pre_size} + 1);
        part.row_begin.push_back(0);
        // Pages are only taken when they are written, so a generous guess is free.
        part.stream.reserve((expected_synapses / shape.parts + 64) *
                            (synapse_bytes(shape.format) + 1));
    }
}

std::uint64_t SynapseStore::chunk_bytes(std::uint32_t count) const {
    return std::uint64_t{count} * synapse_bytes(shape_.format);
}

void SynapseStore::append_row(std::span<const ir::Synapse> row) {
    const Geometry& g = shape_.target;
    std::size_t at    = 0;
    for (Part& part : parts_) {
        if (part.blocks.first == part.blocks.last) continue;
        std::uint32_t next_block = part.blocks.first;
        while (at < row.size()) {
            const std::uint32_t block = row[at].post / g.block_size;
            if (block >= part.blocks.last) break;
            const std::uint32_t last_post = g.first(block) + g.count(block);
            std::size_t end               = at;
            while (end < row.size() && row[end].post < last_post)
                ++end;
            append_chunk(part, block - next_block, row.subspan(at, end - at));
            next_block = block + 1;
            at         = end;
        }
        part.row_begin.push_back(part.used);
    }
    synapses_ += row.size();
    ++rows_;
}

void SynapseStore::append_chunk(Part& part, std::uint32_t skip,
                                std::span<const ir::Synapse> chunk) {
    const auto count                              = static_cast<std::uint32_t>(chunk.size());
    constexpr std::uint64_t header_and_read_ahead = 64;
    const std::uint64_t needed = part.used + header_and_read_ahead + chunk_bytes(count);
    if (needed > part.stream.capacity()) part.stream.reserve(needed + needed / 2);
    std::byte* at = part.stream.data() + part.used;
    if (skip < short_skips && count < short_count) {
        at = store(at, static_cast<std::uint16_t>(skip << 10 | count));
    } else {
        at = store(store(store(at, long_header), skip), count);
    }
    const Geometry& g         = shape_.target;
    const std::uint32_t first = chunk.front().post / g.block_size * g.block_size;
    for (const ir::Synapse& s : chunk) {
        at = store(at, static_cast<std::uint16_t>((s.delay & (g.slots - 1)) << g.stride_bits |
                                                  (s.post - first)));
    }
    if (shape_.format == WeightFormat::single) {
        for (const ir::Synapse& s : chunk)
            at = store(at, static_cast<float>(s.weight));
    } else if (shape_.format == WeightFormat::exact) {
        for (const ir::Synapse& s : chunk)
            at = store(at, s.weight);
    }
    part.used = static_cast<std::uint64_t>(at - part.stream.data());
}

void SynapseStore::finish() {
    assert(rows_ == shape_.pre_size);
    for (Part& part : parts_) {
        if (shape_.rule && !part.row_begin.empty()) part.pre_traces.resize(rows_);
    }
}

void SynapseStore::read_header(Cursor& cursor, std::byte* at) const {
    const auto header = load<std::uint16_t>(at);
    if (header == long_header) {
        cursor.block += load<std::uint32_t>(at + 2);
        cursor.count = load<std::uint32_t>(at + 6);
        cursor.cells = at + 10;
    } else {
        cursor.block += header >> 10;
        cursor.count = header & 1023U;
        cursor.cells = at + 2;
    }
}

bool SynapseStore::start_row(const Part& part, std::uint32_t pre, Cursor& cursor) const {
    const std::uint64_t begin = part.row_begin[pre];
    cursor.end                = part.stream.data() + part.row_begin[pre + 1];
    cursor.block              = part.blocks.first;
    if (part.stream.data() + begin == cursor.end) return false;
    read_header(cursor, part.stream.data() + begin);
    return true;
}

bool SynapseStore::next_chunk(Cursor& cursor) const {
    std::byte* const at = cursor.cells + chunk_bytes(cursor.count);
    if (at == cursor.end) return false;
    ++cursor.block;
    read_header(cursor, at);
    return true;
}

void SynapseStore::collect(const Part& part, std::span<const Emission> emissions,
                           std::vector<Cursor>& cursors) const {
    cursors.clear();
    for (const Emission& emission : emissions) {
        for (const std::uint32_t pre : emission.elements) {
            __builtin_prefetch(part.stream.data() + part.row_begin[pre]);
        }
        for (std::size_t k = 0; k < emission.elements.size(); ++k) {
            Cursor cursor{};
            cursor.value = emission.value(k);
            cursor.pre   = emission.elements[k];
            if (cursor.value == 0) continue;
            if (start_row(part, emission.elements[k], cursor)) cursors.push_back(cursor);
        }
    }
}

void SynapseStore::deliver_chunk(const Cursor& cursor, const DeliveryContext& context) const {
    if (shape_.rule) return learn(cursor, context, event_count(cursor.value));
    const ChunkView view = chunk_view(cursor, context);
    switch (shape_.format) {
        case WeightFormat::constant:
            return add_constant(view, shape_.constant * cursor.value);
        case WeightFormat::single:
            return add_chunk<float>(view, cursor.value);
        case WeightFormat::exact:
            return add_chunk<double>(view, cursor.value);
    }
}

ChunkView SynapseStore::chunk_view(const Cursor& cursor, const DeliveryContext& context) const {
    const Geometry& g = shape_.target;
    return {context.ring + std::size_t{cursor.block} * g.cells_per_block(),
            g.cell_mask(),
            g.slot_base(context.emission),
            cursor.cells,
            cursor.cells + 2 * std::size_t{cursor.count},
            cursor.count};
}

void SynapseStore::learn(const Cursor& cursor, const DeliveryContext& context,
                         std::uint32_t repeats) const {
    const Geometry& g = shape_.target;
    const Part& part  = *std::ranges::find_if(
         parts_, [&cursor](const Part& p) { return cursor.block < p.blocks.last; });
    const LearningView learning{shape_.rule->pair,
                                context.post,
                                shape_.rule->pre_left.view(),
                                part.pre_traces[cursor.pre],
                                g.first(cursor.block),
                                g.stride() - 1,
                                stamp_of(context.emission),
                                repeats,
                                repeats > 1 ? 1.0 : cursor.value};
    shape_.format == WeightFormat::single
        ? learn_chunk<float>(chunk_view(cursor, context), learning)
        : learn_chunk<double>(chunk_view(cursor, context), learning);
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

Delivered SynapseStore::deliver(std::uint32_t part_index, std::span<const Emission> emissions,
                                const DeliveryContext& context) {
    Part& part = parts_[part_index];
    Delivered delivered;
    if (part.row_begin.empty()) return delivered;
    std::vector<Cursor>& cursors = scratch_[part_index];
    collect(part, emissions, cursors);
    const auto one = [&](const Cursor& cursor) {
        deliver_chunk(cursor, context);
        delivered.events += cursor.count;
        if (shape_.rule) {
            delivered.updates += std::uint64_t{cursor.count} * event_count(cursor.value);
        }
    };
    const std::uint32_t blocks = part.blocks.last - part.blocks.first;
    const bool blockwise =
        blocks > 1 && synapses_ > std::uint64_t{rows_} * shape_.target.blocks * fewest_for_blocking;
    constexpr std::size_t ahead = 4;
    if (!blockwise) {
        for (Cursor& cursor : cursors) {
            for (bool more = true; more; more = next_chunk(cursor))
                one(cursor);
        }
    }
    for (std::uint32_t block = part.blocks.first; blockwise && block < part.blocks.last; ++block) {
        for (std::size_t k = 0; k < cursors.size(); ++k) {
            if (k + ahead < cursors.size()) __builtin_prefetch(cursors[k + ahead].cells);
            Cursor& cursor = cursors[k];
            if (cursor.block != block) continue;
            one(cursor);
            next_chunk(cursor);
        }
    }
    if (shape_.rule) bump_traces(part, emissions, stamp_of(context.emission));
    return delivered;
}

void SynapseStore::catch_up(std::uint32_t part_index, const DeliveryContext& context) {
    Part& part = parts_[part_index];
    if (part.row_begin.empty()) return;
    Cursor cursor{};
    for (std::uint32_t pre = 0; pre < rows_; ++pre) {
        cursor.pre = pre;
        for (bool more = start_row(part, pre, cursor); more; more = next_chunk(cursor)) {
            learn(cursor, context, 0);
        }
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

std::vector<double> SynapseStore::weights() const {
    std::vector<double> all;
    all.reserve(synapses_);
    for (std::uint32_t pre = 0; pre < rows_; ++pre) {
        for (const Part& part : parts_) {
            if (part.row_begin.empty()) continue;
            Cursor c{};
            for (bool more = start_row(part, pre, c); more; more = next_chunk(c)) {
                const std::byte* weights = c.cells + 2 * std::size_t{c.count};
                for (std::uint32_t k = 0; k < c.count; ++k) {
                    all.push_back(shape_.format == WeightFormat::constant ? shape_.constant
                                  : shape_.format == WeightFormat::single
                                      ? double{load<float>(weights + 4 * std::size_t{k})}
                                      : load<double>(weights + 8 * std::size_t{k}));
                }
            }
        }
    }
    return all;
}

std::uint64_t SynapseStore::bytes() const {
    std::uint64_t sum = 0;
    for (const Part& part : parts_) {
        sum += part.used + 8 * part.row_begin.size() + sizeof(PreTrace) * part.pre_traces.size();
    }
    return sum;
}

}  // namespace spikeloom::golden
