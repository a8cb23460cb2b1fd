// SPDX-License-Identifier: Apache-2.0
#include "backends/spinnaker/machine.hpp"

#include <algorithm>
#include <cstdlib>

namespace spikeloom::backends::spinnaker {

Machine::Machine(std::uint32_t width, std::uint32_t height, bool wrap)
    : width_{width},
      height_{height},
      wrap_{wrap},
      alive_(std::size_t{width} * height, true),
      dead_links_(std::size_t{width} * height, 0) {}

void Machine::kill_chip(std::uint32_t chip) {
    alive_[chip] = false;
}

void Machine::kill_link(std::uint32_t chip, std::uint32_t link) {
    dead_links_[chip] |= static_cast<std::uint8_t>(1U << link);
    if (const auto other = beside(chip, link))
        dead_links_[*other] |= static_cast<std::uint8_t>(1U << opposite_link(link));
}

std::optional<std::uint32_t> Machine::beside(std::uint32_t chip, std::uint32_t link) const {
    const auto w = static_cast<std::int32_t>(width_), h = static_cast<std::int32_t>(height_);
    std::int32_t x = static_cast<std::int32_t>(chip % width_) + link_steps[link].x;
    std::int32_t y = static_cast<std::int32_t>(chip / width_) + link_steps[link].y;
    if (wrap_) {
        x = (x + w) % w;
        y = (y + h) % h;
    }
    if (x < 0 || y < 0 || x >= w || y >= h) return std::nullopt;
    return static_cast<std::uint32_t>(y * w + x);
}

std::optional<std::uint32_t> Machine::neighbour(std::uint32_t chip, std::uint32_t link) const {
    if ((dead_links_[chip] >> link & 1U) != 0) return std::nullopt;
    const auto other = beside(chip, link);
    return other && alive_[*other] ? other : std::nullopt;
}

std::uint32_t Machine::distance(std::uint32_t from, std::uint32_t to) const {
    const auto signed_of   = [](std::uint32_t v) { return static_cast<std::int32_t>(v); };
    const std::int32_t dx  = signed_of(to % width_) - signed_of(from % width_);
    const std::int32_t dy  = signed_of(to / width_) - signed_of(from / width_);
    const auto straight_to = [](std::int32_t x, std::int32_t y) {
        return (x < 0) == (y < 0) ? std::max(std::abs(x), std::abs(y)) : std::abs(x) + std::abs(y);
    };
    std::int32_t best = straight_to(dx, dy);
    if (wrap_) {
        for (const std::int32_t x : {dx - signed_of(width_), dx, dx + signed_of(width_)})
            for (const std::int32_t y : {dy - signed_of(height_), dy, dy + signed_of(height_)})
                best = std::min(best, straight_to(x, y));
    }
    return static_cast<std::uint32_t>(best);
}

}  // namespace spikeloom::backends::spinnaker
