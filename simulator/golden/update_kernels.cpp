// SPDX-License-Identifier: Apache-2.0
// This file is compiled without contraction of a * b + c (CMakeLists.txt), so that all instruction
// sets give the same bits.
#include "simulator/golden/update_kernels.hpp"

#include "simulator/golden/instruction_sets.hpp"
#include "simulator/neuron/float_models.hpp"
#include "support/keyed_rng.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace spikeloom::golden {

namespace {

using neuron::Reset;

/// Neurons whose spikes are collected, one bit each, before they are looked at.
constexpr std::size_t chunk = 64;

struct Element {
    double approach_v, r, v_leak, approach_i, w_in, transient, v_threshold, v_reset, bias,
        refractory;
};

/// Reads also what the equations do not use: the compiler drops those reads.
inline Element element(const Coefficients& c, std::size_t k) {
    return {c.approach_v[k], c.r[k],           c.v_leak[k],  c.approach_i[k], c.w_in[k],
            c.transient[k],  c.v_threshold[k], c.v_reset[k], c.bias[k],       c.refractory[k]};
}

template <Equations E>
inline double advance(const Element& c, double v, double& i, double input) {
    if constexpr (E == Equations::leaky) {
        return neuron::Leaky{c.approach_v, c.r, c.v_leak}.next_v(v, input);
    } else if constexpr (E == Equations::perfect) {
        return neuron::Perfect{c.approach_v}.next_v(v, input);
    } else if constexpr (E == Equations::input) {
        return input;
    } else {
        const neuron::CurrentBased n{c.approach_i, c.w_in,   c.approach_v,
                                     c.r,          c.v_leak, c.transient};
        const double before = i;
        i                   = n.next_i(i, input);
        return E == Equations::current_exact ? n.next_v_exact(v, before, input)
                                             : n.next_v_euler(v, i);
    }
}

/// What the template arguments of run() are made of.
template <Equations E, AfterSpike A, bool Refractory, bool Uniform>
struct Variant {
    static constexpr bool has_current =
        E == Equations::current_euler || E == Equations::current_exact;

    /// One neuron; 1 if it spikes.
    static inline std::uint64_t one(const BlockView& b, const Element& c, std::size_t k) {
        const double input = b.input[k] + c.bias;
        b.input[k]         = 0;
        double i           = has_current ? b.i[k] : 0.0;
        const double now   = b.v[k];
        double v           = advance<E>(c, now, i, input);
        if constexpr (has_current) b.i[k] = i;
        bool spike = false;
        if constexpr (A != AfterSpike::graded) {
            const double left  = Refractory ? b.left[k] : 0.0;
            const bool resting = Refractory && left > 0;
            constexpr Reset how =
                A == AfterSpike::reset_by_subtraction ? Reset::subtract : Reset::value;
            spike = neuron::fire<how>(v, {c.v_threshold, c.v_reset}) & !resting;
            if constexpr (Refractory) {
                v         = resting ? now : v;
                b.left[k] = spike ? c.refractory : (resting ? left - 1.0 : left);
            }
        }
        b.v[k] = v;
        return spike ? 1 : 0;
    }

    /// The neurons [first, first + n): one bit each. In two loops, since the first then vectorises.
    static inline std::uint64_t some(const BlockView& b, const Element& shared, std::size_t first,
                                     std::size_t n) {
        alignas(64) std::uint64_t fired[chunk];
        SPIKELOOM_INDEPENDENT
        for (std::size_t k = 0; k < n; ++k) {
            const Element c = Uniform ? shared : element(b.coefficients, first + k);
            fired[k]        = one(b, c, first + k);
        }
        std::uint64_t mask = 0;
        for (std::size_t k = 0; k < n; ++k)
            mask |= fired[k] << k;
        return mask;
    }

    static inline std::size_t run(const BlockView& view, std::uint32_t* spikes) {
        const BlockView b       = view;
        const Element shared    = element(b.coefficients, 0);
        std::size_t spike_count = 0;
        for (std::size_t first = 0; first < b.count; first += chunk) {
            const std::size_t n = std::min(chunk, b.count - first);
            std::uint64_t mask =
                n == chunk ? some(b, shared, first, chunk) : some(b, shared, first, n);
            for (; mask != 0; mask &= mask - 1) {
                spikes[spike_count++] = static_cast<std::uint32_t>(first) +
                                        static_cast<std::uint32_t>(std::countr_zero(mask));
            }
        }
        return spike_count;
    }
};

template <Equations E, AfterSpike A>
inline std::size_t run_after(const BlockView& b, std::uint32_t* spikes) {
    if (A != AfterSpike::graded && b.left != nullptr) {
        return b.uniform ? Variant<E, A, true, true>::run(b, spikes)
                         : Variant<E, A, true, false>::run(b, spikes);
    }
    return b.uniform ? Variant<E, A, false, true>::run(b, spikes)
                     : Variant<E, A, false, false>::run(b, spikes);
}

template <Equations E>
inline std::size_t run_equations(const BlockView& b, std::uint32_t* spikes) {
    switch (b.after) {
        case AfterSpike::graded:
            return run_after<E, AfterSpike::graded>(b, spikes);
        case AfterSpike::reset_to_value:
            return run_after<E, AfterSpike::reset_to_value>(b, spikes);
        case AfterSpike::reset_by_subtraction:
            break;
    }
    return run_after<E, AfterSpike::reset_by_subtraction>(b, spikes);
}

inline std::size_t update_block_body(const BlockView& block, std::uint32_t* spikes) {
    switch (block.equations) {
        case Equations::leaky:
            return run_equations<Equations::leaky>(block, spikes);
        case Equations::perfect:
            return run_equations<Equations::perfect>(block, spikes);
        case Equations::current_euler:
            return run_equations<Equations::current_euler>(block, spikes);
        case Equations::current_exact:
            return run_equations<Equations::current_exact>(block, spikes);
        case Equations::input:
            break;
    }
    return block.after == AfterSpike::graded
               ? run_after<Equations::input, AfterSpike::graded>(block, spikes)
               : run_after<Equations::input, AfterSpike::reset_to_value>(block, spikes);
}

inline void draw_poisson_body(const PoissonKey& key, std::uint32_t id, std::uint32_t n,
                              const double* cumulated, double* uniform, std::uint32_t* counts) {
    const PoissonKey at = key;
    SPIKELOOM_INDEPENDENT
    for (std::uint32_t k = 0; k < n; ++k)
        uniform[k] = keyed_uniform(at.seed, Stream::poisson, id + k, at.tick);
    std::array<double, poisson_thresholds> sums;
    std::copy_n(cumulated, poisson_thresholds, sums.begin());
    SPIKELOOM_INDEPENDENT
    for (std::uint32_t k = 0; k < n; ++k) {
        std::uint32_t count = 0;
        for (const double sum : sums)
            count += uniform[k] >= sum ? 1 : 0;
        counts[k] = count;
    }
}

}  // namespace

SPIKELOOM_KERNEL(draw_poisson, void,
                 (const PoissonKey& key, std::uint32_t id, std::uint32_t n, const double* cumulated,
                  double* uniform, std::uint32_t* counts),
                 (key, id, n, cumulated, uniform, counts))
SPIKELOOM_KERNEL(update_block, std::size_t, (const BlockView& block, std::uint32_t* spikes),
                 (block, spikes))

InstructionSet instruction_set_here() {
#if SPIKELOOM_HAS_KERNELS
    const bool bits = __builtin_cpu_supports("bmi") != 0 && __builtin_cpu_supports("bmi2") != 0;
    if (bits && __builtin_cpu_supports("avx512bw") != 0 &&
        __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
        __builtin_cpu_supports("avx512cd") != 0) {
        return InstructionSet::avx512;
    }
    if (bits && __builtin_cpu_supports("avx2") != 0) return InstructionSet::avx2;
#endif
    return InstructionSet::baseline;
}

const char* update_instruction_set() {
    switch (instruction_set_here()) {
        case InstructionSet::avx512:
            return "avx512";
        case InstructionSet::avx2:
            return "avx2";
        case InstructionSet::baseline:
            break;
    }
    return "baseline";
}

}  // namespace spikeloom::golden
