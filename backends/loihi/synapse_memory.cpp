// SPDX-License-Identifier: Apache-2.0
/// Packing of synapse lists into 64-bit words, least significant bit first.
#include "backends/loihi/tables.hpp"

#include <algorithm>

namespace spikeloom::backends::loihi {

namespace {

constexpr unsigned format_bits = 4, count_bits = 6, weight_bits = 8;

class BitWriter {
public:
    explicit BitWriter(std::vector<std::uint64_t>& words) : words_{words} {}
    /// Begins at the next whole word.
    void align() { used_ = 64; }
    void put(std::uint64_t value, unsigned bits) {
        if (bits == 0) return;
        if (used_ == 64) words_.push_back(0), used_ = 0;
        words_.back() |= value << used_;
        const unsigned room = 64 - used_;
        if (bits < room) {
            used_ += bits;
            return;
        }
        used_ = 64;
        if (bits == room) return;
        words_.push_back(value >> room);
        used_ = bits - room;
    }

private:
    std::vector<std::uint64_t>& words_;
    unsigned used_ = 64;
};

class BitReader {
public:
    BitReader(std::span<const std::uint64_t> words, std::uint64_t bit) : words_{words}, bit_{bit} {}
    [[nodiscard]] bool has(std::uint64_t bits) const { return bit_ + bits <= 64 * words_.size(); }
    std::uint32_t get(unsigned bits) {
        if (bits == 0) return 0;
        const std::uint64_t word = bit_ / 64, shift = bit_ % 64;
        std::uint64_t value = words_[word] >> shift;
        if (shift + bits > 64) value |= words_[word + 1] << (64 - shift);
        bit_ += bits;
        return static_cast<std::uint32_t>(value & ((std::uint64_t{1} << bits) - 1));
    }
    void align() { bit_ = (bit_ + 63) / 64 * 64; }

private:
    std::span<const std::uint64_t> words_;
    std::uint64_t bit_;
};

/// Mantissas lie in 8 bits: magnitudes where the sign is the mode's, halves where it is mixed.
std::uint32_t packed_weight(std::int32_t weight, const SynapseFormat& f) {
    const std::int32_t value = f.weight.sign == neuron::loihi::SignMode::mixed ? weight / 2
                               : weight < 0                                    ? -weight
                                                                               : weight;
    return static_cast<std::uint32_t>(value) & 0xFF;
}

std::int32_t unpacked_weight(std::uint32_t packed, const SynapseFormat& f) {
    const auto value = static_cast<std::int32_t>(packed);
    if (f.weight.sign == neuron::loihi::SignMode::excitatory) return value;
    if (f.weight.sign == neuron::loihi::SignMode::inhibitory) return -value;
    return 2 * (value >= 128 ? value - 256 : value);
}

}  // namespace

Axon append_list(std::span<const StoredSynapse> synapses, std::span<const SynapseFormat> formats,
                 std::vector<std::uint64_t>& memory) {
    Axon axon{static_cast<std::uint32_t>(memory.size()), 0};
    BitWriter out{memory};
    for (std::size_t first = 0; first < synapses.size(); ++axon.blocks) {
        const std::uint32_t format = synapses[first].format;
        std::size_t last           = first;
        while (last < synapses.size() && synapses[last].format == format &&
               last - first < neuron::loihi::block_synapses)
            ++last;
        const SynapseFormat& f = formats[format];
        out.align();
        out.put(format, format_bits);
        out.put(last - first - 1, count_bits);
        for (; first < last; ++first) {
            const StoredSynapse& s = synapses[first];
            out.put(s.index, f.index_bits);
            out.put(s.delay, f.delay_bits);
            out.put(packed_weight(s.weight, f), weight_bits);
            out.put(0, f.tag_bits);
        }
    }
    return axon;
}

bool read_list(const Axon& axon, std::span<const SynapseFormat> formats,
               std::span<const std::uint64_t> memory, std::vector<StoredSynapse>& out) {
    BitReader in{memory, std::uint64_t{axon.word} * 64};
    for (std::uint32_t block = 0; block < axon.blocks; ++block) {
        in.align();
        if (!in.has(format_bits + count_bits)) return false;
        const std::uint32_t format = in.get(format_bits);
        const std::uint32_t count  = in.get(count_bits) + 1;
        if (format >= formats.size()) return false;
        const SynapseFormat& f = formats[format];
        if (!in.has(std::uint64_t{count} * f.fields().bits())) return false;
        for (std::uint32_t k = 0; k < count; ++k) {
            StoredSynapse s;
            s.index  = in.get(f.index_bits);
            s.delay  = in.get(f.delay_bits);
            s.weight = unpacked_weight(in.get(weight_bits), f);
            in.get(f.tag_bits);
            s.format = format;
            out.push_back(s);
        }
    }
    return true;
}

}  // namespace spikeloom::backends::loihi
