// SPDX-License-Identifier: Apache-2.0
/// Work of a network of the shape of the published DVS-gesture one, with random spikes.
#pragma once

#include "hw/spec/chip_spec.hpp"
#include "simulator/chip/tick_timer.hpp"

#include <cstdint>

namespace spikeloom::chip {

/// The chip "loihi" with the costs of Boyle et al. 2025 (figures `sanafe_*`) and the barrier of 13
/// tiles; `overrides` as of hw::load_chip(). Ends the program on a fault: benchmarks and tests
/// only.
ChipTiming loihi_timing(const hw::Overrides& overrides = {});

/// Makes ticks of a feed-forward network of 18,678 neurons on 49 cores of 13 tiles: 32 x 32 inputs,
/// convolutions of 3 x 3 to 15 x 15 x 16 (stride 2), 13 x 13 x 32, 11 x 11 x 64 and 9 x 9 x 11,
/// then 11 dense outputs; neurons by channel, row, column, so many a core as published (Boyle et
/// al. 2025, snn/dvs.yaml). Spikes are drawn evenly, per layer and tick in the published total of
/// 38,081 in 128 ticks, more in some ticks than in others.
class DvsWork {
public:
    explicit DvsWork(std::uint64_t seed) : seed_{seed} {}

    /// Writes tick `tick`; returns its synaptic events.
    std::uint64_t fill(std::uint64_t tick, TickWork& work) const;

    static constexpr std::uint32_t neurons = 18'678;
    static constexpr std::uint32_t cores   = 128;

private:
    std::uint64_t seed_;
};

}  // namespace spikeloom::chip
