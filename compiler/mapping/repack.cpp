// SPDX-License-Identifier: Apache-2.0
/// Repacking: neighbouring cores are taken apart and packed anew, into fewer cores or fuller ones.
#include "compiler/mapping/packing.hpp"
#include "compiler/mapping/parallel.hpp"
#include "support/keyed_rng.hpp"

#include <algorithm>
#include <numeric>

namespace spikeloom::mapping {
namespace {

using Group   = std::vector<std::uint32_t>;  ///< cores
using Members = std::vector<std::vector<std::uint32_t>>;

/// Pins looked at for the neighbours of one core.
constexpr std::uint64_t most_pins = 400000;

/// Finds the cores that share most nets with a core.
class Neighbours {
public:
    Neighbours(const Hypergraph& graph, const Filled& filled, const Members& members)
        : graph_{graph}, filled_{filled}, members_{members}, shared_(filled.count, 0) {}

    /// The closest first, none of those `taken`.
    std::vector<std::uint32_t> of(std::uint32_t core, const std::vector<std::uint8_t>& taken) {
        met_.clear();
        count(core);
        std::vector<std::uint32_t> near;
        for (const std::uint32_t q : met_)
            if (q != core && taken[q] == 0) near.push_back(q);
        std::sort(near.begin(), near.end(), [&](std::uint32_t a, std::uint32_t b) {
            return shared_[a] != shared_[b] ? shared_[a] > shared_[b] : a < b;
        });
        for (const std::uint32_t q : met_)
            shared_[q] = 0;
        return near;
    }

private:
    void count(std::uint32_t core) {
        std::uint64_t pins = 0;
        for (const std::uint32_t v : members_[core])
            for (const std::uint32_t e : graph_.nets_of(v))
                pins += graph_.net_begin[e + 1] - graph_.net_begin[e];
        const std::uint64_t stride = std::max<std::uint64_t>(1, pins / most_pins);
        std::uint64_t phase        = 0;
        for (const std::uint32_t v : members_[core])
            for (const std::uint32_t e : graph_.nets_of(v)) {
                const std::uint64_t size = graph_.net_begin[e + 1] - graph_.net_begin[e];
                for (; phase < size; phase += stride)
                    meet(filled_.part[graph_.pins[graph_.net_begin[e] + phase]]);
                phase -= size;
            }
    }

    void meet(std::uint32_t core) {
        if (shared_[core]++ == 0) met_.push_back(core);
    }

    const Hypergraph& graph_;
    const Filled& filled_;
    const Members& members_;
    std::vector<std::uint64_t> shared_;
    std::vector<std::uint32_t> met_;
};

/// Fuller cores count more: the more uneven, the nearer is an empty one.
std::uint64_t squares(const Hypergraph& graph, const Filled& filled) {
    std::vector<std::uint64_t> load(filled.count, 0);
    for (std::uint32_t v = 0; v < graph.nodes; ++v)
        load[filled.part[v]] += graph.amount(v, 0);
    return std::inner_product(load.begin(), load.end(), load.begin(), std::uint64_t{0});
}

class Repacker {
public:
    Repacker(const Hypergraph& graph, const PartLimits& limits, const RepackOptions& options,
             Filled filled)
        : graph_{graph},
          limits_{limits},
          options_{options},
          filled_{std::move(filled)},
          scratch_(options.threads) {}

    Filled run() {
        constexpr std::uint32_t patience = 2;
        std::uint32_t idle               = 0;
        for (std::uint32_t round = 0; round < options_.rounds && idle < patience; ++round) {
            idle = run_round(round) ? 0 : idle + 1;
            if (options_.progress)
                options_.progress(static_cast<double>(round + 1) / options_.rounds);
        }
        return std::move(filled_);
    }

private:
    struct Outcome {
        std::vector<std::uint32_t> nodes;
        Filled packed;
        bool better = false;
    };

    /// True when anything became better.
    bool run_round(std::uint32_t round) {
        Members members(filled_.count);
        for (std::uint32_t v = 0; v < graph_.nodes; ++v)
            members[filled_.part[v]].push_back(v);
        const std::vector<Group> groups = choose_groups(members, round);
        std::vector<Outcome> outcomes(groups.size());
        run_jobs(groups.size(), options_.threads, [&](std::size_t i, std::uint32_t worker) {
            outcomes[i] = repack_group(groups[i], members,
                                       keyed_bits(options_.seed, Stream::mapping, i, round),
                                       scratch_[worker]);
        });
        bool better = false;
        for (std::size_t i = 0; i < groups.size(); ++i) {
            if (!outcomes[i].better) continue;
            better = true;
            for (std::size_t v = 0; v < outcomes[i].nodes.size(); ++v)
                filled_.part[outcomes[i].nodes[v]] = groups[i][outcomes[i].packed.part[v]];
        }
        close_gaps();
        return better;
    }

    /// Disjoint groups, each around one of the emptiest free cores, every second round around
    /// cores at random.
    std::vector<Group> choose_groups(const Members& members, std::uint32_t round) const {
        std::vector<std::uint32_t> order(filled_.count);
        std::iota(order.begin(), order.end(), 0U);
        const auto key = [&](std::uint32_t p) {
            return round % 2 == 0 ? members[p].size()
                                  : keyed_bits(options_.seed, Stream::mapping, p, round + 1000);
        };
        std::stable_sort(order.begin(), order.end(),
                         [&](std::uint32_t a, std::uint32_t b) { return key(a) < key(b); });
        Neighbours neighbours{graph_, filled_, members};
        std::vector<std::uint8_t> taken(filled_.count, 0);
        std::vector<Group> groups;
        for (const std::uint32_t p : order) {
            if (taken[p] != 0) continue;
            Group group{p};
            for (const std::uint32_t q : neighbours.of(p, taken)) {
                if (group.size() == options_.group) break;
                group.push_back(q);
            }
            if (group.size() < 2) continue;
            std::sort(group.begin(), group.end());
            for (const std::uint32_t q : group)
                taken[q] = 1;
            groups.push_back(std::move(group));
        }
        return groups;
    }

    Outcome repack_group(const Group& group, const Members& members, std::uint64_t key,
                         ExtractScratch& scratch) const {
        Outcome outcome;
        for (const std::uint32_t p : group)
            outcome.nodes.insert(outcome.nodes.end(), members[p].begin(), members[p].end());
        std::sort(outcome.nodes.begin(), outcome.nodes.end());
        const Hypergraph local = extract(graph_, outcome.nodes, scratch);
        std::uint64_t best     = 0;
        for (const std::uint32_t p : group)
            best += members[p].size() * members[p].size();
        std::size_t count = group.size();
        KeyedSequence random{key, Stream::mapping, 31};
        for (std::uint32_t attempt = 0; attempt < options_.tries; ++attempt) {
            PackOptions pack{random.bits(), attempt % 2 == 0 ? 1.0 : 0.875,
                             attempt % 3 == 0 ? 0.0 : 3.0, true};
            pack.start                = static_cast<std::uint32_t>(random.below(local.nodes));
            Filled packed             = pack_by_axons(local, limits_, pack);
            const std::uint64_t value = squares(local, packed);
            if (packed.count > count || (packed.count == count && value <= best)) continue;
            count          = packed.count;
            best           = value;
            outcome.packed = std::move(packed);
            outcome.better = true;
        }
        return outcome;
    }

    void close_gaps() {
        std::vector<std::uint32_t> number(filled_.count, absent);
        filled_.count = 0;
        for (std::uint32_t& part : filled_.part) {
            if (number[part] == absent) number[part] = filled_.count++;
            part = number[part];
        }
    }

    const Hypergraph& graph_;
    const PartLimits& limits_;
    const RepackOptions& options_;
    Filled filled_;
    std::vector<ExtractScratch> scratch_;
};

}  // namespace

Filled repack(const Hypergraph& graph, const PartLimits& limits, const RepackOptions& options,
              Filled filled) {
    if (filled.count < 2) return filled;
    return Repacker{graph, limits, options, std::move(filled)}.run();
}

}  // namespace spikeloom::mapping
