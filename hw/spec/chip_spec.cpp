// SPDX-License-Identifier: Apache-2.0
#include "hw/spec/chip_spec.hpp"

#include <algorithm>
#include <cmath>

namespace spikeloom::hw {

namespace {

const Figure* lookup(const Figures& figures, std::string_view name) {
    const auto found = figures.find(std::string{name});
    return found == figures.end() ? nullptr : &found->second;
}

}  // namespace

std::optional<Energy> EnergyTable::per_event(std::string_view counter) const {
    const Figure* figure = lookup(events, counter);
    if (figure == nullptr) return std::nullopt;
    return Energy{std::llround(figure->value * 1000.0)};
}

double EnergyTable::static_watts() const {
    double sum = 0;
    for (const auto& [component, figure] : static_power)
        sum += figure.value;
    return sum;
}

std::uint64_t ChipSpec::capacity(std::string_view capacity_name) const {
    const Figure* figure = lookup(capacities, capacity_name);
    return figure == nullptr ? 0 : static_cast<std::uint64_t>(std::llround(figure->value));
}

std::int64_t ChipSpec::width(std::string_view figure_name, std::int64_t absent) const {
    const Figure* figure = lookup(arithmetic, figure_name);
    return figure == nullptr ? absent : std::llround(figure->value);
}

std::uint64_t ChipSpec::cores() const {
    std::uint64_t product = 1;
    for (const char* factor : {"columns", "rows", "cores_per_router"}) {
        const Figure* figure = lookup(topology.figures, factor);
        if (figure != nullptr) product *= static_cast<std::uint64_t>(std::llround(figure->value));
    }
    return product;
}

const EnergyTable* ChipSpec::energy_table(std::string_view table) const {
    if (table.empty()) return energy.empty() ? nullptr : &energy.front();
    const auto found = std::find_if(energy.begin(), energy.end(),
                                    [&](const EnergyTable& t) { return t.name == table; });
    return found == energy.end() ? nullptr : &*found;
}

}  // namespace spikeloom::hw
