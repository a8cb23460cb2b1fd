// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/html/raster.hpp"

#include <nlohmann/json.hpp>

namespace spikeloom::runtime {

std::string raster_json(const Raster& raster) {
    using Json = nlohmann::ordered_json;
    Json json{{"ticks", raster.ticks},   {"neurons", raster.neurons},
              {"spikes", raster.spikes}, {"drawn", raster.drawn()},
              {"rows", Json::array()},   {"groups", Json::array()},
              {"rate", raster.rate},     {"rate_ticks", raster.rate_ticks}};
    for (const Raster::Rows& rows : raster.populations)
        json["rows"].push_back({{"name", rows.population}, {"first", rows.first}});
    for (const RasterGroup& group : raster.groups) {
        Json points = Json::array();
        for (std::size_t k = 0; k < group.ticks.size(); ++k) {
            points.push_back(group.ticks[k]);
            points.push_back(group.rows[k]);
        }
        json["groups"].push_back({{"name", group.name}, {"points", std::move(points)}});
    }
    return json.dump();
}

}  // namespace spikeloom::runtime
