// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/lines.hpp"

#include <algorithm>
#include <utility>

namespace spikeloom::backends::truenorth {

Lines lines_of(const CodedNetwork& coded) {
    std::vector<std::pair<Term, std::uint32_t>> all;
    for (std::uint32_t n = 0; n < coded.nodes.size(); ++n)
        for (const Term& term : coded.nodes[n].terms)
            all.emplace_back(term, n);
    std::sort(all.begin(), all.end());
    Lines out;
    for (const auto& [term, node] : all) {
        if (out.lines.empty() || out.lines.back() != term) {
            out.lines.push_back(term);
            out.begin.push_back(static_cast<std::uint32_t>(out.nodes.size()));
        }
        out.nodes.push_back(node);
    }
    out.begin.push_back(static_cast<std::uint32_t>(out.nodes.size()));
    return out;
}

std::vector<Delivery> deliveries_of(const Lines& lines, const std::vector<std::uint32_t>& core_of,
                                    std::uint32_t cores) {
    std::vector<Delivery> deliveries;
    std::vector<std::uint32_t> used(cores, 0), targets;
    for (std::uint32_t l = 0; l < lines.lines.size(); ++l) {
        targets.clear();
        for (const std::uint32_t node : lines.listeners(l))
            targets.push_back(core_of[node]);
        std::sort(targets.begin(), targets.end());
        targets.erase(std::unique(targets.begin(), targets.end()), targets.end());
        for (const std::uint32_t core : targets)
            deliveries.push_back({l, core, static_cast<std::uint8_t>(used[core]++)});
    }
    return deliveries;
}

Ways ways_of(std::span<const std::uint32_t> indices, const std::vector<Delivery>& deliveries,
             const Lines& lines, std::uint32_t most_of_a_splitter) {
    const auto delay = [&](std::uint32_t index) -> std::uint32_t {
        return lines.lines[deliveries[index].line].delay;
    };
    Ways ways;
    std::vector<std::uint32_t> near, far;  // by a first packet of 1 tick, and of the longest
    for (const std::uint32_t index : indices) {
        if (delay(index) == 1)
            ways.direct.push_back(index);
        else
            (delay(index) <= longest_hop + 1 ? near : far).push_back(index);
    }
    if (near.size() == 1 && delay(near.front()) <= longest_hop) {
        ways.direct.push_back(near.front());
        near.clear();
    }
    const auto group = [&](const std::vector<std::uint32_t>& all, std::uint32_t feed) {
        for (std::size_t at = 0; at < all.size(); at += most_of_a_splitter) {
            const auto begin = all.begin() + static_cast<std::ptrdiff_t>(at);
            const auto end   = all.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(
                                               at + most_of_a_splitter, all.size()));
            ways.groups.emplace_back(begin, end);
            ways.feed.push_back(static_cast<std::uint8_t>(feed));
        }
    };
    group(near, 1);
    group(far, longest_hop);
    return ways;
}

}  // namespace spikeloom::backends::truenorth
