// SPDX-License-Identifier: Apache-2.0
/// Sampler: which designs a sweep looks at, in an order that depends on the spec and on results
/// alone.
#pragma once

#include "sweep/spec.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace spikeloom::sweep {

/// Objectives of a design, turned so that smaller is better; nothing where it gave none.
using Verdict = std::optional<std::vector<double>>;

class Sampler {
public:
    virtual ~Sampler() = default;
    /// Designs that may be asked for now: 0 to known() - 1. Grows only in tell().
    [[nodiscard]] virtual std::uint64_t known() const = 0;
    /// Designs there will ever be.
    [[nodiscard]] virtual std::uint64_t total() const = 0;
    /// Settings of the axes for design k < known(); those that are fixed are not in it.
    [[nodiscard]] virtual Settings design(std::uint64_t k) const = 0;
    /// Which round of a search design k belongs to.
    [[nodiscard]] virtual std::uint32_t generation(std::uint64_t k) const {
        (void)k;
        return 0;
    }
    /// The verdict on design k; each is told once, in any order.
    virtual void tell(std::uint64_t k, const Verdict& verdict) {
        (void)k;
        (void)verdict;
    }
};

/// Grid (last axis fastest), random, Latin hypercube (McKay, Beckman and Conover, Technometrics
/// 1979) or NSGA-II.
std::unique_ptr<Sampler> make_sampler(const Spec& spec);

/// NSGA-II over the unit cube of the axes (Deb et al., IEEE Trans. Evol. Comput. 2002), with
/// simulated binary crossover (Deb and Agrawal 1995, eta 15) and polynomial mutation (eta 20).
/// Designs without a verdict lose against all that have one.
std::unique_ptr<Sampler> make_nsga2(const Spec& spec);

}  // namespace spikeloom::sweep
