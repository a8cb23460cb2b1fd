// SPDX-License-Identifier: Apache-2.0
#include "simulator/golden/synapse_store.hpp"

#include "simulator/golden/chunk_kernels.hpp"

#include <algorithm>
#include <cassert>
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
    const auto count           = static_cast<std::uint32_t>(chunk.size());
    const std::uint64_t needed = part.used + 10 + chunk_bytes(count);
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
    if (!shape_.rule) return;
    for (Part& part : parts_)
        index_columns(part);
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

template <class Visit>
void SynapseStore::for_each_chunk(const Part& part, Visit&& visit) const {
    if (part.row_begin.empty()) return;
    Cursor cursor{};
    for (std::uint32_t pre = 0; pre < rows_; ++pre) {
        for (bool more = start_row(part, pre, cursor); more; more = next_chunk(cursor)) {
            visit(cursor, pre);
        }
    }
}

/// Lists the synapses into each neuron of the part, by pre element.
void SynapseStore::index_columns(Part& part) {
    const Geometry& g             = shape_.target;
    const std::uint32_t origin    = g.first(part.blocks.first);
    const std::uint32_t cell_mask = g.stride() - 1;
    const auto for_each           = [&](auto&& visit) {
        for_each_chunk(part, [&](const Cursor& c, std::uint32_t pre) {
            for (std::uint32_t k = 0; k < c.count; ++k) {
                const auto cell = load<std::uint16_t>(c.cells + 2 * k);
                visit(g.first(c.block) - origin + (cell & cell_mask), c, k, pre);
            }
        });
    };
    part.column_begin.assign(std::size_t{part.blocks.last - part.blocks.first} * g.block_size + 1,
                             0);
    for_each([&](std::uint32_t post, const Cursor&, std::uint32_t, std::uint32_t) {
        ++part.column_begin[post + 1];
    });
    for (std::size_t j = 1; j < part.column_begin.size(); ++j) {
        part.column_begin[j] += part.column_begin[j - 1];
    }
    part.columns = Buffer<ColumnEntry>{part.column_begin.back()};
    std::vector<std::uint64_t> next(part.column_begin.begin(), part.column_begin.end() - 1);
    const std::uint32_t weight_bytes = synapse_bytes(shape_.format) - 2;
    for_each([&](std::uint32_t post, const Cursor& c, std::uint32_t k, std::uint32_t pre) {
        const std::byte* weight    = c.cells + 2 * std::size_t{c.count} + k * weight_bytes;
        part.columns[next[post]++] = {
            pre, static_cast<std::uint32_t>((weight - part.stream.data()) / 2)};
    });
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
            if (cursor.value == 0) continue;
            if (start_row(part, emission.elements[k], cursor)) cursors.push_back(cursor);
        }
    }
}

void SynapseStore::deliver_chunk(const Cursor& cursor, const DeliveryContext& context,
                                 Delivered& delivered) const {
    const Geometry& g = shape_.target;
    const ChunkView view{context.ring + std::size_t{cursor.block} * g.cells_per_block(),
                         g.cell_mask(),
                         g.slot_base(context.emission),
                         cursor.cells,
                         cursor.cells + 2 * std::size_t{cursor.count},
                         cursor.count};
    delivered.events += cursor.count;
    if (shape_.rule && context.y != nullptr) {
        delivered.updates += cursor.count;
        const LearningView learning{*shape_.rule, context.y + g.first(cursor.block), g.stride() - 1,
                                    cursor.value};
        shape_.format == WeightFormat::single ? learn_chunk<float>(view, learning)
                                              : learn_chunk<double>(view, learning);
        return;
    }
    switch (shape_.format) {
        case WeightFormat::constant:
            add_constant(view, shape_.constant * cursor.value);
            return;
        case WeightFormat::single:
            add_chunk<float>(view, cursor.value);
            return;
        case WeightFormat::exact:
            add_chunk<double>(view, cursor.value);
            return;
    }
}

Delivered SynapseStore::deliver(std::uint32_t part_index, std::span<const Emission> emissions,
                                const DeliveryContext& context) {
    const Part& part = parts_[part_index];
    Delivered delivered;
    if (part.row_begin.empty()) return delivered;
    std::vector<Cursor>& cursors = scratch_[part_index];
    collect(part, emissions, cursors);
    const std::uint32_t blocks = part.blocks.last - part.blocks.first;
    const bool blockwise =
        blocks > 1 && synapses_ > std::uint64_t{rows_} * shape_.target.blocks * fewest_for_blocking;
    if (!blockwise) {
        for (Cursor& cursor : cursors) {
            for (bool more = true; more; more = next_chunk(cursor)) {
                deliver_chunk(cursor, context, delivered);
            }
        }
        return delivered;
    }
    constexpr std::size_t ahead = 4;
    for (std::uint32_t block = part.blocks.first; block < part.blocks.last; ++block) {
        for (std::size_t k = 0; k < cursors.size(); ++k) {
            if (k + ahead < cursors.size()) __builtin_prefetch(cursors[k + ahead].cells);
            Cursor& cursor = cursors[k];
            if (cursor.block != block) continue;
            deliver_chunk(cursor, context, delivered);
            next_chunk(cursor);
        }
    }
    return delivered;
}

std::uint64_t SynapseStore::potentiate(std::uint32_t part_index,
                                       std::span<const std::uint32_t> neurons, const double* x) {
    const Part& part            = parts_[part_index];
    const std::uint32_t origin  = shape_.target.first(part.blocks.first);
    std::byte* const stream     = part.stream.data();
    constexpr std::size_t ahead = 24;
    std::uint64_t updates       = 0;
    const auto column           = [&](auto weight_type, std::uint64_t begin, std::uint64_t end) {
        using Weight = decltype(weight_type);
        for (std::uint64_t k = begin; k < end; ++k) {
            if (k + ahead < part.columns.size()) {
                __builtin_prefetch(stream + 2 * std::size_t{part.columns[k + ahead].weight}, 1);
            }
            const ColumnEntry entry = part.columns[k];
            std::byte* const at     = stream + 2 * std::size_t{entry.weight};
            store(at, static_cast<Weight>(shape_.rule->potentiate(load<Weight>(at), x[entry.pre])));
        }
    };
    for (const std::uint32_t j : neurons) {
        const std::uint64_t begin = part.column_begin[j - origin];
        const std::uint64_t end   = part.column_begin[j - origin + 1];
        shape_.format == WeightFormat::single ? column(float{}, begin, end)
                                                : column(double{}, begin, end);
        updates += end - begin;
    }
    return updates;
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
        sum += part.used + 8 * (part.row_begin.size() + part.column_begin.size()) +
               sizeof(ColumnEntry) * part.columns.size();
    }
    return sum;
}

}  // namespace spikeloom::golden
