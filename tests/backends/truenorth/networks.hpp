// SPDX-License-Identifier: Apache-2.0
/// Short ways to write networks in tests of this target.
#pragma once

#include "compiler/pipeline/target.hpp"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace spikeloom::backends::truenorth {

inline ir::Network network() {
    ir::Network n;
    n.name  = "test";
    n.file  = "test.json";
    n.dt    = 1e-3;
    n.reset = "value";
    return n;
}

inline ir::Population& add(ir::Network& n, const std::string& name, const std::string& model,
                           std::uint32_t size, std::map<std::string, ir::Values> parameters = {}) {
    ir::Population p;
    p.name             = name;
    p.shape            = {size};
    p.model.name       = model;
    p.model.parameters = std::move(parameters);
    n.populations.push_back(std::move(p));
    return n.populations.back();
}

inline ir::Projection& connect(ir::Network& n, std::uint32_t pre, std::uint32_t post, double weight,
                               double delay) {
    ir::Projection p;
    p.name      = "p" + std::to_string(n.projections.size());
    p.pre       = PopulationId{pre};
    p.post      = PopulationId{post};
    p.connector = ir::AllToAll{};
    p.weights   = weight;
    p.delays    = delay;
    n.projections.push_back(std::move(p));
    return n.projections.back();
}

inline ir::Projection dense(const std::string& name, std::uint32_t pre, std::uint32_t post,
                            std::vector<double> weights) {
    ir::Projection p;
    p.name      = name;
    p.pre       = PopulationId{pre};
    p.post      = PopulationId{post};
    p.connector = ir::Dense{};
    p.weights   = std::make_shared<const std::vector<double>>(std::move(weights));
    return p;
}

inline compiler::CompileOptions with_weights(const std::string& weights) {
    compiler::CompileOptions options;
    options.choices["weights"] = weights;
    return options;
}

}  // namespace spikeloom::backends::truenorth
