// SPDX-License-Identifier: Apache-2.0
/// The placers behind place(), one function each. Internal to the room.
#pragma once

#include "compiler/mapping/placement.hpp"

namespace spikeloom::mapping {

/// What every placer gets: traffic both ways added up, and the corner of the mesh to use.
struct PlaceTask {
    CoreTraffic traffic;  ///< symmetric
    Mesh region;          ///< holds all cores, as square as the mesh allows
    const PlacementOptions& options;
};

using Positions = std::vector<Position>;

Positions place_row_major(const PlaceTask& task);
Positions place_hilbert(const PlaceTask& task);
Positions place_spectral(const PlaceTask& task);
/// The cheapest of `turns` turns of the two eigenvectors: where their eigenvalues are close, as on
/// a square sheet, any turn of them is as smooth, but not as good in Manhattan distances.
Positions place_spectral_turned(const PlaceTask& task, std::uint32_t turns);
Positions place_annealing(const PlaceTask& task);
Positions place_fields(const PlaceTask& task);

/// Traffic both ways added up.
CoreTraffic symmetric(const CoreTraffic& traffic);

}  // namespace spikeloom::mapping
