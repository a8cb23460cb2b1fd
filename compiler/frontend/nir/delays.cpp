// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/lower.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikeloom::frontend::nir {
namespace {

/// A delay this close to a whole number of ticks is one.
constexpr double tolerance = 1e-6;

/// Replaces seconds by ticks; returns the largest rounding error in ticks.
double round_to_ticks(std::vector<double>& delays, double dt) {
    double error = 0;
    for (double& delay : delays) {
        const double ticks = std::round(delay / dt);
        error              = std::max(error, std::abs(delay / dt - ticks));
        delay              = ticks;
    }
    return error;
}

}  // namespace

void discretise_delays(Graph& graph, std::optional<double> dt, Findings& findings) {
    for (Node& node : graph.nodes) {
        if (node.kind != NodeKind::delay) continue;
        std::vector<double>& delays = node.tensors.at("delay").values;
        const SourceLocation place{graph.file, node.path + "/delay"};
        if (std::ranges::all_of(delays, [](double delay) { return delay == 0; })) continue;
        if (!dt) {
            findings.faults.push_back(
                {"nir.delay-needs-dt",
                 "a delay in seconds; the length of a tick (dt) must be given",
                 place,
                 {}});
            continue;
        }
        const double longest = std::ranges::max(delays) / *dt;
        if (!(longest <= ir::max_delay)) {
            findings.faults.push_back(
                {"nir.value",
                 fmt::format("a delay of {:.6g} ticks; the limit is {}", longest, ir::max_delay),
                 place,
                 {}});
            continue;
        }
        const double error = round_to_ticks(delays, *dt);
        if (error > tolerance)
            findings.warnings.push_back(
                {"nir.delay-rounded",
                 fmt::format("not a multiple of dt = {} s; rounded by up to {:.3g} ticks", *dt,
                             error),
                 place,
                 {}});
    }
}

}  // namespace spikeloom::frontend::nir
