// SPDX-License-Identifier: Apache-2.0
#include "sweep/hash.hpp"

#include "support/atomic_file.hpp"
#include "support/keyed_rng.hpp"

#include <fmt/format.h>

namespace spikeloom::sweep {

void ContentHash::mix(std::string_view bytes) {
    for (const char byte : bytes)
        state_ = (state_ ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
}

ContentHash& ContentHash::add(std::string_view part) {
    mix(fmt::format("{}:", part.size()));
    mix(part);
    return *this;
}

ContentHash& ContentHash::add(std::uint64_t part) {
    return add(fmt::format("{:x}", part));
}

ContentHash& ContentHash::add(const Settings& settings) {
    for (const auto& [name, value] : settings) {
        add(name);
        add(value.text);
    }
    return *this;
}

std::uint64_t ContentHash::value() const {
    return mix64(state_);
}

std::string ContentHash::text() const {
    return fmt::format("{:016x}", value());
}

Result<std::uint64_t> hash_file(const std::filesystem::path& path) {
    const auto bytes = read_file(path);
    if (!bytes) return tl::unexpected(bytes.error());
    return ContentHash{}.add(*bytes).value();
}

}  // namespace spikeloom::sweep
