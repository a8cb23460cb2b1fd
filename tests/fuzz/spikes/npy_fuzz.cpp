// SPDX-License-Identifier: Apache-2.0
/// Any bytes give an array or a diagnostic; an array survives being written and read.
#include "support/npy.hpp"

#include <cmath>
#include <cstdlib>

namespace {

constexpr std::uint64_t most_elements = 1'000'000;

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace spikeloom;
    const std::string_view bytes{reinterpret_cast<const char*>(data), size};
    const auto array = parse_npy(bytes, "f.npy", most_elements);
    if (!array) {
        require(array.error().location.file == "f.npy" && array.error().code.starts_with("npy."));
        return 0;
    }
    const auto written = format_npy(*array);
    require(written.has_value());
    const auto again = parse_npy(*written, "f.npy", most_elements);
    require(again && again->type == array->type && again->shape == array->shape);
    for (std::size_t i = 0; i < array->values.size(); ++i)
        require(again->values[i] == array->values[i] ||
                (std::isnan(again->values[i]) && std::isnan(array->values[i])));
    return 0;
}
