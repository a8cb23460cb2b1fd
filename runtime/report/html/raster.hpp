// SPDX-License-Identifier: Apache-2.0
/// Spikes as points to draw, thinned out where there are too many to see.
#pragma once

#include "runtime/report/compare.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::runtime {

/// Points of one colour.
struct RasterGroup {
    std::string name;
    std::vector<std::uint64_t> ticks;
    std::vector<std::uint64_t> rows;  ///< one for each tick
};

/// Rows count neurons through the populations in order of their names.
struct Raster {
    struct Rows {
        std::string population;
        std::uint64_t first;
    };
    std::vector<Rows> populations;
    std::uint64_t neurons = 0;
    std::uint64_t ticks   = 0;  ///< one more than the last that has a spike, or what was asked for
    std::uint64_t spikes  = 0;  ///< all of them; the points are a sample where they are more
    std::vector<RasterGroup> groups;
    std::uint64_t rate_ticks = 1;     ///< ticks that one count of `rate` covers
    std::vector<std::uint64_t> rate;  ///< all spikes, whatever is drawn

    [[nodiscard]] std::uint64_t drawn() const;
};

struct RasterOptions {
    std::uint64_t ticks = 0;        ///< 0: up to the last spike
    std::size_t most    = 100'000;  ///< points drawn at most, about; chosen by a keyed hash
};

/// One group a population.
Raster make_raster(const Trains& trains, const RasterOptions& options);

/// Groups "matched", "missed" and "added" of two recordings of the same neurons.
Raster make_raster(const Trains& reference, const Trains& other, const RasterOptions& options);

/// One JSON document; points as tick, row, tick, row, ...
std::string raster_json(const Raster& raster);

}  // namespace spikeloom::runtime
