// SPDX-License-Identifier: Apache-2.0
/// Synapses as packed bytes, whatever their arithmetic: rows of chunks, read forward and block by
/// block. Layout and reasons: docs/performance.md. Inside of simulator/golden only.
///
/// One stream of bytes for each thread's share of the target blocks. A row (the synapses of one pre
/// element in that share) is a sequence of chunks, one for each block that it reaches, ascending:
/// header, then the 16-bit cells (delay and target within the block), then the weights.
#pragma once

#include "simulator/golden/buffer.hpp"
#include "simulator/golden/emission.hpp"
#include "simulator/golden/geometry.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

namespace spikeloom::golden {

/// Unaligned read of a plain number.
template <class T>
T load_number(const std::byte* at) {
    T value;
    std::memcpy(&value, at, sizeof value);
    return value;
}

/// Unaligned write; returns the byte behind.
template <class T>
std::byte* store_number(std::byte* at, T value) {
    std::memcpy(at, &value, sizeof value);
    return at + sizeof value;
}

class ChunkStream {
public:
    struct Shape {
        std::uint32_t pre_size = 0;
        Geometry target{};
        std::uint32_t weight_bytes = 0;  ///< of one synapse
        std::uint32_t parts        = 1;  ///< threads
    };
    /// Position in a row: at the cells of the chunk for `block`.
    struct Cursor {
        std::byte* cells;
        const std::byte* end;  ///< of the row
        double value;          ///< emitted
        std::uint32_t block;
        std::uint32_t count;
        std::uint32_t pre;
        std::uint32_t number;  ///< of the element among those emitted, for one walk
        [[nodiscard]] std::byte* weights() const { return cells + 2 * std::size_t{count}; }
    };

    ChunkStream(const Shape& shape, std::uint64_t expected_synapses);

    /// Appends the row of the next pre element: anything with `post` and `delay`, ascending by
    /// post. `write(at, synapse)` writes the weight of one synapse, weight_bytes of it. Rows of all
    /// elements must be given, in order.
    template <class Synapse, class Write>
    void append_row(std::span<const Synapse> row, Write&& write);

    /// Calls visit(cursor) for all chunks of the rows that `emissions` name, block by block, rows
    /// in the order of the emissions within a block. `before(block, cursors)` is called for each
    /// block.
    template <class Before, class Visit>
    void walk(std::uint32_t part, std::span<const Emission> emissions, Before&& before,
              Visit&& visit);
    /// Calls visit(cursor) for all chunks of one row.
    template <class Visit>
    void for_each_chunk(std::uint32_t part, std::uint32_t pre, Visit&& visit) const;

    [[nodiscard]] bool owns_blocks(std::uint32_t part) const {
        return !parts_[part].row_begin.empty();
    }
    [[nodiscard]] std::uint64_t synapses() const { return synapses_; }
    [[nodiscard]] std::uint32_t rows() const { return rows_; }
    [[nodiscard]] std::uint64_t bytes() const;
    [[nodiscard]] const Shape& shape() const { return shape_; }

private:
    struct Part {
        Geometry::Share blocks{};
        Pages stream;
        std::uint64_t used = 0;                ///< bytes of the stream
        std::vector<std::uint64_t> row_begin;  ///< pre_size + 1
        std::vector<Cursor> cursors;           ///< scratch of walk()
    };

    std::byte* begin_chunk(Part& part, std::uint32_t skip, std::uint32_t count);
    void collect(Part& part, std::span<const Emission> emissions) const;
    static void read_header(Cursor& cursor, std::byte* at);
    bool start_row(const Part& part, std::uint32_t pre, Cursor& cursor) const;
    bool next_chunk(Cursor& cursor) const;
    [[nodiscard]] std::uint64_t chunk_bytes(std::uint32_t count) const {
        return std::uint64_t{count} * (2 + shape_.weight_bytes);
    }
    /// Fetches the chunk that a cursor stands at.
    void fetch(const Cursor& cursor) const {
        constexpr std::uint64_t line = 64, most = 512;
        const std::uint64_t bytes = std::min(chunk_bytes(cursor.count), most);
        for (std::uint64_t at = 0; at < bytes; at += line)
            __builtin_prefetch(cursor.cells + at);
    }

    Shape shape_;
    std::vector<Part> parts_;
    std::uint64_t synapses_ = 0;
    std::uint32_t rows_     = 0;
};

template <class Synapse, class Write>
void ChunkStream::append_row(std::span<const Synapse> row, Write&& write) {
    const Geometry& g = shape_.target;
    std::size_t at    = 0;
    for (Part& part : parts_) {
        if (part.blocks.first == part.blocks.last) continue;
        std::uint32_t next_block = part.blocks.first;
        while (at < row.size()) {
            const std::uint32_t block = row[at].post / g.block_size;
            if (block >= part.blocks.last) break;
            const std::uint32_t first = g.first(block), behind = first + g.count(block);
            std::size_t end = at;
            while (end < row.size() && row[end].post < behind)
                ++end;
            const std::span<const Synapse> chunk = row.subspan(at, end - at);
            std::byte* to =
                begin_chunk(part, block - next_block, static_cast<std::uint32_t>(chunk.size()));
            for (const Synapse& s : chunk) {
                to = store_number(
                    to, static_cast<std::uint16_t>((s.delay & (g.slots - 1)) << g.stride_bits |
                                                   (s.post - first)));
            }
            for (const Synapse& s : chunk) {
                write(to, s);
                to += shape_.weight_bytes;
            }
            part.used  = static_cast<std::uint64_t>(to - part.stream.data());
            next_block = block + 1;
            at         = end;
        }
        part.row_begin.push_back(part.used);
    }
    synapses_ += row.size();
    ++rows_;
}

template <class Before, class Visit>
void ChunkStream::walk(std::uint32_t part_index, std::span<const Emission> emissions,
                       Before&& before, Visit&& visit) {
    /// Below this many synapses a chunk, rows are walked whole instead of block by block.
    constexpr std::uint64_t fewest_for_blocking = 2;
    constexpr std::size_t ahead                 = 4;
    Part& part                                  = parts_[part_index];
    if (part.row_begin.empty()) return;
    collect(part, emissions);
    std::vector<Cursor>& cursors = part.cursors;
    if (synapses_ <= std::uint64_t{rows_} * shape_.target.blocks * fewest_for_blocking) {
        for (Cursor& cursor : cursors) {
            for (bool more = true; more; more = next_chunk(cursor))
                visit(cursor);
        }
        return;
    }
    for (std::uint32_t block = part.blocks.first; block < part.blocks.last; ++block) {
        before(block, std::span<const Cursor>{cursors});
        for (std::size_t k = 0; k < cursors.size(); ++k) {
            if (k + ahead < cursors.size()) fetch(cursors[k + ahead]);
            Cursor& cursor = cursors[k];
            if (cursor.block != block) continue;
            visit(cursor);
            next_chunk(cursor);
        }
    }
}

template <class Visit>
void ChunkStream::for_each_chunk(std::uint32_t part_index, std::uint32_t pre, Visit&& visit) const {
    const Part& part = parts_[part_index];
    if (part.row_begin.empty()) return;
    Cursor cursor{};
    cursor.pre = pre;
    for (bool more = start_row(part, pre, cursor); more; more = next_chunk(cursor))
        visit(cursor);
}

}  // namespace spikeloom::golden
