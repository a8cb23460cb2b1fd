// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/target.hpp"

#include "backends/emulator/encode.hpp"
#include "backends/emulator/legalise.hpp"
#include "backends/emulator/limits.hpp"
#include "backends/emulator/quantise.hpp"

namespace spikeloom::backends::emulator {

namespace {

class EmulatorTarget final : public compiler::Target {
public:
    [[nodiscard]] std::string_view name() const override { return "emulator"; }
    [[nodiscard]] std::string_view summary() const override {
        return "LIF/STDP emulator core in SystemVerilog, one core";
    }
    [[nodiscard]] std::vector<std::string> chips() const override {
        return {"emulator-sim", "emulator-up5k"};
    }

    [[nodiscard]] Result<std::map<std::string, std::uint64_t>> limits(
        std::string_view chip) const override {
        const auto spec = hw::load_chip(std::string{chip});
        if (!spec) return tl::unexpected{spec.error()};
        std::map<std::string, std::uint64_t> result;
        for (const auto& [capacity, figure] : spec->capacities) {
            result[capacity] = spec->capacity(capacity);
        }
        return result;
    }

    [[nodiscard]] Checked<compiler::CompileOutput> compile(
        const ir::Network& network, const compiler::CompileOptions& options) const override {
        const auto chip = hw::load_chip(options.chip, options.sets);
        if (!chip) return tl::unexpected{Diagnostics{chip.error()}};
        const auto limits = limits_of(*chip);
        if (!limits) return tl::unexpected{Diagnostics{limits.error()}};
        const auto legal = legalise(network, options, *limits);
        if (!legal) return tl::unexpected{legal.error()};
        const auto quantised = quantise(*legal, network, *limits);
        if (!quantised) return tl::unexpected{quantised.error()};
        auto image = encode_tables(*legal, *quantised, network, *limits);
        if (!image) return tl::unexpected{image.error()};
        image->target    = name();
        image->chip      = chip->name;
        image->chip_hash = chip->hash;
        return compiler::CompileOutput{std::move(*image), quantised->warnings};
    }
};

}  // namespace

const compiler::Target& target() {
    static const EmulatorTarget instance;
    return instance;
}

}  // namespace spikeloom::backends::emulator
