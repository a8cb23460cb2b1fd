// SPDX-License-Identifier: Apache-2.0
#include "backends/spinnaker/legalise.hpp"
#include "compiler/ir/models.hpp"
#include "simulator/neuron/float_models.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace spikeloom::backends::spinnaker {

namespace {

/// Reads one neuron's parameters and notices time constants that dt does not resolve.
struct Reader {
    const ir::Network& network;
    PopulationId population;
    std::uint64_t element;
    const ir::ModelDescription& model;
    double dt;
    neuron::Integrator integrator;
    std::string shortest{};  ///< name of a time constant below dt

    [[nodiscard]] double operator()(std::string_view name, double absent = 0) const {
        if (model.find(name) == nullptr) return absent;
        return ir::parameter(network, population, name, element);
    }
    double fraction(const char* name) {
        const double part = neuron::approach(dt, (*this)(name), integrator);
        if (part > 1 + 1e-12) shortest = name;
        return std::min(part, 1.0);
    }
};

Dynamics leaky(Reader& read) {
    const double lost = read.fraction("tau");
    Dynamics d;
    d.keep_v = 1 - lost;
    d.gain   = lost * read("r");
    d.bias   = lost * read("v_leak") + d.gain * read("bias");
    return d;
}

Dynamics perfect(Reader& read) {
    Dynamics d;
    d.keep_v = 1;
    d.gain   = read.dt * read("r");
    d.bias   = d.gain * read("bias");
    return d;
}

/// The bias that the network filters like its weights goes to v directly; the current starts as
/// much below 0, so that v sees the bias come up as the network's does.
Dynamics current_based(Reader& read) {
    const double lost_i = read.fraction("tau_syn"), lost_v = read.fraction("tau_mem");
    const double into_v = lost_v * read("r");
    const double steady = read("w_in") * read("bias") * into_v;
    Dynamics d;
    d.keep_i = 1 - lost_i;
    d.keep_v = 1 - lost_v;
    d.gain   = lost_i * read("w_in") * into_v;
    d.bias   = lost_v * read("v_leak") + steady;
    d.i_init = -steady;
    d.i_unit = steady == 0 && into_v != 0 ? 1 / into_v : 0;
    return d;
}

}  // namespace

Dynamics legalise_neuron(const ir::Network& network, PopulationId population, std::uint64_t element,
                         const compiler::CompileOptions& options, Diagnostic& why_not) {
    const ir::Population& owner       = network.at(population);
    const ir::ModelDescription& model = *ir::find_model(owner.model.name);
    Reader read{
        network,
        population,
        element,
        model,
        options.dt,
        options.integrator == "exact" ? neuron::Integrator::exact : neuron::Integrator::euler};
    Dynamics d;
    const auto refuse = [&](const char* code, const std::string& what) {
        why_not = {code, fmt::format("population '{}', neuron {}: {}", owner.name, element, what)};
    };
    if (model.name == "lif" || model.name == "li") {
        d = leaky(read);
    } else if (model.name == "if" || model.name == "i") {
        d = perfect(read);
    } else if (model.name == "cuba_lif" || model.name == "cuba_li") {
        d = current_based(read);
    } else if (model.name == "threshold") {
        d.bias = read("bias");
    } else {
        refuse("spinnaker.model", fmt::format("the cores have no model '{}'", model.name));
        return d;
    }
    const bool stateless = model.name == "threshold";
    d.fires              = model.kind == ir::ModelKind::spiking;
    d.threshold          = read(stateless ? "threshold" : "v_threshold");
    d.v_reset            = read("v_reset");
    d.v_init             = read("v_init");
    d.refractory         = static_cast<std::uint32_t>(read("refractory"));
    d.subtracts          = d.fires && !stateless && options.reset == "subtract";
    if (!read.shortest.empty()) {
        refuse("spinnaker.decay", fmt::format("{} = {} s is shorter than dt = {} s", read.shortest,
                                              read(read.shortest), options.dt));
        why_not.notes.emplace_back("take a smaller --dt, or --integrator exact");
    }
    return d;
}

}  // namespace spikeloom::backends::spinnaker
