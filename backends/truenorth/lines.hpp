// SPDX-License-Identifier: Apache-2.0
/// All lines of a coded network and who listens to them; the ways that spikes have to go once nodes
/// are on cores.
#pragma once

#include "backends/truenorth/coding.hpp"
#include "backends/truenorth/program.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace spikeloom::backends::truenorth {

struct Lines {
    std::vector<Term> lines;           ///< ascending, distinct
    std::vector<std::uint32_t> begin;  ///< one more than lines
    std::vector<std::uint32_t> nodes;  ///< listeners of each line, ascending

    [[nodiscard]] std::span<const std::uint32_t> listeners(std::size_t line) const {
        return std::span{nodes}.subspan(begin[line], begin[line + 1] - begin[line]);
    }
};
Lines lines_of(const CodedNetwork& coded);

/// One line on one core.
struct Delivery {
    std::uint32_t line = 0;
    std::uint32_t core = 0;
    std::uint8_t axon  = 0;  ///< set by number_axons()
};

/// Deliveries by line, then core; their axons count up within each core.
std::vector<Delivery> deliveries_of(const Lines& lines, const std::vector<std::uint32_t>& core_of,
                                    std::uint32_t cores);

/// How the spikes of one node leave it.
struct Ways {
    std::vector<std::uint32_t> direct;               ///< deliveries, each by a packet of its own
    std::vector<std::vector<std::uint32_t>> groups;  ///< deliveries that share a splitter each
    std::vector<std::uint8_t> feed;                  ///< delay of the packet to each splitter

    /// Copies of the node that this takes, itself included.
    [[nodiscard]] std::size_t copies() const {
        return std::max<std::size_t>(1, direct.size() + groups.size());
    }
};

/// Longest delay that a splitter can serve: two packets, each of them waiting.
inline constexpr std::uint32_t longest_relayed = 2 * longest_hop;

/// `indices` into the deliveries of the node; delays of at most longest_relayed.
Ways ways_of(std::span<const std::uint32_t> indices, const std::vector<Delivery>& deliveries,
             const Lines& lines, std::uint32_t most_of_a_splitter);

}  // namespace spikeloom::backends::truenorth
