// SPDX-License-Identifier: Apache-2.0
/// Gathers what quantisation did to the values of one parameter.
#pragma once

#include "hw/image/image.hpp"

#include <algorithm>
#include <cmath>
#include <string>

namespace spikeloom::backends::emulator {

class ErrorMeter {
public:
    /// `scale`: integer = network value x scale.
    explicit ErrorMeter(double scale) : scale_{scale} {}

    void add(double wanted, double quantised, bool saturated = false) {
        const double error = std::abs(quantised - wanted);
        ++count_;
        largest_   = std::max(largest_, std::abs(wanted));
        max_error_ = std::max(max_error_, error);
        squares_ += error * error;
        if (saturated) ++saturated_;
    }

    [[nodiscard]] bool empty() const { return count_ == 0; }

    [[nodiscard]] hw::QuantisationEntry entry(std::string owner, std::string parameter) const {
        const double n = static_cast<double>(std::max<std::uint64_t>(count_, 1));
        return {std::move(owner),
                std::move(parameter),
                count_,
                scale_,
                max_error_,
                std::sqrt(squares_ / n),
                largest_ > 0 ? max_error_ / largest_ : 0.0,
                saturated_};
    }

private:
    double scale_;
    std::uint64_t count_     = 0;
    std::uint64_t saturated_ = 0;
    double largest_          = 0;
    double max_error_        = 0;
    double squares_          = 0;
};

}  // namespace spikeloom::backends::emulator
