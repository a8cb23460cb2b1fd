// SPDX-License-Identifier: Apache-2.0
/// Turns a projection's connector into synapses, lazily, one pre neuron at a time.
#pragma once

#include "compiler/ir/network.hpp"

#include <cstdint>
#include <functional>
#include <span>

namespace spikeloom::ir {

struct Synapse {
    std::uint32_t pre;    ///< element of the pre population
    std::uint32_t post;   ///< element of the post population
    std::uint32_t delay;  ///< ticks, >= 1
    double weight;
    friend bool operator==(const Synapse&, const Synapse&) = default;
};

/// Exact number of synapses, or the expected number for random connectors.
std::uint64_t synapse_count_estimate(const Network& network, ProjectionId projection);

/// Calls `visit` with all synapses of each pre neuron in [first_pre, last_pre), pre ascending, post
/// ascending within one pre (equal pairs in order of definition). Zero weights of dense,
/// convolution and sparse connectors are synapses too. Deterministic: the synapses of one pre
/// neuron do not depend on which range was asked for. The span is valid during the call only.
void for_each_row(const Network& network, ProjectionId projection, std::uint32_t first_pre,
                  std::uint32_t last_pre,
                  const std::function<void(std::uint32_t pre, std::span<const Synapse>)>& visit);

}  // namespace spikeloom::ir
