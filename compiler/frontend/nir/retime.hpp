// SPDX-License-Identifier: Apache-2.0
/// Retiming: gives zero-delay feed-forward edges the delay of at least one tick that every
/// projection has, by letting each population run late by its level.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace spikeloom::frontend::nir {

/// A projection with the delay that the file asks for [ticks]; the least one where they differ.
struct TimedEdge {
    std::size_t pre;
    std::size_t post;
    std::uint32_t delay;
};

struct Retiming {
    /// Ticks by which each population is late; 0 for sources and for what only they drive.
    std::vector<std::uint32_t> level;
    /// For each edge: the delay d of the file becomes max(1, d) where the edge is within a level
    /// and d + shift elsewhere.
    std::vector<std::int64_t> shift;
    std::vector<bool> within_level;
    /// Edges on cycles whose delays are above zero but too short to be kept exactly.
    std::vector<std::size_t> stretched;
};

/// An edge between two populations that are not on one cycle puts its target at least one level
/// above its origin. Populations on a cycle without any delay share a level; its edges take one
/// tick. On cycles with delays these pay for the ticks of the other edges, where they suffice; else
/// the whole cycle is put on one level. Sources emit one tick ahead of level 0 (network.hpp).
Retiming retime(const std::vector<bool>& is_source, const std::vector<TimedEdge>& edges);

}  // namespace spikeloom::frontend::nir
