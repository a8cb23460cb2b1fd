// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/expand.hpp"

#include "compiler/ir/rows.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace spikeloom::ir {

RowRequest::RowRequest(const Network& network, ProjectionId id, std::uint32_t first_pre,
                       std::uint32_t last_pre)
    : projection{network.projections[id.value]},
      pre{network.at(projection.pre)},
      post{network.at(projection.post)},
      pre_size{static_cast<std::uint32_t>(pre.size())},
      post_size{static_cast<std::uint32_t>(post.size())},
      same_population{projection.pre == projection.post},
      first{std::min(first_pre, pre_size)},
      last{std::min(last_pre, pre_size)},
      seed{network.seed},
      owner{id.value},
      weights{projection.weights, {seed, Stream::weight, owner}},
      delays{projection.delays, {seed, Stream::delay, owner, true}} {}

void sort_row(std::vector<Synapse>& row) {
    std::ranges::stable_sort(row, {}, &Synapse::post);
}

namespace {

/// Rows made at a time, so that a row-major (post, pre) matrix is read by whole cache lines.
constexpr std::uint32_t dense_block = 8;
/// Above this width one row at a time, to bound the memory.
constexpr std::uint32_t widest_block = 1U << 16;

void visit_rows(const Dense&, const RowRequest& request, const RowVisitor& visit) {
    const std::size_t width   = request.post_size;
    const std::uint32_t block = width > widest_block ? 1 : dense_block;
    std::vector<Synapse> rows(block * width);
    for (std::uint32_t first = request.first; first < request.last; first += block) {
        const std::uint32_t count = std::min(block, request.last - first);
        for (std::uint32_t post = 0; post < width; ++post) {
            const std::uint64_t element = std::uint64_t{post} * request.pre_size + first;
            for (std::uint32_t k = 0; k < count; ++k)
                rows[k * width + post] = request.synapse(first + k, post, element + k);
        }
        for (std::uint32_t k = 0; k < count; ++k)
            visit(first + k, std::span{rows}.subspan(k * width, width));
    }
}

/// Entry numbers of a coordinate list by pre neuron, in order of definition within each.
struct EntryIndex {
    std::vector<std::uint64_t> begin;  ///< of the entries of row k; one more than rows
    std::vector<std::uint64_t> entries;
};

EntryIndex index_entries(const std::vector<std::uint32_t>& pre, std::uint32_t first,
                         std::uint32_t last) {
    EntryIndex index;
    index.begin.assign(std::size_t{last} - first + 1, 0);
    const auto wanted = [&](std::uint32_t p) { return p >= first && p < last; };
    for (const std::uint32_t p : pre)
        if (wanted(p)) ++index.begin[p - first + 1];
    for (std::size_t k = 1; k < index.begin.size(); ++k)
        index.begin[k] += index.begin[k - 1];
    index.entries.resize(index.begin.back());
    std::vector<std::uint64_t> next = index.begin;
    for (std::uint64_t e = 0; e < pre.size(); ++e)
        if (wanted(pre[e])) index.entries[next[pre[e] - first]++] = e;
    return index;
}

void visit_rows(const Sparse& connector, const RowRequest& request, const RowVisitor& visit) {
    const EntryIndex index = index_entries(*connector.pre, request.first, request.last);
    std::vector<Synapse> row;
    for (std::uint32_t pre = request.first; pre < request.last; ++pre) {
        const std::size_t k = pre - request.first;
        row.clear();
        for (std::uint64_t e = index.begin[k]; e < index.begin[k + 1]; ++e) {
            const std::uint64_t entry = index.entries[e];
            row.push_back(request.synapse(pre, (*connector.post)[entry], entry));
        }
        sort_row(row);
        visit(pre, row);
    }
}

void visit_rows(const OneToOne&, const RowRequest& request, const RowVisitor& visit) {
    for (std::uint32_t pre = request.first; pre < request.last; ++pre) {
        const Synapse only = request.synapse(pre, pre, pre);
        visit(pre, std::span{&only, 1});
    }
}

void visit_rows(const AllToAll& connector, const RowRequest& request, const RowVisitor& visit) {
    const bool skip_self = request.same_population && !connector.allow_self;
    std::vector<Synapse> row;
    for (std::uint32_t pre = request.first; pre < request.last; ++pre) {
        row.clear();
        const std::uint64_t element = std::uint64_t{pre} * request.post_size;
        for (std::uint32_t post = 0; post < request.post_size; ++post)
            if (!skip_self || post != pre)
                row.push_back(request.synapse(pre, post, element + post));
        visit(pre, row);
    }
}

std::uint64_t pairs(const Network& network, const Projection& projection, bool allow_self) {
    const std::uint64_t pre = network.at(projection.pre).size();
    const std::uint64_t all = pre * network.at(projection.post).size();
    return projection.pre == projection.post && !allow_self ? all - pre : all;
}

/// Number of synapses of each connector.
struct Counter {
    const Network& network;
    const Projection& projection;

    std::uint64_t operator()(const Dense&) const { return pairs(network, projection, true); }
    std::uint64_t operator()(const Sparse& c) const { return c.pre ? c.pre->size() : 0; }
    std::uint64_t operator()(const OneToOne&) const { return network.at(projection.pre).size(); }
    std::uint64_t operator()(const AllToAll& c) const {
        return pairs(network, projection, c.allow_self);
    }
    std::uint64_t operator()(const FixedProbability& c) const {
        const auto all = static_cast<double>(pairs(network, projection, c.allow_self));
        return static_cast<std::uint64_t>(std::llround(all * c.probability));
    }
    std::uint64_t operator()(const FixedOutdegree& c) const {
        return network.at(projection.pre).size() * c.outdegree;
    }
    std::uint64_t operator()(const FixedTotalNumber& c) const { return c.count; }
    std::uint64_t operator()(const Conv2d& c) const {
        return count_synapses(c, network.at(projection.pre), network.at(projection.post));
    }
    std::uint64_t operator()(const Pool2d& c) const {
        return count_synapses(c, network.at(projection.pre), network.at(projection.post));
    }
};

}  // namespace

std::uint64_t synapse_count_estimate(const Network& network, ProjectionId projection) {
    const Projection& chosen = network.projections[projection.value];
    return std::visit(Counter{network, chosen}, chosen.connector);
}

void for_each_row(const Network& network, ProjectionId projection, std::uint32_t first_pre,
                  std::uint32_t last_pre, const RowVisitor& visit) {
    const RowRequest request{network, projection, first_pre, last_pre};
    if (request.first >= request.last) return;
    std::visit([&](const auto& connector) { visit_rows(connector, request, visit); },
               request.projection.connector);
}

}  // namespace spikeloom::ir
