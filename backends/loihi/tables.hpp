// SPDX-License-Identifier: Apache-2.0
/// The tables of a Loihi image and their bytes: what the compiler writes and every device reads.
///
/// Integers are little-endian. Synapse memory is packed as the chip packs it: lists of blocks of at
/// most 64 synapses, each block a 4-bit format, a 6-bit count less 1 and then the synapses' fields
/// (index, delay, weight, tag), at the beginning of a 64-bit word.
#pragma once

#include "hw/image/image.hpp"
#include "simulator/neuron/loihi_memory.hpp"
#include "simulator/neuron/loihi_weight.hpp"
#include "support/result.hpp"

#include <compare>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace spikeloom::backends::loihi {

/// Registers that compartments of a core share.
struct CompartmentConfig {
    std::uint16_t du                                                            = 4095;
    std::uint16_t dv                                                            = 0;
    std::uint8_t refractory                                                     = 1;
    bool fires                                                                  = true;
    bool subtracts                                                              = false;
    friend auto operator<=>(const CompartmentConfig&, const CompartmentConfig&) = default;
};

struct CompartmentEntry {
    std::uint16_t config       = 0;  ///< index into the core's configs
    std::uint16_t threshold    = 0;  ///< index into the core's thresholds
    std::int16_t bias_mantissa = 0;
    std::uint8_t bias_exponent = 0;
    std::uint8_t refractory    = 0;  ///< initial ticks in which the membrane is held
    std::uint16_t profile      = 0;  ///< learning profile of what ends here, plus 1; 0: none
    std::int32_t u = 0, v = 0;       ///< initial state
    friend bool operator==(const CompartmentEntry&, const CompartmentEntry&) = default;
};

struct SynapseFormat {
    neuron::loihi::WeightFormat weight{};
    std::uint8_t delay_bits = 0;  ///< 0 or 6; the field is the delay less 1
    std::uint8_t tag_bits   = 0;
    std::uint8_t index_bits = 10;
    std::uint8_t kind       = 0;  ///< SynapseKind, for the cost tables
    std::uint16_t profile   = 0;  ///< learning profile plus 1; 0: fixed weights
    friend bool operator==(const SynapseFormat&, const SynapseFormat&) = default;

    [[nodiscard]] neuron::loihi::SynapseFields fields() const {
        return {8, delay_bits, tag_bits, index_bits};
    }
};

/// Where an input axon's list lies.
struct Axon {
    std::uint32_t word                               = 0;  ///< first 64-bit word
    std::uint32_t blocks                             = 0;
    friend bool operator==(const Axon&, const Axon&) = default;
};

/// One output axon: core and input axon that a spike goes to.
struct Route {
    std::uint32_t core                                 = 0;
    std::uint32_t axon                                 = 0;
    friend bool operator==(const Route&, const Route&) = default;
};

/// Routes of each element: element k has [begin[k], begin[k + 1]).
struct RouteTable {
    std::vector<std::uint32_t> begin{0};
    std::vector<Route> routes;
    [[nodiscard]] std::span<const Route> of(std::size_t element) const {
        return std::span{routes}.subspan(begin[element], begin[element + 1] - begin[element]);
    }
};

/// One synapse as the memory holds it.
struct StoredSynapse {
    std::uint32_t index  = 0;  ///< compartment of the core
    std::uint32_t delay  = 0;  ///< field: ticks less 1
    std::int32_t weight  = 0;  ///< mantissa
    std::uint32_t format = 0;
    friend bool operator==(const StoredSynapse&, const StoredSynapse&) = default;
};

/// Pair STDP by traces: dw = S+ y0 x1 + S- x0 y1, S = mantissa x 2^exponent in 2^-7 weight steps.
struct LearningProfile {
    std::uint32_t x_keep = 0, y_keep = 0;       ///< parts of 2^16 that a trace keeps a tick
    std::int32_t x_impulse = 0, y_impulse = 0;  ///< in 1/256
    std::int8_t plus_mantissa = 0, plus_exponent = 0, minus_mantissa = 0, minus_exponent = 0;
    std::uint8_t epoch =
        1;  ///< ticks from one learning phase to the next, the same in all profiles
    friend bool operator==(const LearningProfile&, const LearningProfile&) = default;
};

/// Everything of one core.
struct CoreTable {
    std::uint32_t core = 0;
    std::vector<CompartmentConfig> configs;
    std::vector<std::int32_t> thresholds;
    std::vector<CompartmentEntry> compartments;
    std::vector<SynapseFormat> formats;
    std::vector<Axon> axons;
    std::vector<std::uint64_t> synapses;  ///< packed memory
    RouteTable routes;                    ///< of its compartments
};

/// What holds for the whole chip.
struct ChipTable {
    std::uint32_t longest_delay  = 1;  ///< ticks
    std::uint32_t noise_exponent = 0;  ///< 0: no noise
    std::int32_t noise_offset    = 0;
    bool noise_at_membrane       = false;
    std::vector<LearningProfile> profiles;
    RouteTable inputs;               ///< of the source elements
    std::vector<std::int8_t> noise;  ///< recorded stream to replay, r of each draw; may be empty
};

hw::CoreTables to_sections(const CoreTable& core);
std::vector<hw::Section> to_sections(const ChipTable& chip);

/// Errors: "device.wrong-image" (another target), "device.malformed" (tables that contradict
/// themselves: an index out of its range, a list outside of the memory, profiles of different
/// learning epochs or of one outside of 1..63 ticks).
Result<std::vector<CoreTable>> core_tables(const hw::HardwareImage& image);
Result<ChipTable> chip_table(const hw::HardwareImage& image);

/// Appends the list of one axon, blocks by format in the order given. The synapses of one format
/// must be next to each other.
Axon append_list(std::span<const StoredSynapse> synapses, std::span<const SynapseFormat> formats,
                 std::vector<std::uint64_t>& memory);

/// Reads it back. False where a block leaves the memory or names an unknown format.
bool read_list(const Axon& axon, std::span<const SynapseFormat> formats,
               std::span<const std::uint64_t> memory, std::vector<StoredSynapse>& out);

}  // namespace spikeloom::backends::loihi
