// SPDX-License-Identifier: Apache-2.0
/// Networks that the benchmark of the golden simulator runs.
#pragma once

#include "compiler/ir/network.hpp"

#include <cstdint>
#include <string>

namespace spikeloom::benchmarks {

/// How the weights of a random network are given; decides how they are stored.
enum class Weights : std::uint8_t { same, drawn, plastic };

struct RandomNetwork {
    std::uint32_t neurons   = 10'000;
    std::uint32_t outdegree = 100;
    Weights weights         = Weights::drawn;
    double rate             = 20;    ///< [Hz] of each neuron
    double dt               = 1e-3;  ///< [s]
};

/// Neurons that fire at a rate of their own, at phases of their own, and synapses with delays of 1
/// to 15 ticks that hardly disturb them: the load is known, all of it is delivered.
inline ir::Network random_network(const RandomNetwork& r) {
    ir::Network n;
    n.name  = "random";
    n.seed  = 1;
    n.dt    = r.dt;
    n.reset = "subtract";
    ir::Population p;
    p.name  = "neurons";
    p.shape = {r.neurons};
    p.model = {"if",
               {{"r", 1.0 / r.dt},
                {"v_threshold", 1.0},
                {"bias", r.rate * r.dt},
                {"v_init", ir::Uniform{0.0, 1.0}}}};
    n.populations.push_back(p);
    ir::Projection s;
    s.name      = "synapses";
    s.connector = ir::FixedOutdegree{r.outdegree, true};
    s.delays    = ir::Uniform{1.0, 15.0};
    s.weights   = 1e-9;
    if (r.weights != Weights::same) s.weights = ir::Uniform{-1e-9, 1e-9};
    if (r.weights == Weights::plastic) {
        s.plasticity = ir::Plasticity{"stdp_pair",
                                      {{"tau_plus", 20e-3},
                                       {"tau_minus", 20e-3},
                                       {"a_plus", 1e-11},
                                       {"a_minus", 1e-11},
                                       {"w_min", -1e-9},
                                       {"w_max", 1e-9}}};
    }
    n.projections.push_back(s);
    return n;
}

}  // namespace spikeloom::benchmarks
