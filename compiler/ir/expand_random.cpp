// SPDX-License-Identifier: Apache-2.0
/// Random connectors. Every draw is keyed by the projection and the pre neuron (or the node of a
/// tree over the pre neurons), so a row is the same whatever range is asked for.
#include "compiler/ir/binomial.hpp"
#include "compiler/ir/rows.hpp"

#include <algorithm>
#include <cmath>

namespace spikeloom::ir {
namespace {

KeyedSequence row_sequence(const RowRequest& request, std::uint32_t pre) {
    return {request.seed, Stream::connectivity, request.owner, pre};
}

/// How many targets a pre neuron may choose from. Where it may not choose itself, choice k stands
/// for target k, or k + 1 from itself on.
std::uint32_t choices(const RowRequest& request, bool skip_self) {
    return skip_self ? request.post_size - 1 : request.post_size;
}

std::uint32_t target(std::uint64_t choice, std::uint32_t pre, bool skip_self) {
    return static_cast<std::uint32_t>(choice) + (skip_self && choice >= pre ? 1 : 0);
}

/// Splits synapses over pre neurons: each node of a binary tree over the neurons gives its left
/// half a binomial share of its own, which together is the multinomial distribution.
class RowCounts {
public:
    /// Synapses [begin, begin + count) in order of definition belong to one pre neuron.
    struct Share {
        std::uint64_t begin;
        std::uint64_t count;
    };

    RowCounts(const RowRequest& request, std::uint64_t total) : request_{request} {
        shares_.resize(request.last - request.first);
        split({0, request.pre_size, 1}, {0, total});
    }
    [[nodiscard]] Share of(std::uint32_t pre) const { return shares_[pre - request_.first]; }

private:
    struct Node {
        std::uint32_t first, last;
        std::uint64_t number;  ///< 1 for the root, 2 n and 2 n + 1 below n
    };

    void split(Node node, Share share) {
        if (node.last <= request_.first || node.first >= request_.last) return;
        if (node.last - node.first == 1) {
            shares_[node.first - request_.first] = share;
            return;
        }
        const std::uint32_t middle = node.first + (node.last - node.first) / 2;
        KeyedSequence sequence{request_.seed, Stream::connectivity, mix64(~request_.owner),
                               node.number};
        const double left = static_cast<double>(middle - node.first) / (node.last - node.first);
        const std::uint64_t count = binomial(sequence, share.count, left);
        split({node.first, middle, 2 * node.number}, {share.begin, count});
        split({middle, node.last, 2 * node.number + 1}, {share.begin + count, share.count - count});
    }

    const RowRequest& request_;
    std::vector<Share> shares_;
};

}  // namespace

void visit_rows(const FixedProbability& connector, const RowRequest& request,
                const RowVisitor& visit) {
    const bool skip_self    = request.same_population && !connector.allow_self;
    const double count      = choices(request, skip_self);
    const double log_unused = std::log1p(-connector.probability);
    std::vector<Synapse> row;
    for (std::uint32_t pre = request.first; pre < request.last; ++pre) {
        KeyedSequence sequence = row_sequence(request, pre);
        row.clear();
        // The gaps between connected targets are geometric (Batagelj and Brandes 2005).
        double choice = -1;
        while (connector.probability > 0) {
            choice += 1 + std::floor(std::log1p(-sequence.uniform()) / log_unused);
            if (!(choice < count)) break;
            const std::uint32_t post = target(static_cast<std::uint64_t>(choice), pre, skip_self);
            row.push_back(
                request.synapse(pre, post, std::uint64_t{pre} * request.post_size + post));
        }
        visit(pre, row);
    }
}

void visit_rows(const FixedOutdegree& connector, const RowRequest& request,
                const RowVisitor& visit) {
    const bool skip_self      = request.same_population && !connector.allow_self;
    const std::uint32_t count = choices(request, skip_self);
    std::vector<Synapse> row;
    for (std::uint32_t pre = request.first; pre < request.last; ++pre) {
        KeyedSequence sequence = row_sequence(request, pre);
        row.clear();
        for (std::uint32_t k = 0; count > 0 && k < connector.outdegree; ++k)
            row.push_back(request.synapse(pre, target(sequence.below(count), pre, skip_self),
                                          std::uint64_t{pre} * connector.outdegree + k));
        sort_row(row);
        visit(pre, row);
    }
}

void visit_rows(const FixedTotalNumber& connector, const RowRequest& request,
                const RowVisitor& visit) {
    const RowCounts counts{request, connector.count};
    std::vector<Synapse> row;
    for (std::uint32_t pre = request.first; pre < request.last; ++pre) {
        KeyedSequence sequence       = row_sequence(request, pre);
        const RowCounts::Share share = counts.of(pre);
        row.clear();
        for (std::uint64_t k = 0; k < share.count; ++k)
            row.push_back(
                request.synapse(pre, static_cast<std::uint32_t>(sequence.below(request.post_size)),
                                share.begin + k));
        sort_row(row);
        visit(pre, row);
    }
}

}  // namespace spikeloom::ir
