// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/legalise.hpp"
#include "compiler/ir/models.hpp"
#include "simulator/neuron/float_models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikeloom::backends::truenorth {

namespace {

class Lowering {
public:
    Lowering(const ir::Network& network, PopulationId population, std::uint64_t element,
             const compiler::CompileOptions& options)
        : network_{network},
          population_{population},
          element_{element},
          model_{*ir::find_model(network.at(population).model.name)},
          dt_{options.dt},
          integrator_{options.integrator == "exact" ? neuron::Integrator::exact
                                                    : neuron::Integrator::euler},
          subtract_{options.reset == "subtract"} {}

    std::string shortest;  ///< time constant below dt

    [[nodiscard]] double get(std::string_view name, double absent = 0) const {
        return model_.find(name) == nullptr ? absent
                                            : ir::parameter(network_, population_, name, element_);
    }

    /// An exponential decay with the fraction `lost` a tick and rest `rest`.
    LegalNeuron leaky(double lost, double gain, double rest) {
        LegalNeuron n;
        n.gain = gain;
        finish(n, lost, rest);
        return n;
    }

    LegalNeuron perfect(double gain) {
        LegalNeuron n;
        n.gain = gain;
        n.leak = gain * get("bias");
        finish(n, 0, 0);
        return n;
    }

    LegalNeuron threshold_unit() const {
        LegalNeuron n;
        n.memoryless = true;
        n.threshold  = get("threshold") - get("bias");
        return n;
    }

    double fraction(const char* name) {
        const double lost = neuron::approach(dt_, get(name), integrator_);
        if (lost > 1) shortest = name;
        return std::min(lost, 1.0);
    }

private:
    /// Thresholds and resets, and a straight leak in place of the exponential one: toward rest as
    /// fast as halfway between rest and threshold; or, where rest is above the threshold, upward as
    /// fast as halfway between reset and threshold.
    void finish(LegalNeuron& n, double lost, double rest) {
        n.lost                 = lost;
        n.fires                = model_.kind == ir::ModelKind::spiking;
        const double threshold = n.fires ? get("v_threshold") : 0;
        const double v_reset   = get("v_reset");
        const bool drives      = lost > 0 && n.fires && rest >= threshold;
        if (lost > 0 && !drives) {
            n.origin            = rest;
            n.reverses          = true;
            const double height = n.fires ? threshold - rest : 0;
            n.leak              = -lost * height / 2;
            n.leak_error        = lost * height / 2;
        } else if (drives) {
            n.origin     = std::min(v_reset, threshold);
            n.leak       = lost * (rest - (threshold + v_reset) / 2);
            n.leak_error = lost * std::abs(threshold - v_reset) / 2;
        } else if (threshold < 0) {
            n.origin = std::min(v_reset, threshold);
        }
        n.threshold  = threshold - n.origin;
        n.reset      = v_reset - n.origin;
        n.v_init     = get("v_init") - n.origin;
        n.refractory = get("refractory");
        if (!subtract_ || !n.fires) return;
        n.subtracts = n.origin == 0;
        if (n.subtracts) return;
        n.reset       = -n.origin;
        n.reset_error = std::abs(n.gain);
    }

    const ir::Network& network_;
    PopulationId population_;
    std::uint64_t element_;
    const ir::ModelDescription& model_;
    double dt_;
    neuron::Integrator integrator_;
    bool subtract_;
};

}  // namespace

LegalNeuron legalise_neuron(const ir::Network& network, PopulationId population,
                            std::uint64_t element, const compiler::CompileOptions& options,
                            Diagnostic& why_not) {
    const ir::Population& owner = network.at(population);
    const std::string& model    = owner.model.name;
    Lowering l{network, population, element, options};
    LegalNeuron n;
    if (model == "lif" || model == "li") {
        const double lost = l.fraction("tau");
        n = l.leaky(lost, lost * l.get("r"), l.get("v_leak") + l.get("r") * l.get("bias"));
    } else if (model == "if" || model == "i") {
        n = l.perfect(options.dt * l.get("r"));
    } else if (model == "cuba_lif" || model == "cuba_li") {
        // All that the current of one spike brings in the end arrives at once.
        const double into = l.fraction("tau_mem") * l.get("r") * l.get("w_in");
        (void)l.fraction("tau_syn");
        n         = l.leaky(l.fraction("tau_mem"), into,
                            l.get("v_leak") + l.get("r") * l.get("w_in") * l.get("bias"));
        n.tau_syn = l.get("tau_syn");
    } else if (model == "threshold") {
        n = l.threshold_unit();
    } else {
        why_not = {"truenorth.model",
                   fmt::format("population '{}': the cores have no model '{}'", owner.name, model)};
    }
    if (!l.shortest.empty())
        why_not = {"truenorth.decay",
                   fmt::format("population '{}', neuron {}: {} = {} s is shorter than dt = {} s",
                               owner.name, element, l.shortest, l.get(l.shortest), options.dt),
                   {},
                   {"take a smaller --dt, or --integrator exact"}};
    return n;
}

}  // namespace spikeloom::backends::truenorth
