// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/limits.hpp"

#include "simulator/neuron/loihi_learning.hpp"

#include <fmt/format.h>

#include <string_view>

namespace spikeloom::backends::loihi {

namespace {

struct Reader {
    const hw::ChipSpec& chip;
    std::string bad{};  ///< first figure that cannot be used

    std::uint64_t capacity(const char* name, std::uint64_t most) {
        const std::uint64_t value = chip.capacity(name);
        if ((value == 0 || value > most) && bad.empty())
            bad = fmt::format("capacity '{}' is {}, allowed are 1 to {}", name, value, most);
        return value;
    }
    std::uint32_t count(const char* name, std::uint32_t most) {
        return static_cast<std::uint32_t>(capacity(name, most));
    }
    std::int32_t width(const char* name, std::int64_t absent, std::int64_t least,
                       std::int64_t most) {
        const std::int64_t value = chip.width(name, absent);
        if ((value < least || value > most) && bad.empty())
            bad = fmt::format("arithmetic '{}' is {}, allowed are {} to {}", name, value, least,
                              most);
        return static_cast<std::int32_t>(value);
    }
    /// Whether a choice of two is the second one; the first where the file does not say.
    bool choice(const char* name, std::string_view no, std::string_view yes) {
        const auto found = chip.topology.choices.find(name);
        if (found == chip.topology.choices.end() || found->second.value == no) return false;
        if (found->second.value != yes && bad.empty())
            bad = fmt::format("choice '{}' is '{}', known are '{}' and '{}'", name,
                              found->second.value, no, yes);
        return true;
    }
    /// A file's name; empty for `none`.
    [[nodiscard]] std::string file(const char* name, std::string_view none) const {
        const auto found = chip.topology.choices.find(name);
        if (found == chip.topology.choices.end() || found->second.value == none) return {};
        return found->second.value;
    }
};

}  // namespace

Result<Limits> limits_of(const hw::ChipSpec& chip) {
    Reader read{chip};
    Limits l;
    l.compartments        = read.count("compartments", 1U << 12);
    l.accumulators        = read.count("dendrite_accumulators", 1U << 24);
    l.input_axons         = read.count("input_axons", 1U << 24);
    l.output_axons        = read.count("output_axons", 1U << 24);
    l.synapse_bits        = read.capacity("synapse_memory", std::uint64_t{1} << 34);
    l.compartment_configs = read.count("compartment_configs", 1U << 14);
    l.threshold_configs   = read.count("threshold_configs", 1U << 14);
    l.synapse_formats     = read.count("synapse_formats", 16);
    l.max_delay           = read.count("max_delay", 62);
    l.largest_weight      = read.width("largest_weight", 255, 1, 255);
    l.largest_exponent    = read.width("largest_exponent", 7, 0, 7);
    l.noise_exponent      = static_cast<std::uint32_t>(read.width("noise_exponent", 0, 0, 23));
    l.noise_offset        = read.width("noise_offset", 0, -15, 15);
    l.noise_at_membrane   = read.width("noise_at_membrane", 0, 0, 1) != 0;
    l.learning_epoch      = static_cast<std::uint32_t>(
        read.width("learning_epoch", 1, 1, neuron::loihi::longest_epoch));
    l.split_signs       = read.choice("weight_signs", "joint", "split");
    l.keep_zeros        = read.choice("zero_weights", "dropped", "kept");
    l.mapping_file      = read.file("mapping", "compiler");
    l.noise_file        = read.file("noise_stream", "keyed");
    const auto rounding = chip.arithmetic.find("decay_rounding");
    l.decay_rounding    = rounding == chip.arithmetic.end() ? 0.5 : rounding->second.value;
    if (!(l.decay_rounding >= 0 && l.decay_rounding < 1) && read.bad.empty())
        read.bad = fmt::format("arithmetic 'decay_rounding' is {}, allowed are 0 to below 1",
                               l.decay_rounding);
    if (!read.bad.empty()) return fault("loihi.chip", read.bad, {chip.name, ""});
    return l;
}

std::uint32_t delay_slots(std::uint32_t longest) {
    std::uint32_t slots = 8;
    while (slots < longest + 2)
        slots *= 2;
    return slots;
}

Result<hw::ChipSpec> chip_of(const hw::Overrides& options, const std::string& fallback) {
    constexpr std::string_view prefix = "set ";
    hw::Overrides overrides;
    for (const auto& [name, value] : options)
        if (name.starts_with(prefix)) overrides[name.substr(prefix.size())] = value;
    const auto chip = options.find("chip");
    return hw::load_chip(chip == options.end() ? fallback : chip->second, overrides);
}

std::string cost_table(const hw::ChipSpec& chip) {
    const auto choice = chip.topology.choices.find("cost_table");
    if (choice != chip.topology.choices.end()) return choice->second.value;
    return chip.energy.empty() ? std::string{} : chip.energy.front().name;
}

}  // namespace spikeloom::backends::loihi
