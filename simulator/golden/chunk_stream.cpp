// SPDX-License-Identifier: Apache-2.0
#include "simulator/golden/chunk_stream.hpp"

namespace spikeloom::golden {

namespace {

/// Chunk header: empty blocks before this one (6 bits) and synapses (10 bits), or, where either is
/// too large, this mark and both as 32 bits.
constexpr std::uint16_t long_header = 0xFFFF;
constexpr std::uint32_t short_skips = 63;
constexpr std::uint32_t short_count = 1023;

}  // namespace

ChunkStream::ChunkStream(const Shape& shape, std::uint64_t expected_synapses) : shape_{shape} {
    for (std::uint32_t k = 0; k < shape.parts; ++k) {
        Part& part  = parts_.emplace_back();
        part.blocks = shape.target.share(k, shape.parts);
        if (part.blocks.first == part.blocks.last) continue;
        part.row_begin.reserve(std::size_t{shape.pre_size} + 1);
        part.row_begin.push_back(0);
        // Pages are only taken when they are written, so a generous guess is free.
        part.stream.reserve((expected_synapses / shape.parts + 64) * (3 + shape.weight_bytes));
    }
}

std::byte* ChunkStream::begin_chunk(Part& part, std::uint32_t skip, std::uint32_t count) {
    constexpr std::uint64_t header_and_read_ahead = 64;
    const std::uint64_t needed = part.used + header_and_read_ahead + chunk_bytes(count);
    if (needed > part.stream.capacity()) part.stream.reserve(needed + needed / 2);
    std::byte* const at = part.stream.data() + part.used;
    if (skip < short_skips && count < short_count) {
        return store_number(at, static_cast<std::uint16_t>(skip << 10 | count));
    }
    return store_number(store_number(store_number(at, long_header), skip), count);
}

void ChunkStream::read_header(Cursor& cursor, std::byte* at) {
    const auto header = load_number<std::uint16_t>(at);
    if (header == long_header) {
        cursor.block += load_number<std::uint32_t>(at + 2);
        cursor.count = load_number<std::uint32_t>(at + 6);
        cursor.cells = at + 10;
    } else {
        cursor.block += header >> 10;
        cursor.count = header & 1023U;
        cursor.cells = at + 2;
    }
}

bool ChunkStream::start_row(const Part& part, std::uint32_t pre, Cursor& cursor) const {
    const std::uint64_t begin = part.row_begin[pre];
    cursor.end                = part.stream.data() + part.row_begin[pre + 1];
    cursor.block              = part.blocks.first;
    if (part.stream.data() + begin == cursor.end) return false;
    read_header(cursor, part.stream.data() + begin);
    return true;
}

bool ChunkStream::next_chunk(Cursor& cursor) const {
    std::byte* const at = cursor.cells + chunk_bytes(cursor.count);
    if (at == cursor.end) return false;
    ++cursor.block;
    read_header(cursor, at);
    return true;
}

void ChunkStream::collect(Part& part, std::span<const Emission> emissions) const {
    part.cursors.clear();
    std::uint32_t number = 0;
    for (const Emission& emission : emissions) {
        for (const std::uint32_t pre : emission.elements) {
            __builtin_prefetch(part.stream.data() + part.row_begin[pre]);
        }
        for (std::size_t k = 0; k < emission.elements.size(); ++k) {
            Cursor cursor{};
            cursor.value  = emission.value(k);
            cursor.pre    = emission.elements[k];
            cursor.number = number++;
            if (cursor.value == 0) continue;
            if (start_row(part, cursor.pre, cursor)) part.cursors.push_back(cursor);
        }
    }
}

std::uint64_t ChunkStream::bytes() const {
    std::uint64_t sum = 0;
    for (const Part& part : parts_)
        sum += part.used + 8 * part.row_begin.size();
    return sum;
}

}  // namespace spikeloom::golden
