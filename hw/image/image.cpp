// SPDX-License-Identifier: Apache-2.0
#include "hw/image/image.hpp"

#include "support/atomic_file.hpp"

#include <algorithm>

namespace spikeloom::hw {

std::uint32_t PopulationSymbol::size() const {
    std::uint32_t product = 1;
    for (const std::uint32_t extent : shape)
        product *= extent;
    return product;
}

const Section* HardwareImage::find(CoreId core, std::string_view section) const {
    const auto tables = std::find_if(cores.begin(), cores.end(),
                                     [&](const CoreTables& c) { return c.core == core; });
    if (tables == cores.end()) return nullptr;
    const auto found = std::find_if(tables->sections.begin(), tables->sections.end(),
                                    [&](const Section& s) { return s.name == section; });
    return found == tables->sections.end() ? nullptr : &*found;
}

Result<void> write_image(const HardwareImage& image, const std::filesystem::path& path) {
    return write_file(path, encode(image));
}

Result<HardwareImage> read_image(const std::filesystem::path& path) {
    auto bytes = read_file(path);
    if (!bytes) return tl::unexpected{bytes.error()};
    return decode(*bytes, path.string());
}

}  // namespace spikeloom::hw
