// SPDX-License-Identifier: Apache-2.0
/// The parts of check() and what they share; inside of compiler/ir only.
#pragma once

#include "compiler/ir/models.hpp"
#include "compiler/ir/network.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::ir {

/// Collects diagnostics that all lie in one file.
class Faults {
public:
    explicit Faults(std::string file) : file_{std::move(file)} {}
    void add(std::string_view code, const std::string& pointer, std::string message) {
        all_.push_back({"network." + std::string{code}, std::move(message), {file_, pointer}, {}});
    }
    [[nodiscard]] std::size_t count() const { return all_.size(); }
    [[nodiscard]] Diagnostics take() { return std::move(all_); }

private:
    std::string file_;
    Diagnostics all_;
};

/// What a Values object must satisfy.
struct ValuesRule {
    std::optional<std::uint64_t> length;  ///< elements that an array must have; none: no array
    double minimum;
    double maximum;
    bool integers               = false;
    bool distributions          = true;  ///< Normal and Uniform allowed
    std::string_view range_code = "range";
};

/// A JSON pointer with one more token, escaped by RFC 6901.
std::string pointer_to(const std::string& parent, std::string_view token);

/// Rounds off a double for a message: shortest text that reads back the same.
std::string text_of(double value);

void check_values(const Values& values, const ValuesRule& rule, const std::string& pointer,
                  Faults& faults);

/// Connector, weights and delays of a projection whose ends exist and have sane sizes.
void check_connector(const Network& network, const Projection& projection,
                     const std::string& pointer, Faults& faults);

}  // namespace spikeloom::ir
