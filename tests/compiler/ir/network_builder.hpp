// SPDX-License-Identifier: Apache-2.0
/// Small networks for tests, built in one line each.
#pragma once

#include "compiler/ir/expand.hpp"
#include "compiler/ir/network.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace spikeloom::ir::testing {

inline Array array_of(std::vector<double> values) {
    return std::make_shared<const std::vector<double>>(std::move(values));
}

inline std::shared_ptr<const std::vector<std::uint32_t>> indices(std::vector<std::uint32_t> all) {
    return std::make_shared<const std::vector<std::uint32_t>>(std::move(all));
}

inline Population source(std::string name, std::vector<std::uint32_t> shape) {
    return {std::move(name), std::move(shape), {"spike_source", {}}, false, 0};
}

inline Population lif(std::string name, std::vector<std::uint32_t> shape) {
    return {std::move(name), std::move(shape), {"lif", {{"tau", 0.02}}}, false, 0};
}

/// Source "in" -> lif "out" over one projection.
inline Network pair(std::vector<std::uint32_t> in, std::vector<std::uint32_t> out,
                    Connector connector, Values weights = 1.0) {
    Network network;
    network.name        = "pair";
    network.file        = "pair.json";
    network.seed        = 7;
    network.populations = {source("in", std::move(in)), lif("out", std::move(out))};
    network.projections = {
        {"in->out", {0}, {1}, std::move(connector), std::move(weights), 1.0, std::nullopt}};
    return network;
}

/// All synapses of a projection in the order of for_each_row.
inline std::vector<Synapse> synapses(const Network& network, std::uint32_t first = 0,
                                     std::uint32_t last = 0xFFFFFFFF) {
    std::vector<Synapse> all;
    for_each_row(network, {0}, first, last, [&](std::uint32_t, std::span<const Synapse> row) {
        all.insert(all.end(), row.begin(), row.end());
    });
    return all;
}

}  // namespace spikeloom::ir::testing
