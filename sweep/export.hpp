// SPDX-License-Identifier: Apache-2.0
/// What a sweep leaves for people: a table and a page.
#pragma once

#include "sweep/evaluate.hpp"
#include "sweep/store.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace spikeloom::sweep {

/// `folder`/results.csv (RFC 4180): one line a point with settings, status, objectives and
/// provenance. Errors: "file.write", "sweep.store".
Result<void> write_csv(const Spec& spec, Store& store, const std::filesystem::path& file);

/// Most points that the page draws: those of the front, then the first ones.
inline constexpr std::size_t most_page_points = 5000;

/// `folder`/index.html, which needs nothing but itself: Pareto front, parallel coordinates,
/// sensitivities, table; and report.html in the folder of each point on it.
/// Errors: "file.write", "sweep.store".
Result<void> write_page(const Spec& spec, Store& store, const Workplace& place);

/// Points by status, those with none left out.
Result<std::map<std::string, std::uint64_t>> status_counts(Store& store);

}  // namespace spikeloom::sweep
