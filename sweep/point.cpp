// SPDX-License-Identifier: Apache-2.0
#include "sweep/point.hpp"

#include "sweep/hash.hpp"

#include <array>

namespace spikeloom::sweep {
namespace {

constexpr std::array<std::string_view, 8> names{"ok",      "skipped", "refused", "failed",
                                                "crashed", "timeout", "memory",  "incomplete"};

}  // namespace

std::uint64_t Point::key() const {
    return ContentHash{}.add(settings).add(seed).value();
}

std::string_view to_string(Status status) {
    return names[static_cast<std::size_t>(status)];
}

Status status_of(std::string_view name) {
    for (std::size_t k = 0; k < names.size(); ++k)
        if (names[k] == name) return static_cast<Status>(k);
    return Status::failed;
}

}  // namespace spikeloom::sweep
