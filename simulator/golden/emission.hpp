// SPDX-License-Identifier: Apache-2.0
/// What the elements of one range of a population emit in one tick.
#pragma once

#include <cstdint>
#include <vector>

namespace spikeloom::golden {

struct Emission {
    std::vector<std::uint32_t> elements;  ///< ascending
    std::vector<double> values;           ///< one each, or empty: all 1

    void clear() {
        elements.clear();
        values.clear();
    }
    void add(std::uint32_t element, double value) {
        if (value != 1.0 || !values.empty()) {
            values.resize(elements.size(), 1.0);
            values.push_back(value);
        }
        elements.push_back(element);
    }
    [[nodiscard]] double value(std::size_t k) const { return values.empty() ? 1.0 : values[k]; }
};

}  // namespace spikeloom::golden
