// SPDX-License-Identifier: Apache-2.0
#include "backends/spinnaker/target.hpp"

#include "backends/spinnaker/encode.hpp"

namespace spikeloom::backends::spinnaker {

namespace {

Checked<compiler::CompileOutput> compile_for(const hw::ChipSpec& chip, const ir::Network& network,
                                             const compiler::CompileOptions& options) {
    const auto limits = limits_of(chip);
    if (!limits) return tl::unexpected{Diagnostics{limits.error()}};
    const auto costs = costs_of(chip, options.dt);
    if (!costs) return tl::unexpected{Diagnostics{costs.error()}};
    const auto legal = legalise(network, options, *limits);
    if (!legal) return tl::unexpected{legal.error()};
    auto quantised = quantise(*legal, network, *limits);
    if (!quantised) return tl::unexpected{quantised.error()};
    const auto layout = lay_out(*legal, *limits, options.choices);
    if (!layout) return tl::unexpected{layout.error()};
    auto output = encode(*legal, std::move(*quantised), *layout, network, *limits, *costs);
    if (!output) return tl::unexpected{output.error()};
    output->image.target    = "spinnaker";
    output->image.chip      = chip.name;
    output->image.chip_hash = chip.hash;
    return output;
}

class SpinnakerTarget final : public compiler::Target {
public:
    [[nodiscard]] std::string_view name() const override { return "spinnaker"; }
    [[nodiscard]] std::string_view summary() const override {
        return "SpiNNaker boards of 4 and 48 chips: bit-true software neurons, routed packets, "
               "modelled time and energy";
    }
    [[nodiscard]] std::vector<std::string> chips() const override {
        return {"spinnaker-48", "spinnaker-4"};
    }
    [[nodiscard]] bool learns() const override { return false; }

    [[nodiscard]] Result<std::map<std::string, std::uint64_t>> limits(
        std::string_view chip) const override {
        const auto spec = hw::load_chip(std::string{chip});
        if (!spec) return tl::unexpected{spec.error()};
        const auto limits = limits_of(*spec);
        if (!limits) return tl::unexpected{limits.error()};
        std::map<std::string, std::uint64_t> result;
        for (const auto& [capacity, figure] : spec->capacities)
            result[capacity] = spec->capacity(capacity);
        result["neurons"]   = limits->neurons;
        result["cores"]     = limits->cores();
        result["max_delay"] = limits->max_delay();
        return result;
    }

    [[nodiscard]] Checked<compiler::CompileOutput> compile(
        const ir::Network& network, const compiler::CompileOptions& options) const override {
        const auto chip = hw::load_chip(options.chip, options.sets);
        if (!chip) return tl::unexpected{Diagnostics{chip.error()}};
        return compile_for(*chip, network, options);
    }
};

}  // namespace

const compiler::Target& target() {
    static const SpinnakerTarget instance;
    return instance;
}

}  // namespace spikeloom::backends::spinnaker
