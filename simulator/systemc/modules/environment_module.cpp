// SPDX-License-Identifier: Apache-2.0
#include "simulator/systemc/modules/environment_module.hpp"

#include <string>

namespace spikeloom::systemc {

EnvironmentModule::EnvironmentModule(const sc_core::sc_module_name& name, Shared& shared,
                                     std::vector<std::unique_ptr<DeviceModule>>& devices)
    : sc_core::sc_module{name}, shared_{shared}, devices_{devices} {
    SC_HAS_PROCESS(EnvironmentModule);
    SC_THREAD(run);
    set_stack_size(std::size_t{1} << 20U);
}

bool EnvironmentModule::sees(std::uint64_t tick) const {
    for (const EnvironmentPort& port : shared_.platform.environment_outputs)
        if (shared_.done[port.device] <= tick) return false;
    return true;
}

/// Hands the action to the devices as input of `tick`.
bool EnvironmentModule::act(const Result<Action>& action, std::uint64_t tick) {
    if (!action) {
        if (!shared_.failure) {
            shared_.failure = action.error();
            sc_core::sc_stop();
        }
        return false;
    }
    const auto& ports = shared_.platform.environment_inputs;
    for (const auto& [population, stimuli] : *action) {
        bool known = false;
        for (std::size_t p = 0; p < ports.size(); ++p) {
            if (ports[p].port.population != population) continue;
            const bool first = !known;  // a population may have stand-ins on several devices
            known            = true;
            for (const Stimulus& s : stimuli) {
                if (s.neuron >= ports[p].port.size)
                    return act(
                        fault("environment.action", "input for neuron " + std::to_string(s.neuron) +
                                                        " of \"" + population + "\", which has " +
                                                        std::to_string(ports[p].port.size)),
                        tick);
                const NeuronId id{ports[p].first.value + s.neuron};
                devices_[ports[p].device]->stimulate(tick, {Tick{tick}, id, s.value});
                if (first)
                    shared_.outcome.environment_input.push_back(
                        {Tick{tick}, NeuronId{static_cast<std::uint32_t>(p << 24U) | s.neuron},
                         s.value});
            }
        }
        if (!known)
            return act(fault("environment.action", "input for \"" + population +
                                                       "\", which the environment does not drive"),
                       tick);
    }
    shared_.environment_known = tick + 1;
    shared_.advance_made();
    return true;
}

void EnvironmentModule::run() {
    while (shared_.loaded < shared_.platform.devices.size())
        wait(shared_.progress);
    Environment& world = *shared_.platform.environment;
    EnvironmentSetup setup{
        shared_.platform.dt, shared_.platform.ticks, shared_.platform.seed, {}, {}};
    for (const EnvironmentPort& port : shared_.platform.environment_inputs) {
        const bool again =
            !setup.to_network.empty() && setup.to_network.back().population == port.port.population;
        if (!again) setup.to_network.push_back(port.port);
    }
    for (const EnvironmentPort& port : shared_.platform.environment_outputs)
        setup.from_network.push_back(port.port);
    if (!act(world.start(setup), 0)) return;
    for (std::uint64_t tick = 0; tick < shared_.platform.ticks; ++tick) {
        while (!sees(tick) && !shared_.failure)
            wait(shared_.progress);
        if (shared_.failure) return;
        Sight sight = std::move(shared_.sights[tick]);
        sight.tick  = tick;
        shared_.sights.erase(tick);
        if (!act(world.step(sight), tick + 1)) return;
    }
    auto told = world.stop();
    if (told)
        shared_.outcome.environment = std::move(*told);
    else
        shared_.failure = told.error();
}

}  // namespace spikeloom::systemc
