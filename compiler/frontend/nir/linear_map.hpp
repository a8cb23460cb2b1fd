// SPDX-License-Identifier: Apache-2.0
/// Linear nodes written out as entries (pre, post, weight, delay), and chains of them multiplied.
#pragma once

#include "compiler/frontend/nir/graph.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

namespace spikeloom::frontend::nir {

struct Entry {
    std::uint32_t pre;
    std::uint32_t post;
    std::uint32_t delay;  ///< ticks
    double weight;
};

/// Sorted by (pre, post, delay), each of these once.
using Entries = std::vector<Entry>;

/// `tensor` written out over `shape`, which it spreads over.
std::vector<double> spread(const Tensor& tensor, const Shape& shape);

/// Calls `visit` for every entry of a linear node, in no particular order; delays of a Delay node
/// are its values, which must be ticks by now. The shapes of the node are known.
void for_each_entry(const Node& node, const std::function<void(const Entry&)>& visit);

/// No fewer than the entries of the node.
std::uint64_t entry_bound(const Node& node);

/// The node's entries.
Entries entries_of(const Node& node);

/// First `a`, then `b`: delays add, entries that meet at the same (pre, post, delay) sum. Nothing
/// when more than `limit` products are to be made.
std::optional<Entries> compose(const Entries& a, const Entries& b, std::uint64_t limit);

/// Both side by side, summed where they meet.
Entries sum(Entries a, const Entries& b);

/// What the node gives for the constant input `in`, biases included. An empty `in` is zero, and an
/// empty result too.
std::vector<double> respond(const Node& node, const std::vector<double>& in);

}  // namespace spikeloom::frontend::nir
