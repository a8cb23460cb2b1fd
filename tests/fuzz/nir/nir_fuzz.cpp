// SPDX-License-Identifier: Apache-2.0
/// Any bytes as a NIR file: a network, or faults, but never a crash; what can be read can be
/// written, and is the same when it is read again.
#include "compiler/frontend/nir/nir.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace spikeloom;

void require(bool truth) {
    if (!truth) std::abort();
}

}  // namespace

/// HDF5 believes sizes that a damaged file names; malloc refuses them, as without the sanitizer.
/// What HDF5 does not free on its error paths is not ours.
extern "C" const char* __asan_default_options();
extern "C" const char* __asan_default_options() {
    return "allocator_may_return_null=1:max_allocation_size_mb=1024:detect_leaks=0:"
           "quarantine_size_mb=8";
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    frontend::NirOptions options;
    options.dt                 = 1e-3;
    options.limits.array_bytes = 1U << 24;
    options.limits.objects     = 1000;
    const auto graph           = frontend::nir::parse_raw(bytes, "fuzz.nir", options.limits);
    if (!graph) {
        require(!graph.error().empty());
        return 0;
    }
    const auto network = frontend::network_from(*graph, options);
    if (network) require(ir::check(*network).has_value());

    const auto written = frontend::nir::format_raw(*graph);
    if (!written) return 0;  // names that HDF5 reads but does not write
    const auto again = frontend::nir::parse_raw(*written, "again.nir");
    require(again && again->root == graph->root && again->rest == graph->rest);
    return 0;
}
