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
            {"max_delay", d.max_delay},
            {"disorder", d.disorder},
            {"rate_error", d.rate_error()},
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
    json["neurons"] = Json::array();
    for (const auto& [key, difference] : comparison.neurons) {
        if (difference.identical()) continue;
        Json neuron{{"population", key.population}, {"neuron", key.neuron}};
        neuron.update(difference_json(difference));
        json["neurons"].push_back(std::move(neuron));
    }
    if (comparison.first) {
        json["first_difference"] = {{"tick", comparison.first->tick},
                                    {"population", comparison.first->key.population},
                                    {"neuron", comparison.first->key.neuron},
                                    {"only_in", comparison.first->missed ? "A" : "B"}};
    }
    return json.dump(2) + "\n";
}

}  // namespace spikeloom::runtime
