// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/limits.hpp"

#include <fmt/format.h>

#include <bit>

namespace spikeloom::backends::emulator {

namespace {

/// Reads figures; the first that is missing or out of range stays in `error`.
class Figures {
public:
    explicit Figures(const hw::ChipSpec& chip) : chip_{chip} {}
    Result<void> error;

    std::uint32_t capacity(const char* name, std::uint64_t minimum, std::uint64_t maximum) {
        return checked(name, chip_.capacities.contains(name), chip_.capacity(name), minimum,
                       maximum);
    }
    int width(const char* name, std::uint64_t minimum, std::uint64_t maximum) {
        const auto value = static_cast<std::uint64_t>(chip_.width(name));
        return static_cast<int>(
            checked(name, chip_.arithmetic.contains(name), value, minimum, maximum));
    }

private:
    std::uint32_t checked(const char* name, bool present, std::uint64_t value,
                          std::uint64_t minimum, std::uint64_t maximum) {
        if (error && (!present || value < minimum || value > maximum)) {
            error = fault("emulator.chip",
                          fmt::format("chip '{}': '{}' must be given, between {} and {}",
                                      chip_.name, name, minimum, maximum));
        }
        return static_cast<std::uint32_t>(value);
    }
    const hw::ChipSpec& chip_;
};

}  // namespace

Result<Limits> limits_of(const hw::ChipSpec& chip) {
    if (chip.target != "emulator") {
        return fault("emulator.chip", fmt::format("chip '{}' is for target '{}', not the emulator",
                                                  chip.name, chip.target));
    }
    Figures figures{chip};
    Limits limits;
    limits.neurons                = figures.capacity("neurons", 1, 1U << 16);
    limits.sources                = figures.capacity("sources", 0, 1U << 16);
    limits.synapse_words          = figures.capacity("synapse_words", 0, 1U << 24);
    limits.column_entries         = figures.capacity("column_entries", 0, 1U << 24);
    limits.parameter_sets         = figures.capacity("parameter_sets", 1, 1U << 16);
    limits.max_delay              = figures.capacity("max_delay", 1, 15);
    limits.sparse_rows            = figures.width("sparse_rows", 0, 1) != 0;
    limits.bias_width             = figures.width("bias_width", 4, 31);
    limits.widths.membrane        = figures.width("membrane_width", 8, 31);
    limits.widths.current         = figures.width("current_width", 8, 31);
    limits.widths.accumulator     = figures.width("accumulator_width", 9, 31);
    limits.widths.trace           = figures.width("trace_width", 13, 24);
    limits.configuration          = static_cast<std::uint32_t>(chip.width("configuration_hash"));
    limits.widths.weight_fraction = figures.width("weight_fraction", 0, 8);
    if (!figures.error) return tl::unexpected{figures.error.error()};
    const int target_bits = limits.sparse_rows ? std::bit_width(limits.neurons - 1) : 0;
    if (8 + limits.widths.weight_fraction + 5 + target_bits > 32) {
        return fault("emulator.chip",
                     fmt::format("chip '{}': a synapse of {} neurons does not fit 32 bits",
                                 chip.name, limits.neurons));
    }
    return limits;
}

}  // namespace spikeloom::backends::emulator
