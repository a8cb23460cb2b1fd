// SPDX-License-Identifier: Apache-2.0
/// Values of a RawArray as numbers and text, and RawArrays made of values.
#pragma once

#include "compiler/frontend/nir/raw_graph.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::frontend::nir {

/// All elements as float64 (integers beyond 2^53 are rounded); nothing where they are text.
std::optional<std::vector<double>> numbers(const RawArray& array);

/// All elements as integers; nothing where one is text, not finite or not whole.
std::optional<std::vector<std::int64_t>> integers(const RawArray& array);

/// Element k without its padding; nothing where the elements are numbers.
std::optional<std::string> text_at(const RawArray& array, std::uint64_t k);

/// "(38, 12)", "(1)", "()" for a scalar.
std::string shape_text(std::span<const std::uint64_t> shape);

/// float64 of the given shape, little endian.
RawArray make_real(std::span<const double> values, std::vector<std::uint64_t> shape);
/// int64, little endian; a scalar where `shape` is empty.
RawArray make_integers(std::span<const std::int64_t> values, std::vector<std::uint64_t> shape);
/// A scalar UTF-8 text of any length.
RawArray make_text(std::string_view text);

}  // namespace spikeloom::frontend::nir
