// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/retime.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <tuple>

namespace spikeloom::backends::truenorth {

namespace tn = neuron::truenorth;

namespace {

/// A threshold is at least so many steps of a partial sum, where the largest step allows it.
constexpr std::int32_t steps_to_threshold = 4;

/// Lines of one partial sum: few, so that its one spike a tick keeps up with them; but not more
/// sums than a core has axons.
std::size_t lines_of_a_sum(std::size_t lines, std::uint32_t axons) {
    const std::size_t half = std::max<std::size_t>(1, axons / 2);
    return std::clamp<std::size_t>((lines + half - 1) / half, std::min(8U, axons), axons);
}

class Retimer {
public:
    Retimer(const LegalNetwork& legal, const ir::Network& network, const RetimeOptions& options,
            CodedNetwork& coded)
        : legal_{legal}, network_{network}, options_{options}, coded_{coded} {}

    Checked<std::vector<std::uint32_t>> run() {
        const std::size_t populations = legal_.populations.size();
        late_.assign(populations, 0);
        deep_.assign(populations, false);
        splits_.assign(populations, false);
        find_needs();
        find_loops();
        settle();
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        stretch();
        for (std::uint32_t j = 0; j < legal_.neurons; ++j)
            if (coded_.nodes[j].terms.size() > options_.axons) split_sum(j);
        for (std::uint32_t j = 0; j < legal_.neurons; ++j)
            compensate(coded_.nodes[j]);
        return std::move(late_);
    }

private:
    struct Edge {
        std::uint32_t pre, post;  ///< populations
        std::uint32_t shortest;
    };

    [[nodiscard]] std::uint32_t population_of(std::uint32_t pre) const {
        const bool source = (pre & source_bit) != 0;
        return legal_.population_of[source ? legal_.neurons + (pre & ~source_bit) : pre];
    }

    /// Which populations need several lines, which sum too many, and the edges between them.
    void find_needs() {
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint32_t> shortest;
        std::vector<std::set<std::tuple<std::uint16_t, std::uint8_t, std::uint8_t>>> lines(
            legal_.neurons);
        std::vector<std::uint32_t> fan_out(legal_.neurons, 0);
        for (std::uint32_t j = 0; j < legal_.neurons; ++j) {
            const Node& node = coded_.nodes[j];
            if (node.terms.size() > options_.axons) deep_[node.population] = true;
            for (const Term& t : node.terms) {
                const std::uint32_t from = population_of(t.pre);
                const auto [at, is_new]  = shortest.try_emplace({from, node.population}, t.delay);
                at->second               = std::min<std::uint32_t>(at->second, t.delay);
                if ((t.pre & source_bit) != 0) continue;
                if (lines[t.pre].size() < 2) lines[t.pre].insert({t.delay, t.type, t.copy});
                if (lines[t.pre].size() > 1 || ++fan_out[t.pre] > options_.axons)
                    splits_[from] = true;
            }
        }
        for (const auto& [ends, delay] : shortest)
            edges_.push_back({ends.first, ends.second, delay});
    }

    /// loop_[p]: populations of one loop have one number.
    void find_loops() {
        const std::size_t n = legal_.populations.size();
        std::vector<std::vector<bool>> reaches(n, std::vector<bool>(n, false));
        for (const Edge& e : edges_)
            reaches[e.pre][e.post] = true;
        for (std::size_t k = 0; k < n; ++k)
            for (std::size_t i = 0; i < n; ++i)
                if (reaches[i][k])
                    for (std::size_t j = 0; j < n; ++j)
                        if (reaches[k][j]) reaches[i][j] = true;
        loop_.resize(n);
        for (std::size_t i = 0; i < n; ++i) {
            loop_[i] = i;
            for (std::size_t j = 0; j < i; ++j) {
                if (!reaches[i][j] || !reaches[j][i]) continue;
                loop_[i] = j;
                break;
            }
        }
    }

    /// Ticks that an edge wants.
    [[nodiscard]] std::uint32_t wanted(const Edge& e) const {
        const bool source = legal_.populations[e.pre].is_source;
        return 1U + (splits_[e.pre] && !source ? 1U : 0U) + (deep_[e.post] ? 1U : 0U);
    }

    void settle() {
        const std::size_t n = legal_.populations.size();
        for (const Edge& e : edges_) {
            if (loop_[e.pre] != loop_[e.post] || !deep_[e.post] || e.shortest >= 2) continue;
            errors_.push_back(
                {"truenorth.fan-in",
                 fmt::format("neurons of '{}' listen to more than {} lines within a loop of delay "
                             "{}: partial sums need a tick more",
                             legal_.populations[e.post].name, options_.axons, e.shortest),
                 {network_.file, legal_.populations[e.post].place}});
        }
        for (std::size_t round = 0; round < n + 1; ++round) {
            bool moved = false;
            for (const Edge& e : edges_) {
                if (loop_[e.pre] == loop_[e.post]) continue;
                const std::uint32_t extra = wanted(e) - std::min(wanted(e), e.shortest);
                const std::uint32_t least = late_[e.pre] + extra;
                if (late_[e.post] >= least) continue;
                for (std::size_t p = 0; p < n; ++p)
                    if (loop_[p] == loop_[e.post]) late_[p] = std::max(late_[p], least);
                moved = true;
            }
            if (!moved) break;
        }
    }

    void stretch() {
        for (std::uint32_t j = 0; j < legal_.neurons; ++j) {
            Node& node = coded_.nodes[j];
            for (Term& t : node.terms)
                t.delay = static_cast<std::uint16_t>(t.delay + late_[node.population] -
                                                     late_[population_of(t.pre)]);
        }
    }

    /// Excitatory and inhibitory lines apart, each as sums that hold what they cannot pass on yet.
    void split_sum(std::uint32_t j) {
        const Node whole   = coded_.nodes[j];
        const auto quantum = static_cast<std::int16_t>(
            std::clamp<std::int32_t>(whole.parameters.threshold / steps_to_threshold, 1,
                                     static_cast<std::int32_t>(options_.quantum)));
        const std::size_t group = lines_of_a_sum(whole.terms.size(), options_.axons);
        std::vector<Term> in;
        for (const bool excites : {true, false}) {
            std::vector<Term> lines;
            for (const Term& t : whole.terms)
                if ((whole.parameters.weight[t.type] > 0) == excites) lines.push_back(t);
            for (std::size_t at = 0; at < lines.size(); at += group) {
                Node sum;
                sum.population = whole.population;
                for (std::size_t g = 0; g < tn::axon_types; ++g)
                    sum.parameters.weight[g] =
                        static_cast<std::int16_t>(std::abs(whole.parameters.weight[g]));
                sum.parameters.threshold          = quantum;
                sum.parameters.reset              = tn::Reset::linear;
                sum.parameters.negative_threshold = tn::level_max;
                sum.parameters.saturates          = true;
                const auto begin                  = lines.begin() + static_cast<std::ptrdiff_t>(at);
                sum.terms.assign(begin, lines.begin() + static_cast<std::ptrdiff_t>(
                                                            std::min(at + group, lines.size())));
                for (Term& t : sum.terms)
                    --t.delay;
                in.push_back({static_cast<std::uint32_t>(coded_.nodes.size()), 1,
                              static_cast<std::uint8_t>(excites ? 0 : 1), 0});
                coded_.nodes.push_back(std::move(sum));
            }
        }
        Node& node             = coded_.nodes[j];
        node.parameters.weight = {quantum, static_cast<std::int16_t>(-quantum), 0, 0};
        node.terms             = std::move(in);
        ++sums_[node.population];
        if (sums_[node.population] > 1) return;
        coded_.warnings.push_back(
            fmt::format("population '{}': neurons with more than {} lines take their input through "
                        "partial sums, which pass it on in steps of {:g} and keep the rest for "
                        "later ticks",
                        legal_.populations[node.population].name, options_.axons,
                        quantum / coded_.scale[node.population]));
    }

    void compensate(Node& node) const {
        const tn::Parameters& p = node.parameters;
        const auto ticks        = static_cast<std::int32_t>(late_[node.population] +
                                                     legal_.populations[node.population].late);
        if (p.leak == 0 || p.negative_threshold == 0 || ticks == 0) return;
        if (!p.leak_reversal)
            node.potential -= ticks * p.leak;
        else if (std::abs(node.potential) > 1)
            node.potential -= tn::sign(node.potential) * ticks * p.leak;
        const std::int32_t most = std::max(p.threshold - 1, 0);
        node.potential          = std::clamp(node.potential, -tn::level_max, most);
    }

    const LegalNetwork& legal_;
    const ir::Network& network_;
    const RetimeOptions& options_;
    CodedNetwork& coded_;
    std::vector<std::uint32_t> late_;
    std::vector<bool> deep_, splits_;
    std::vector<std::size_t> loop_;
    std::vector<Edge> edges_;
    std::map<std::uint32_t, std::uint32_t> sums_;
    Diagnostics errors_;
};

}  // namespace

Checked<std::vector<std::uint32_t>> retime(const LegalNetwork& legal, const ir::Network& network,
                                           const RetimeOptions& options, CodedNetwork& coded) {
    return Retimer{legal, network, options, coded}.run();
}

}  // namespace spikeloom::backends::truenorth
