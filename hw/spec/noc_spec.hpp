// SPDX-License-Identifier: Apache-2.0
/// NocSpec: the network-on-chip of a chip file as plain integers, for timing models and checks.
#pragma once

#include "hw/spec/chip_spec.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <string_view>

namespace spikeloom::hw {

/// Which way a message takes. Dimension order: all hops of one dimension before the other's.
enum class Routing {
    xy,     ///< east-west first
    yx,     ///< north-south first
    o1turn  ///< xy on physical networks 0, 2, ..., yx on 1, 3, ... (Seo et al. 2005); with a single
            ///< network both orders share it, which deadlocks and which check_deadlock() refuses
};

/// When a packet may enter the next buffer.
enum class Switching {
    wormhole,            ///< as soon as there is room for one flit
    virtual_cut_through  ///< only when there is room for the whole packet
};

/// Routers in a mesh (or torus) of `columns` x `rows`, `cores_per_router` cores at each, copied
/// `networks` times. Core number = (y * columns + x) * cores_per_router + place at the router; x
/// grows to the east, y to the north.
struct NocSpec {
    std::uint32_t columns          = 1;
    std::uint32_t rows             = 1;
    std::uint32_t cores_per_router = 1;  ///< 1..12
    std::uint32_t networks         = 1;  ///< message k of a core travels on network k mod networks
    bool wrap                      = false;  ///< torus: the rims are joined
    Routing routing                = Routing::xy;
    Switching switching            = Switching::virtual_cut_through;
    std::uint32_t link_width       = 32;  ///< bits of a flit
    std::uint32_t link_buffer      = 8;   ///< flits in each input buffer of a router
    std::uint32_t core_buffer      = 8;   ///< flits that wait in front of a core's axon-in
    std::uint32_t send_queue       = 1;   ///< messages that a core's network interface holds, >= 1
    std::uint32_t chip_columns     = 0;   ///< routers a chip is wide; 0: all are on one chip
    std::uint32_t chip_rows        = 0;

    // Times in picoseconds. All but `cycle_ps` are rounded to whole cycles, at least one.
    std::int64_t cycle_ps     = 1000;  ///< period of the modelled network clock
    std::int64_t flit_ps      = 1000;  ///< a link passes one flit in this time
    std::int64_t hop_x_ps     = 1000;  ///< head of a packet, from one buffer to the next
    std::int64_t hop_y_ps     = 1000;
    std::int64_t inject_ps    = 1000;  ///< from the core's network interface into the router
    std::int64_t eject_ps     = 1000;  ///< from the router to the core
    std::int64_t credit_ps    = 1000;  ///< from a freed place until the sender knows of it
    std::int64_t chip_hop_ps  = 0;     ///< crossing to the next chip; 0: as any other hop
    std::int64_t chip_flit_ps = 0;     ///< a link between chips passes one flit in this time

    [[nodiscard]] std::uint32_t routers() const { return columns * rows; }
    [[nodiscard]] std::uint32_t cores() const { return routers() * cores_per_router; }
    /// Flits of a message of `bits`; at least one.
    [[nodiscard]] std::uint32_t flits(std::uint32_t bits) const {
        return bits <= link_width ? 1 : (bits + link_width - 1) / link_width;
    }
};

/// The network of a chip. Figures read (docs/chip-models.md has the table with units and what
/// holds when one is absent): topology `columns`, `rows`, `cores_per_router`, `networks`, `wrap`,
/// `routing`, `switching`, `link_width`, `link_buffer`, `core_buffer`, `send_queue`; timing
/// `noc_cycle`, `link_flit`, `hop_east_west`, `hop_north_south`, `spike_within_tile`,
/// `credit_return`, `chip_hop`, `chip_flit`.
/// Errors: "chip.noc" (a figure out of its range, says which), "chip.unit" (a unit that does not
/// belong), and those of check_deadlock().
Result<NocSpec> noc_spec(const ChipSpec& chip);

/// Barrier time [ps] over `tiles` occupied routers: linear between the figures
/// `<prefix>barrier_<n>_tiles` (or `_tile`) of the chip's timing, constant beyond the outermost; 0
/// when the chip has none.
std::int64_t barrier_ps(const ChipSpec& chip, std::string_view prefix, std::uint32_t tiles);

}  // namespace spikeloom::hw
