// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/compare.hpp"

#include <nlohmann/json.hpp>

namespace spikeloom::runtime {
namespace {

using Json = nlohmann::ordered_json;

Json difference_json(const TrainDifference& d) {
    return {{"reference", d.reference},
            {"other", d.other},
            {"matched", d.matched},
            {"missed", d.missed},
            {"added", d.added},
            {"intervals", d.intervals},
            {"mean_interval_distortion", d.mean_interval_distortion},
            {"max_interval_distortion", d.max_interval_distortion},
            {"mean_delay", d.mean_delay},
            {"unit", "tick"},
            {"basis", "measured"}};
}

}  // namespace

std::string to_json(const TrainComparison& comparison) {
    Json json{{"identical", comparison.total.identical()},
              {"total", difference_json(comparison.total)}};
    json["populations"] = Json::object();
    for (const auto& [name, difference] : comparison.populations)
        json["populations"][name] = difference_json(difference);
    if (comparison.first) {
        json["first_difference"] = {{"tick", comparison.first->tick},
                                    {"population", comparison.first->key.population},
                                    {"neuron", comparison.first->key.neuron},
                                    {"only_in", comparison.first->missed ? "A" : "B"}};
    }
    return json.dump(2) + "\n";
}

}  // namespace spikeloom::runtime
