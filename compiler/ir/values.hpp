// SPDX-License-Identifier: Apache-2.0
/// Fast access to the elements of Values, for loops over synapses.
#pragma once

#include "compiler/ir/network.hpp"
#include "support/keyed_rng.hpp"

#include <cstdint>

namespace spikeloom::ir {

/// Key of the draws of one owner (a projection's weights, a population's parameter).
struct DrawKey {
    std::uint64_t seed;
    Stream stream;
    std::uint64_t owner;
    bool integers = false;  ///< Uniform draws the integers of its range, Normal is rounded
};

/// Element of a distribution; the same key and element give the same number.
double draw(const Uniform& distribution, const DrawKey& key, std::uint64_t element);
double draw(const Normal& distribution, const DrawKey& key, std::uint64_t element);

/// Reads elements of one Values object. The Values must outlive the reader.
class ValueReader {
public:
    ValueReader(const Values& values, const DrawKey& key);

    /// Element k; arrays must be long enough (check() sees to it).
    [[nodiscard]] double operator[](std::uint64_t element) const {
        if (array_ != nullptr) return array_[element];
        return distribution_ == nullptr ? scalar_ : drawn(element);
    }

private:
    [[nodiscard]] double drawn(std::uint64_t element) const;

    const double* array_        = nullptr;
    const Values* distribution_ = nullptr;
    double scalar_              = 0;
    DrawKey key_;
};

}  // namespace spikeloom::ir
