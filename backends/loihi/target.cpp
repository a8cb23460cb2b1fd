// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/target.hpp"

#include "backends/loihi/encode.hpp"
#include "backends/loihi/layout.hpp"
#include "backends/loihi/legalise.hpp"
#include "backends/loihi/limits.hpp"
#include "backends/loihi/quantise.hpp"

namespace spikeloom::backends::loihi {

namespace {

Checked<compiler::CompileOutput> compile_for(const hw::ChipSpec& chip, const Limits& limits,
                                             const ir::Network& network,
                                             const compiler::CompileOptions& options) {
    auto legal = legalise(network, options, limits, chip.cores());
    if (!legal) return tl::unexpected{legal.error()};
    auto quantised = quantise(*legal, network, limits, options.dt);
    if (!quantised) return tl::unexpected{quantised.error()};
    const auto formats = make_formats(*legal, *quantised, network, limits);
    if (!formats) return tl::unexpected{Diagnostics{formats.error()}};
    const auto layout = lay_out(*legal, *quantised, *formats, limits, chip, options.choices);
    if (!layout) return tl::unexpected{layout.error()};
    auto image = encode_tables(*legal, *quantised, *formats, *layout, network, limits);
    if (!image) return tl::unexpected{image.error()};
    image->target                = "loihi";
    image->chip                  = chip.name;
    image->chip_hash             = chip.hash;
    image->options["cost table"] = cost_table(chip);
    return compiler::CompileOutput{std::move(*image), std::move(quantised->warnings)};
}

class LoihiTarget final : public compiler::Target {
public:
    [[nodiscard]] std::string_view name() const override { return "loihi"; }
    [[nodiscard]] std::string_view summary() const override {
        return "Loihi-like chip of 128 cores: bit-true arithmetic, modelled time and energy";
    }
    [[nodiscard]] std::vector<std::string> chips() const override { return {"loihi"}; }

    [[nodiscard]] Result<std::map<std::string, std::uint64_t>> limits(
        std::string_view chip) const override {
        const auto spec = hw::load_chip(std::string{chip});
        if (!spec) return tl::unexpected{spec.error()};
        std::map<std::string, std::uint64_t> result{{"cores", spec->cores()}};
        for (const auto& [capacity, figure] : spec->capacities)
            result[capacity] = spec->capacity(capacity);
        return result;
    }

    [[nodiscard]] Checked<compiler::CompileOutput> compile(
        const ir::Network& network, const compiler::CompileOptions& options) const override {
        const auto chip = hw::load_chip(options.chip, options.sets);
        if (!chip) return tl::unexpected{Diagnostics{chip.error()}};
        const auto limits = limits_of(*chip);
        if (!limits) return tl::unexpected{Diagnostics{limits.error()}};
        return compile_for(*chip, *limits, network, options);
    }
};

}  // namespace

const compiler::Target& target() {
    static const LoihiTarget instance;
    return instance;
}

}  // namespace spikeloom::backends::loihi
