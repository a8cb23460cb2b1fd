// SPDX-License-Identifier: Apache-2.0
/// The portfolio of packings under union limits.
#include "compiler/mapping/packing.hpp"
#include "compiler/mapping/parallel.hpp"
#include "support/keyed_rng.hpp"

#include <algorithm>
#include <vector>

namespace spikeloom::mapping {
namespace {

/// One packing for each way of growing, the noisy ones several times.
std::vector<PackOptions> variants(const RepackOptions& options) {
    std::vector<PackOptions> list;
    const auto tries = static_cast<std::uint32_t>(std::clamp(options.effort, 1.0, 50.0));
    for (const bool near : {true, false})
        for (const double share : {1.0, 0.875, 0.75}) {
            list.push_back({options.seed, share, 0.0, near});
            for (std::uint32_t t = 0; t < tries; ++t)
                list.push_back({keyed_bits(options.seed, Stream::mapping, t, 9), share, 3.0, near});
        }
    return list;
}

}  // namespace

Filled pack(const Hypergraph& graph, const PartLimits& limits, const RepackOptions& options) {
    const std::vector<PackOptions> list = variants(options);
    std::vector<Filled> packed(list.size());
    run_jobs(list.size(), options.threads, [&](std::size_t i, std::uint32_t) {
        packed[i] = pack_by_axons(graph, limits, list[i]);
    });
    std::size_t best       = 0;
    std::int64_t best_cost = connectivity(graph, packed[0].part);
    for (std::size_t i = 1; i < packed.size(); ++i) {
        if (packed[i].count > packed[best].count) continue;
        const std::int64_t cost = connectivity(graph, packed[i].part);
        if (packed[i].count == packed[best].count && cost >= best_cost) continue;
        best      = i;
        best_cost = cost;
    }
    return repack(graph, limits, options, std::move(packed[best]));
}

}  // namespace spikeloom::mapping
