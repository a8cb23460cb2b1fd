// SPDX-License-Identifier: Apache-2.0
#include "tests/cosim/lockstep.hpp"

#include <nlohmann/json.hpp>

#include <fstream>

namespace spikeloom::cosim {

CoreShape shape_of(const char* name) {
    std::ifstream file(SPIKELOOM_RTL_CONFIGS);
    const nlohmann::json c = nlohmann::json::parse(file).at(name);
    return {.neurons            = c.at("Neurons"),
            .sources            = c.at("Sources"),
            .synapse_words      = c.at("SynapseWords"),
            .sparse             = c.at("SparseRows") != 0,
            .column_entries     = c.at("ColumnEntries"),
            .sets               = c.at("ParameterSets"),
            .bias_width         = c.at("BiasWidth"),
            .configuration_hash = c.at("ConfigurationHash"),
            .widths             = {.membrane        = c.at("MembraneWidth"),
                                   .current         = c.at("CurrentWidth"),
                                   .accumulator     = c.at("AccumulatorWidth"),
                                   .weight_fraction = c.at("WeightFraction"),
                                   .trace           = c.at("TraceWidth")}};
}

}  // namespace spikeloom::cosim
