// SPDX-License-Identifier: Apache-2.0
#include "backends/spinnaker/routing.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>

namespace spikeloom::backends::spinnaker {

namespace {

constexpr std::uint32_t nowhere = 0xFFFFFFFF;

/// Shortest distances from a chip over living links.
std::vector<std::uint32_t> distances(const Machine& machine, std::uint32_t from) {
    std::vector<std::uint32_t> distance(machine.chips(), nowhere);
    std::deque<std::uint32_t> queue{from};
    distance[from] = 0;
    while (!queue.empty()) {
        const std::uint32_t chip = queue.front();
        queue.pop_front();
        for (std::uint32_t link = 0; link < link_count; ++link) {
            const auto next = machine.neighbour(chip, link);
            if (!next || distance[*next] != nowhere) continue;
            distance[*next] = distance[chip] + 1;
            queue.push_back(*next);
        }
    }
    return distance;
}

/// The tree while it grows: what each chip does, and by which link it is entered.
struct Growth {
    std::map<std::uint32_t, TreeStep> steps;

    TreeStep& at(std::uint32_t chip) {
        return steps.try_emplace(chip, TreeStep{chip, std::nullopt, 0}).first->second;
    }
};

/// Goes back from a destination to the tree, always one hop nearer to the source: straight on while
/// that is possible, and over chips of the tree where there is a choice.
void join(const Machine& machine, const std::vector<std::uint32_t>& distance, Growth& tree,
          std::uint32_t chip) {
    std::optional<std::uint32_t> heading;
    while (distance[chip] > 0 && !tree.at(chip).came_by) {
        std::optional<std::uint32_t> best;
        int best_score = -1;
        for (std::uint32_t link = 0; link < link_count; ++link) {
            const auto before = machine.neighbour(chip, link);
            if (!before || distance[*before] + 1 != distance[chip]) continue;
            const int score = (tree.steps.contains(*before) ? 2 : 0) + (heading == link ? 1 : 0);
            if (score > best_score) {
                best_score = score;
                best       = link;
            }
        }
        const std::uint32_t before = *machine.neighbour(chip, *best);
        tree.at(chip).came_by      = *best;
        tree.at(before).route |= to_link(opposite_link(*best));
        heading = best;
        chip    = before;
    }
}

bool goes_straight_on(const TreeStep& step) {
    return step.came_by && step.route == to_link(opposite_link(*step.came_by));
}

}  // namespace

Result<std::vector<TreeStep>> route_tree(const Machine& machine, const KeyBlock& block) {
    const auto distance = distances(machine, block.from.chip);
    Growth tree;
    tree.at(block.from.chip);
    for (const Place& place : block.to) {
        if (!machine.alive(place.chip) || distance[place.chip] == nowhere) {
            return fault("spinnaker.unreachable",
                         fmt::format("chip {} cannot be reached from chip {}: dead chips or links "
                                     "stand between them",
                                     place.chip, block.from.chip));
        }
        join(machine, distance, tree, place.chip);
        tree.at(place.chip).route |= to_core(place.core);
    }
    std::vector<TreeStep> steps;
    for (const auto& [chip, step] : tree.steps)
        steps.push_back(step);
    return steps;
}

Result<std::vector<RouterTable>> make_tables(const Machine& machine,
                                             std::span<const KeyBlock> blocks) {
    std::vector<RouterTable> tables(machine.chips());
    for (const KeyBlock& block : blocks) {
        if (block.to.empty()) continue;
        const auto steps = route_tree(machine, block);
        if (!steps) return tl::unexpected(steps.error());
        for (const TreeStep& step : *steps) {
            RouterTable& table = tables[step.chip];
            auto& list         = goes_straight_on(step) ? table.passing : table.entries;
            list.push_back({block.key, block.mask, step.route});
        }
    }
    return tables;
}

Walk walk(const Machine& machine, std::span<const RouterTable> tables, Place from,
          std::uint32_t key) {
    struct Branch {
        std::uint32_t chip;
        std::optional<std::uint32_t> came_by;
    };
    Walk result;
    std::vector<Branch> open{{from.chip, std::nullopt}};
    while (!open.empty()) {
        const Branch here = open.back();
        open.pop_back();
        const auto& entries = tables[here.chip].entries;
        const auto hit      = std::find_if(entries.begin(), entries.end(),
                                           [&](const TableEntry& e) { return matches(e, key); });
        if (hit == entries.end() && !here.came_by) {
            ++result.dropped;  // a packet of this chip's own that no entry knows
            continue;
        }
        const Route route =
            hit != entries.end() ? hit->route : to_link(opposite_link(*here.came_by));
        for (std::uint32_t core = 0; route >> (link_count + core) != 0; ++core)
            if ((route & to_core(core)) != 0) result.reached.push_back({here.chip, core});
        for (std::uint32_t link = 0; link < link_count; ++link) {
            if ((route & to_link(link)) == 0) continue;
            const auto next = machine.neighbour(here.chip, link);
            if (!next) {
                ++result.dropped;
                continue;
            }
            open.push_back({*next, opposite_link(link)});
            if (++result.hops > 4 * machine.chips() + link_count) {
                result.endless = true;
                return result;
            }
        }
    }
    std::sort(result.reached.begin(), result.reached.end());
    return result;
}

Result<void> verify_routing(const Machine& machine, std::span<const KeyBlock> blocks,
                            std::span<const RouterTable> tables, std::uint64_t& walked) {
    for (const KeyBlock& block : blocks) {
        if (block.to.empty()) continue;
        for (std::uint64_t low = 0; low <= std::uint64_t{~block.mask}; ++low) {
            const auto key  = block.key | static_cast<std::uint32_t>(low);
            const Walk done = walk(machine, tables, block.from, key);
            ++walked;
            if (done.reached == block.to && done.dropped == 0 && !done.endless) continue;
            return fault(
                "spinnaker.routing",
                fmt::format("packets of key {:#010x} from chip {}, core {} reach {} cores "
                            "in place of {}, {} branches lost{}",
                            key, block.from.chip, block.from.core, done.reached.size(),
                            block.to.size(), done.dropped, done.endless ? ", without end" : ""));
        }
    }
    return {};
}

}  // namespace spikeloom::backends::spinnaker
