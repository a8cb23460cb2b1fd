// SPDX-License-Identifier: Apache-2.0
#include "sweep/retarget.hpp"

#include "hw/image/image.hpp"
#include "hw/spec/chip_spec.hpp"

#include <string_view>

namespace spikeloom::sweep {

Settings take_prices(Settings& chip_sets) {
    Settings prices;
    for (auto at = chip_sets.begin(); at != chip_sets.end();) {
        if (!at->first.starts_with("energy.")) {
            ++at;
            continue;
        }
        prices.insert(*at);
        at = chip_sets.erase(at);
    }
    return prices;
}

Result<void> retarget(const std::filesystem::path& image_file, const Settings& prices,
                      const std::filesystem::path& output) {
    constexpr std::string_view prefix = "set ";
    auto image                        = hw::read_image(image_file);
    if (!image) return tl::unexpected(image.error());
    for (const auto& [name, value] : prices)
        image->options[std::string{prefix} + name] = value.text;
    hw::Overrides overrides;
    for (const auto& [name, value] : image->options)
        if (name.starts_with(prefix)) overrides[name.substr(prefix.size())] = value;
    const auto chip = hw::load_chip(image->options["chip"], overrides);
    if (!chip) return tl::unexpected(chip.error());
    image->chip_hash = chip->hash;
    return hw::write_image(*image, output);
}

}  // namespace spikeloom::sweep
