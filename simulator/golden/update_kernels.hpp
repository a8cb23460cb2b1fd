// SPDX-License-Identifier: Apache-2.0
/// The neuron update of one block of a population: the loop around the pure functions of
/// simulator/neuron/float_models.hpp, for the widest vectors that the processor has.
#pragma once

#include <cstddef>
#include <cstdint>

namespace spikeloom::golden {

/// Which equations a block follows; `input` is v = input (models threshold and linear).
enum class Equations : std::uint8_t { leaky, perfect, current_euler, current_exact, input };
enum class AfterSpike : std::uint8_t { graded, reset_to_value, reset_by_subtraction };

/// Coefficients of float_models.hpp: arrays with one element (uniform) or one for each neuron.
/// Those that the equations do not use must still be readable at element 0 (uniform) or at all
/// elements.
struct Coefficients {
    const double* approach_v  = nullptr;  ///< perfect: its gain
    const double* r           = nullptr;
    const double* v_leak      = nullptr;
    const double* approach_i  = nullptr;
    const double* w_in        = nullptr;
    const double* transient   = nullptr;
    const double* v_threshold = nullptr;
    const double* v_reset     = nullptr;
    const double* bias        = nullptr;
    const double* refractory  = nullptr;  ///< ticks after a spike
};

struct BlockView {
    std::size_t count = 0;
    double* v         = nullptr;
    double* i         = nullptr;  ///< current-based models only
    double* left      = nullptr;  ///< refractory ticks left; null: no refractory period anywhere
    double* input     = nullptr;  ///< sums of this tick; cleared
    Coefficients coefficients{};
    Equations equations = Equations::leaky;
    AfterSpike after    = AfterSpike::reset_to_value;
    bool uniform        = true;
};

/// Runs one tick. Writes the offsets of the neurons that spiked to `spikes` (room for count),
/// ascending, and returns how many. The result does not depend on the processor.
std::size_t update_block(const BlockView& block, std::uint32_t* spikes);

/// Seed and tick of a draw.
struct PoissonKey {
    std::uint64_t seed, tick;
};
/// Elements drawn at once, at most, and thresholds that counts are compared with.
inline constexpr std::uint32_t poisson_group = 64, poisson_thresholds = 8;

/// For elements [id, id + n): the uniform number of keyed_poisson() and how many of the first
/// poisson_thresholds sums of `cumulated` it reaches.
void draw_poisson(const PoissonKey& key, std::uint32_t id, std::uint32_t n, const double* cumulated,
                  double* uniform, std::uint32_t* counts);

/// Name of the instruction set that update_block() uses here: "avx512", "avx2" or "baseline".
const char* update_instruction_set();

}  // namespace spikeloom::golden
