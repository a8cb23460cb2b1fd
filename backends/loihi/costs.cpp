// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/costs.hpp"

#include "backends/loihi/limits.hpp"
#include "hw/spec/noc_spec.hpp"

#include <cmath>

namespace spikeloom::backends::loihi {

namespace {

/// Nanoseconds of the file as picoseconds; 0 where it does not say.
std::int64_t picoseconds(const hw::ChipSpec& chip, const char* name) {
    const auto found = chip.timing.find(name);
    return found == chip.timing.end() ? 0 : std::llround(found->second.value * 1000);
}

std::uint32_t narrow(std::int64_t ps) {
    return static_cast<std::uint32_t>(ps);
}

}  // namespace

Costs costs_of(const hw::ChipSpec& chip) {
    const auto ps = [&](const char* name) { return picoseconds(chip, name); };
    Costs c;
    c.learning_ps      = ps("learning_update");
    const auto noc     = hw::noc_spec(chip);
    const auto message = chip.topology.figures.find("message_width");
    if (noc && message != chip.topology.figures.end())
        c.flits = noc->flits(static_cast<std::uint32_t>(message->second.value));
    if (cost_table(chip) != "loihi-sanafe") {
        c.inactive_ps = ps("neuron_update_inactive");
        c.active_ps   = ps("neuron_update_active");
        c.synapse_ps.fill(narrow(ps("synaptic_operation")));
        return c;
    }
    c.inactive_ps    = ps("sanafe_soma_access");
    c.active_ps      = c.inactive_ps + ps("sanafe_soma_update");
    c.spike_ps       = ps("sanafe_spike_out");
    c.axon_out_ps    = narrow(ps("sanafe_axon_out"));
    c.axon_in_ps     = narrow(ps("sanafe_axon_in"));
    c.synapse_ps     = {narrow(ps("sanafe_synapse_dense")), narrow(ps("sanafe_synapse_sparse")),
                        narrow(ps("sanafe_synapse_conv"))};
    c.barrier_prefix = "sanafe_";
    c.counts_kinds   = true;
    return c;
}

}  // namespace spikeloom::backends::loihi
