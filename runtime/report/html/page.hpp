// SPDX-License-Identifier: Apache-2.0
/// One HTML file that shows reports, with everything that it needs inside (docs/report.md).
#pragma once

#include "support/result.hpp"

#include <string>
#include <vector>

namespace spikeloom::runtime {

/// One report with what is to be shown beside it; all texts are JSON documents.
struct PageEntry {
    std::string name;
    std::string report;      ///< by schemas/report.schema.json
    std::string raster;      ///< of raster_json(); empty: no spikes
    std::string comparison;  ///< of to_json(TrainComparison); empty: no reference
};

/// The page. Same entries, same bytes.
/// - "report.no-plots": the program was built without the plotting library
Result<std::string> html_page(const std::vector<PageEntry>& entries);

}  // namespace spikeloom::runtime
