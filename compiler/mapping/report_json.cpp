// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/report.hpp"

#include <nlohmann/json.hpp>

namespace spikeloom::mapping {

std::string to_json(const MappingReport& report) {
    using Json     = nlohmann::ordered_json;
    Json resources = Json::array();
    for (const ResourceUse& resource : report.resources) {
        Json entry{{"resource", resource.name}, {"used", resource.used}};
        if (resource.limit) entry["limit"] = *resource.limit;
        entry["mean"] = resource.mean();
        entry["most"] = resource.most();
        resources.push_back(std::move(entry));
    }
    Json passes = Json::array();
    for (const PassCost& pass : report.passes)
        passes.push_back(
            {{"pass", pass.pass}, {"seconds", pass.seconds}, {"peak_bytes", pass.peak_bytes}});
    const Json document{{"network", report.network},
                        {"partitioner", report.partitioner},
                        {"placer", report.placer},
                        {"seed", report.seed},
                        {"neurons", report.neurons},
                        {"synapses", report.synapses},
                        {"cores", report.cores},
                        {"mesh", {{"columns", report.mesh.width}, {"rows", report.mesh.height}}},
                        {"binding", report.binding},
                        {"connectivity", report.connectivity},
                        {"cut", report.cut},
                        {"spike_hops", report.spike_hops},
                        {"multicast_hops", report.multicast_hops},
                        {"resources", std::move(resources)},
                        {"passes", std::move(passes)}};
    return document.dump(2, ' ', false, Json::error_handler_t::replace);
}

}  // namespace spikeloom::mapping
