// SPDX-License-Identifier: Apache-2.0
/// Machine: a torus of SpiNNaker chips joined in triangles, with the chips and links that are dead.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace spikeloom::backends::spinnaker {

/// Links leave a chip in six directions; 0 E (1, 0), 1 NE (1, 1), 2 N (0, 1), 3 W, 4 SW, 5 S.
inline constexpr std::uint32_t link_count = 6;

struct LinkStep {
    std::int32_t x, y;
};
inline constexpr std::array<LinkStep, link_count> link_steps{
    {{1, 0}, {1, 1}, {0, 1}, {-1, 0}, {-1, -1}, {0, -1}}};

constexpr std::uint32_t opposite_link(std::uint32_t link) {
    return (link + 3) % link_count;
}

/// Chips are numbered y * width + x.
class Machine {
public:
    /// `wrap`: the rims are joined, as on boards of 48 chips and what is built of them.
    Machine(std::uint32_t width, std::uint32_t height, bool wrap);

    void kill_chip(std::uint32_t chip);
    /// Both ways: a dead link carries nothing in either direction.
    void kill_link(std::uint32_t chip, std::uint32_t link);

    [[nodiscard]] std::uint32_t width() const { return width_; }
    [[nodiscard]] std::uint32_t height() const { return height_; }
    [[nodiscard]] std::uint32_t chips() const { return width_ * height_; }
    [[nodiscard]] bool wraps() const { return wrap_; }
    /// A bit for each link.
    [[nodiscard]] std::uint8_t dead_links(std::uint32_t chip) const { return dead_links_[chip]; }
    [[nodiscard]] bool alive(std::uint32_t chip) const { return alive_[chip]; }
    /// The chip at the other end, or nothing where the link is dead, leads off the rim or to a dead
    /// chip.
    [[nodiscard]] std::optional<std::uint32_t> neighbour(std::uint32_t chip,
                                                         std::uint32_t link) const;
    /// Hops between two chips when nothing is dead.
    [[nodiscard]] std::uint32_t distance(std::uint32_t from, std::uint32_t to) const;

private:
    [[nodiscard]] std::optional<std::uint32_t> beside(std::uint32_t chip, std::uint32_t link) const;

    std::uint32_t width_, height_;
    bool wrap_;
    std::vector<bool> alive_;
    std::vector<std::uint8_t> dead_links_;  ///< a bit for each link of each chip
};

}  // namespace spikeloom::backends::spinnaker
