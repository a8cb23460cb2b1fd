// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/legalise.hpp"
#include "compiler/ir/models.hpp"
#include "simulator/neuron/float_models.hpp"
#include "simulator/neuron/loihi.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikeloom::backends::loihi {

namespace {

/// Equations of simulator/neuron/float_models.hpp, brought to the compartment's form.
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
                                                    : neuron::Integrator::euler} {}

    std::string shortest;  ///< name of a time constant below dt, empty when there is none

    [[nodiscard]] double value(std::string_view name) const {
        return ir::parameter(network_, population_, name, element_);
    }
    [[nodiscard]] double value(std::string_view name, double absent) const {
        return model_.find(name) == nullptr ? absent : value(name);
    }

    Dynamics leaky() {
        const double lost = fraction("tau");
        Dynamics d;
        d.keep_v = 1 - lost;
        d.gain   = lost * value("r");
        d.bias   = lost * value("v_leak") + d.gain * value("bias");
        d.i_unit = 0;
        return d;
    }

    Dynamics perfect() {
        Dynamics d;
        d.keep_v = 1;
        d.gain   = dt_ * value("r");
        d.bias   = d.gain * value("bias");
        d.i_unit = 0;
        return d;
    }

    Dynamics memoryless() {
        Dynamics d;
        d.bias      = value("bias");
        d.threshold = value("threshold");
        d.i_unit    = 0;
        return d;
    }

    /// The bias that the network filters like its weights goes to v directly; the current starts as
    /// much below 0, so that v sees the bias come up as the network's does.
    Dynamics current_based() {
        const double lost_i = fraction("tau_syn"), lost_v = fraction("tau_mem");
        const double into_v = lost_v * value("r");
        const double steady = value("w_in") * value("bias") * into_v;
        Dynamics d;
        d.keep_i = 1 - lost_i;
        d.keep_v = 1 - lost_v;
        d.gain   = lost_i * value("w_in") * into_v;
        d.bias   = lost_v * value("v_leak") + steady;
        d.i_init = -steady;
        d.i_unit = steady == 0 && into_v != 0 ? 1 / into_v : 0;
        return d;
    }

private:
    double fraction(const char* name) {
        const double part = neuron::approach(dt_, value(name), integrator_);
        if (part > 1 + 1e-12) shortest = name;
        return std::min(part, 1.0);
    }

    const ir::Network& network_;
    PopulationId population_;
    std::uint64_t element_;
    const ir::ModelDescription& model_;
    double dt_;
    neuron::Integrator integrator_;
};

/// Counts the membrane from v_reset: the silicon resets to 0 only.
void count_from_reset(Dynamics& d, double v_reset) {
    d.bias -= (1 - d.keep_v) * v_reset;
    d.threshold -= v_reset;
    d.v_init -= v_reset;
}

void add_firing(Dynamics& d, const Lowering& p, std::string_view model, bool subtract) {
    if (model != "threshold") d.threshold = p.value("v_threshold");
    d.refractory      = static_cast<std::uint32_t>(p.value("refractory", 0));
    d.reset_subtracts = subtract && model != "threshold";
    if (!d.reset_subtracts) count_from_reset(d, p.value("v_reset", 0));
}

}  // namespace

Dynamics legalise_neuron(const ir::Network& network, PopulationId population, std::uint64_t element,
                         const compiler::CompileOptions& options, Diagnostic& why_not) {
    const ir::Population& owner       = network.at(population);
    const ir::ModelDescription& model = *ir::find_model(owner.model.name);
    Lowering lowering{network, population, element, options};
    Dynamics d;
    const auto refuse = [&](const char* code, std::string what) {
        why_not = {code, fmt::format("population '{}', neuron {}: {}", owner.name, element, what)};
    };
    if (model.name == "lif" || model.name == "li") {
        d = lowering.leaky();
    } else if (model.name == "if" || model.name == "i") {
        d = lowering.perfect();
    } else if (model.name == "cuba_lif" || model.name == "cuba_li") {
        d = lowering.current_based();
    } else if (model.name == "threshold") {
        d = lowering.memoryless();
    } else {
        refuse("loihi.model", fmt::format("the chip has no model '{}'", model.name));
        return d;
    }
    d.fires  = model.kind == ir::ModelKind::spiking;
    d.v_init = lowering.value("v_init", 0);
    if (d.fires) add_firing(d, lowering, model.name, options.reset == "subtract");
    if (!lowering.shortest.empty()) {
        refuse("loihi.decay", fmt::format("{} = {} s is shorter than dt = {} s", lowering.shortest,
                                          lowering.value(lowering.shortest), options.dt));
        why_not.notes.emplace_back("take a smaller --dt, or --integrator exact");
    }
    if (d.fires && d.threshold < 0)
        refuse("loihi.threshold",
               fmt::format("the threshold is {:g} above v_reset, limit 0", d.threshold));
    constexpr std::uint32_t longest = neuron::loihi::refractory_limit - 1;
    if (d.refractory > longest)
        refuse("loihi.refractory",
               fmt::format("refractory period of {} ticks, limit {}", d.refractory, longest));
    const std::uint32_t late = owner.pipeline_offset;
    if (late > longest + 1)
        refuse("loihi.refractory",
               fmt::format("retiming makes it start {} ticks late, limit {}", late, longest + 1));
    if (late > 0 && !d.reset_subtracts && d.v_init != 0)
        refuse("loihi.initial-state",
               fmt::format("it starts {} ticks late, at v_reset; v_init is {:g} above that", late,
                           d.v_init));
    return d;
}

}  // namespace spikeloom::backends::loihi
