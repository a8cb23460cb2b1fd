// SPDX-License-Identifier: Apache-2.0
/// What the row makers of all connectors have in common; inside of compiler/ir only.
#pragma once

#include "compiler/ir/expand.hpp"
#include "compiler/ir/values.hpp"

#include <cstdint>
#include <functional>
#include <vector>

namespace spikeloom::ir {

using RowVisitor = std::function<void(std::uint32_t pre, std::span<const Synapse>)>;

/// One call of for_each_row: the projection, its ends, and its values ready to be read.
struct RowRequest {
    RowRequest(const Network& network, ProjectionId id, std::uint32_t first, std::uint32_t last);

    const Projection& projection;
    const Population& pre;
    const Population& post;
    std::uint32_t pre_size;
    std::uint32_t post_size;
    bool same_population;  ///< a neuron could connect to itself
    std::uint32_t first;   ///< of the pre neurons asked for
    std::uint32_t last;
    std::uint64_t seed;
    std::uint64_t owner;
    ValueReader weights;
    ValueReader delays;

    /// Synapse with weight and delay of the given element of the connector's arrays.
    [[nodiscard]] Synapse synapse(std::uint32_t from, std::uint32_t to,
                                  std::uint64_t element) const {
        return {from, to, static_cast<std::uint32_t>(delays[element]), weights[element]};
    }
};

/// Sorts by post, equal ones in order of definition.
void sort_row(std::vector<Synapse>& row);

void visit_rows(const Conv2d& connector, const RowRequest& request, const RowVisitor& visit);
void visit_rows(const Pool2d& connector, const RowRequest& request, const RowVisitor& visit);
void visit_rows(const FixedProbability& connector, const RowRequest& request,
                const RowVisitor& visit);
void visit_rows(const FixedOutdegree& connector, const RowRequest& request,
                const RowVisitor& visit);
void visit_rows(const FixedTotalNumber& connector, const RowRequest& request,
                const RowVisitor& visit);

/// Exact numbers of synapses of the grid connectors.
std::uint64_t count_synapses(const Conv2d& connector, const Population& pre,
                             const Population& post);
std::uint64_t count_synapses(const Pool2d& connector, const Population& pre,
                             const Population& post);

}  // namespace spikeloom::ir
