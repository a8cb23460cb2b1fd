// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/legalise.hpp"
#include "compiler/ir/models.hpp"
#include "simulator/neuron/float_models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

namespace spikeloom::backends::emulator {

namespace {

/// Reads one neuron's parameters.
struct Parameters {
    const ir::Network& network;
    PopulationId population;
    std::uint64_t element;
    const ir::ModelDescription& model;

    double operator()(std::string_view name) const {
        return ir::parameter(network, population, name, element);
    }
    double operator()(std::string_view name, double absent) const {
        return model.find(name) == nullptr ? absent : (*this)(name);
    }
};

/// Equations of simulator/neuron/float_models.hpp, brought to the core's form.
class Lowering {
public:
    Lowering(const Parameters& p, const compiler::CompileOptions& options)
        : p_{p},
          dt_{options.dt},
          integrator_{options.integrator == "exact" ? neuron::Integrator::exact
                                                    : neuron::Integrator::euler} {}

    std::string shortest;  ///< name of a time constant below dt, empty when there is none

    Dynamics leaky() {
        const double approach = fraction("tau");
        Dynamics d;
        d.keep_v = 1 - approach;
        d.gain   = approach * p_("r");
        d.bias   = approach * p_("v_leak") + d.gain * p_("bias");
        d.i_unit = 0;
        return d;
    }

    Dynamics perfect() {
        Dynamics d;
        d.keep_v = 1;
        d.gain   = dt_ * p_("r");
        d.bias   = d.gain * p_("bias");
        d.i_unit = 0;
        return d;
    }

    Dynamics threshold_unit() {
        Dynamics d;
        d.keep_v    = 0;
        d.gain      = 1;
        d.bias      = p_("bias");
        d.threshold = p_("threshold");
        d.i_unit    = 0;
        return d;
    }

    /// The bias enters through the current. Its steady part goes to v directly; the current starts
    /// as much below 0, so that v sees the bias come up as the network's does.
    Dynamics current_based() {
        const double approach_i = fraction("tau_syn");
        const double approach_v = fraction("tau_mem");
        const double into_v     = approach_v * p_("r");
        Dynamics d;
        d.keep_i                 = 1 - approach_i;
        d.keep_v                 = 1 - approach_v;
        d.gain                   = approach_i * p_("w_in") * into_v;
        const double steady_bias = p_("w_in") * p_("bias") * into_v;
        d.bias                   = approach_v * p_("v_leak") + steady_bias;
        d.i_init                 = -steady_bias;
        d.i_unit                 = steady_bias == 0 && into_v != 0 ? 1 / into_v : 0;
        return d;
    }

private:
    double fraction(const char* name) {
        const double approach = neuron::approach(dt_, p_(name), integrator_);
        if (approach > 1) shortest = name;
        return std::min(approach, 1.0);
    }

    const Parameters& p_;
    double dt_;
    neuron::Integrator integrator_;
};

void add_firing(Dynamics& d, const Parameters& p, const compiler::CompileOptions& options) {
    const bool threshold_unit = p.model.name == "threshold";
    if (!threshold_unit) d.threshold = p("v_threshold");
    d.v_reset         = p("v_reset", 0);
    d.refractory      = static_cast<std::uint32_t>(p("refractory", 0));
    d.reset_subtracts = options.reset == "subtract" && !threshold_unit;
}

}  // namespace

Dynamics legalise_neuron(const ir::Network& network, PopulationId population, std::uint64_t element,
                         const compiler::CompileOptions& options, Diagnostic& why_not) {
    const ir::Population& owner       = network.at(population);
    const ir::ModelDescription* model = ir::find_model(owner.model.name);
    const Parameters p{network, population, element, *model};
    Lowering lowering{p, options};
    Dynamics d;
    if (model->name == "lif" || model->name == "li") {
        d = lowering.leaky();
    } else if (model->name == "if" || model->name == "i") {
        d = lowering.perfect();
    } else if (model->name == "cuba_lif" || model->name == "cuba_li") {
        d = lowering.current_based();
    } else if (model->name == "threshold") {
        d = lowering.threshold_unit();
    } else {
        why_not = {"emulator.model", fmt::format("population '{}': the core has no model '{}'",
                                                 owner.name, owner.model.name)};
        return d;
    }
    d.fires  = model->kind == ir::ModelKind::spiking;
    d.v_init = p("v_init", 0);
    if (d.fires) add_firing(d, p, options);
    if (!lowering.shortest.empty()) {
        why_not = {
            "emulator.decay",
            fmt::format("population '{}', neuron {}: {} = {} s is shorter than dt = {} s",
                        owner.name, element, lowering.shortest, p(lowering.shortest), options.dt),
            {},
            {"take a smaller --dt, or --integrator exact"}};
    }
    if (d.refractory > refractory_limit) {
        why_not = {"emulator.refractory",
                   fmt::format("population '{}', neuron {}: refractory period of {} ticks, limit "
                               "{}",
                               owner.name, element, d.refractory, refractory_limit)};
    }
    return d;
}

}  // namespace spikeloom::backends::emulator
