// SPDX-License-Identifier: Apache-2.0
#include "backends/spinnaker/routing.hpp"

#include <algorithm>
#include <map>

namespace spikeloom::backends::spinnaker {

namespace {

/// The smallest entry that matches all that both match.
TableEntry merged(const TableEntry& a, const TableEntry& b) {
    const std::uint32_t mask = a.mask & b.mask & ~(a.key ^ b.key);
    return {a.key & mask, mask, a.route};
}

/// Entries of equal route, by key; the smallest group first.
std::vector<std::vector<TableEntry>> groups_of(const std::vector<TableEntry>& entries) {
    std::map<Route, std::vector<TableEntry>> by_route;
    for (const TableEntry& entry : entries)
        by_route[entry.route].push_back(entry);
    std::vector<std::vector<TableEntry>> groups;
    for (auto& [route, group] : by_route) {
        std::sort(group.begin(), group.end());
        groups.push_back(std::move(group));
    }
    std::stable_sort(groups.begin(), groups.end(),
                     [](const auto& a, const auto& b) { return a.size() < b.size(); });
    return groups;
}

/// Entries of one group become one wherever the result matches nothing of `below`.
std::vector<TableEntry> merge_group(std::vector<TableEntry> group,
                                    std::span<const TableEntry> below) {
    const auto allowed = [&](const TableEntry& entry) {
        return std::none_of(below.begin(), below.end(),
                            [&](const TableEntry& other) { return intersect(entry, other); });
    };
    const auto take = [&](std::size_t k) {
        group[k] = group.back();
        group.pop_back();
    };
    std::vector<TableEntry> done;
    while (!group.empty()) {
        TableEntry entry = group.back();
        group.pop_back();
        for (std::size_t k = 0; k < group.size();) {
            const TableEntry both = merged(entry, group[k]);
            if (both == entry) {
                take(k);
            } else if (allowed(both)) {
                entry = both;
                take(k);
                k = 0;  // the larger entry may hold what the smaller one did not
            } else {
                ++k;
            }
        }
        done.push_back(entry);
    }
    return done;
}

}  // namespace

void minimise(RouterTable& table) {
    const auto groups = groups_of(table.entries);
    // A group must leave alone what passes by default and the groups that stand below it: in this
    // list, all that stands before its own entries.
    std::vector<TableEntry> order = table.passing;
    for (auto group = groups.rbegin(); group != groups.rend(); ++group)
        order.insert(order.end(), group->begin(), group->end());
    std::size_t below = order.size();
    std::vector<TableEntry> result;
    for (const auto& group : groups) {
        below -= group.size();
        const auto fewer = merge_group(group, std::span{order}.first(below));
        result.insert(result.end(), fewer.begin(), fewer.end());
    }
    table.entries = std::move(result);
}

}  // namespace spikeloom::backends::spinnaker
