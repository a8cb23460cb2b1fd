// SPDX-License-Identifier: Apache-2.0
/// Any bytes give a network or located diagnostics; a network survives being written and read.
#include "compiler/frontend/json.hpp"
#include "compiler/ir/expand.hpp"
#include "compiler/ir/hash.hpp"
#include "compiler/ir/print.hpp"

#include <cstdlib>

namespace {

using namespace spikeloom;

constexpr std::uint64_t most_synapses = 10'000;

void require(bool condition) {
    if (!condition) std::abort();
}

void expand(const ir::Network& network, ProjectionId id) {
    const ir::Projection& projection = network.projections[id.value];
    const std::uint64_t pre_size     = network.at(projection.pre).size();
    const std::uint64_t post_size    = network.at(projection.post).size();
    if (pre_size > most_synapses || post_size > most_synapses ||
        ir::synapse_count_estimate(network, id) > most_synapses)
        return;
    ir::for_each_row(network, id, 0, static_cast<std::uint32_t>(pre_size),
                     [&](std::uint32_t pre, std::span<const ir::Synapse> row) {
                         for (const ir::Synapse& synapse : row)
                             require(synapse.pre == pre && synapse.post < post_size &&
                                     synapse.delay >= 1 && synapse.delay <= ir::max_delay);
                     });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    const auto network = frontend::parse_json(text, "f.json", "/nonexistent");
    if (!network) {
        require(!network.error().empty());
        for (const Diagnostic& fault : network.error())
            require(!fault.code.empty() && fault.location.file == "f.json");
        return 0;
    }
    for (std::uint32_t i = 0; i < network->projections.size(); ++i)
        expand(*network, {i});
    const auto again =
        frontend::parse_json(frontend::format_json(*network), "f.json", "/nonexistent");
    require(again && ir::hash(*again) == ir::hash(*network));
    require(ir::print(*again) == ir::print(*network));
    return 0;
}
