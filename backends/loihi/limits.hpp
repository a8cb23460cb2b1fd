// SPDX-License-Identifier: Apache-2.0
/// What the compiler must know of a Loihi-like chip, as plain integers, from its chip file.
#pragma once

#include "hw/spec/chip_spec.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <string>

namespace spikeloom::backends::loihi {

struct Limits {
    std::uint32_t compartments        = 0;  ///< of a core
    std::uint32_t accumulators        = 0;  ///< delay slots of all compartments of a core together
    std::uint32_t input_axons         = 0;
    std::uint32_t output_axons        = 0;
    std::uint64_t synapse_bits        = 0;
    std::uint32_t compartment_configs = 0;
    std::uint32_t threshold_configs   = 0;
    std::uint32_t synapse_formats     = 0;
    std::uint32_t max_delay           = 0;  ///< [ticks]
    std::int32_t largest_weight       = 0;  ///< mantissa that the largest weight becomes
    std::int32_t largest_exponent     = 0;  ///< of weights
    double decay_rounding             = 0;  ///< decay register = floor(4096 x fraction + this)
    std::uint32_t noise_exponent      = 0;  ///< 0: no noise
    std::int32_t noise_offset         = 0;
    bool noise_at_membrane            = false;
    std::uint32_t learning_epoch      = 1;  ///< [ticks], 1..63
    bool split_signs = false;    ///< weights of both signs in two formats of 8 bits, not one of 7
    bool keep_zeros  = false;    ///< synapses of weight 0 are stored and walked
    std::string mapping_file{};  ///< which core each neuron gets; empty: the compiler maps
    std::string noise_file{};    ///< recorded draws of the noise; empty: drawn by key
};

/// Errors: "loihi.chip" (a capacity is missing, 0 or beyond what an image can hold; a figure out
/// of its range; an unknown choice).
Result<Limits> limits_of(const hw::ChipSpec& chip);

/// Delay slots of a compartment for delays up to `longest` ticks: a power of two from 8 on that is
/// larger by two, as 6 bits of delay serve delays up to 62.
std::uint32_t delay_slots(std::uint32_t longest);

/// The chip that an image was compiled for, with the overrides that it was compiled with.
Result<hw::ChipSpec> chip_of(const hw::Overrides& options, const std::string& fallback);

/// Name of the cost table (energy and timing) that the chip's file or `--set topology.cost_table`
/// chooses.
std::string cost_table(const hw::ChipSpec& chip);

}  // namespace spikeloom::backends::loihi
