// SPDX-License-Identifier: Apache-2.0
/// Any bytes give rows or located diagnostics; rows survive being written and read.
#include "support/spike_file.hpp"

#include <cstdlib>

namespace {

void require(bool condition) {
    if (!condition) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace spikeloom;
    static const std::vector<SpikePopulation> known{{"in", {2, 3, 4}}, {"out", {5}}};
    const std::string_view text{reinterpret_cast<const char*>(data), size};
    for (const std::span<const SpikePopulation> populations :
         {std::span<const SpikePopulation>{known}, std::span<const SpikePopulation>{}}) {
        const auto spikes = parse_spike_csv(text, "f.csv", populations);
        if (!spikes) {
            for (const Diagnostic& fault : spikes.error())
                require(fault.location.where.find(':') != std::string::npos);
            continue;
        }
        const auto again = parse_spike_csv(format_spike_csv(*spikes), "f.csv", populations);
        require(again && *again == *spikes);
    }
    if (const auto events = parse_nmnist(text, "f.bin", known[0], 1e-3))
        for (const SpikeRows::Row& row : events->rows)
            require(row.neuron < 24 && row.value >= 1);
    return 0;
}
