// SPDX-License-Identifier: Apache-2.0
#include "sweep/value.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace spikeloom::sweep {

Value number_value(double number) {
    constexpr double exact = 9007199254740992.0;  // 2^53: whole numbers are exact below
    if (std::trunc(number) == number && std::abs(number) < exact)
        return {fmt::format("{}", static_cast<long long>(number)), number};
    return {fmt::format("{}", number), number};
}

Value word_value(std::string word) {
    return {std::move(word), std::nullopt};
}

}  // namespace spikeloom::sweep
