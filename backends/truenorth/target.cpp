// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/target.hpp"

#include "backends/truenorth/compile.hpp"
#include "backends/truenorth/cores.hpp"
#include "backends/truenorth/power.hpp"

namespace spikeloom::backends::truenorth {

namespace {

class TrueNorthTarget final : public compiler::Target {
public:
    [[nodiscard]] std::string_view name() const override { return "truenorth"; }
    [[nodiscard]] std::string_view summary() const override {
        return "TrueNorth-like chips: crossbar cores of 256 axons and 256 neurons";
    }
    [[nodiscard]] std::vector<std::string> chips() const override { return {"truenorth", "ranc"}; }

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
        return compile_network(network, options);
    }

    [[nodiscard]] bool reads(const std::string& path) const override { return is_cores_file(path); }

    [[nodiscard]] Checked<compiler::CompileOutput> compile_file(
        const std::string& path, const compiler::CompileOptions& options) const override {
        return compile_cores(path, options);
    }

    [[nodiscard]] Checked<SpikeRows> read_input(const std::string& path,
                                                const hw::HardwareImage& image) const override {
        return cores_input(path, image);
    }

    [[nodiscard]] bool learns() const override { return false; }
    void derive(hw::ChipSpec& chip) const override { rescale_power(chip); }
};

}  // namespace

const compiler::Target& target() {
    static const TrueNorthTarget instance;
    return instance;
}

}  // namespace spikeloom::backends::truenorth
