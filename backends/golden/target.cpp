// SPDX-License-Identifier: Apache-2.0
#include "backends/golden/target.hpp"

#include "compiler/ir/expand.hpp"
#include "compiler/ir/models.hpp"
#include "compiler/pipeline/network_bytes.hpp"

namespace spikeloom::backends::golden {

namespace {

class GoldenTarget final : public compiler::Target {
public:
    [[nodiscard]] std::string_view name() const override { return "golden"; }
    [[nodiscard]] std::string_view summary() const override {
        return "functional reference in float64, no hardware";
    }
    [[nodiscard]] std::vector<std::string> chips() const override { return {"float64"}; }

    [[nodiscard]] Result<std::map<std::string, std::uint64_t>> limits(
        std::string_view /*chip*/) const override {
        return std::map<std::string, std::uint64_t>{{"max_delay", max_delay}};
    }

    [[nodiscard]] Checked<compiler::CompileOutput> compile(
        const ir::Network& network, const compiler::CompileOptions& options) const override {
        if (!options.sets.empty()) {
            return tl::unexpected{
                Diagnostics{{"golden.options",
                             "the functional reference has no chip figures to --set",
                             {network.file, options.sets.begin()->first}}}};
        }
        hw::HardwareImage image;
        image.target  = name();
        image.chip    = options.chip;
        image.routing = {{std::string{network_section}, compiler::to_bytes(network)}};
        for (std::uint32_t p = 0; p < network.populations.size(); ++p) {
            image.populations.push_back(symbol(network, PopulationId{p}));
        }
        add_utilisation(image, network);
        return compiler::CompileOutput{std::move(image), {}};
    }

private:
    static constexpr std::uint64_t max_delay = 4096;

    /// No rate: the reference draws its poisson sources itself.
    static hw::PopulationSymbol symbol(const ir::Network& network, PopulationId id) {
        const ir::Population& population = network.at(id);
        hw::PopulationSymbol symbol;
        symbol.name            = population.name;
        symbol.shape           = population.shape;
        symbol.is_source       = is_source(population);
        symbol.is_output       = population.is_output;
        symbol.pipeline_offset = population.pipeline_offset;
        symbol.unit_scale      = {{"v", 1.0}, {"i", 1.0}};
        const auto size        = static_cast<std::uint32_t>(population.size());
        symbol.placed          = {{0, size, CoreId{0}, SlotId{network.first_neuron(id).value}}};
        return symbol;
    }

    static bool is_source(const ir::Population& population) {
        return ir::find_model(population.model.name)->kind == ir::ModelKind::source;
    }

    static void add_utilisation(hw::HardwareImage& image, const ir::Network& network) {
        std::uint64_t synapses = 0;
        for (std::uint32_t p = 0; p < network.projections.size(); ++p) {
            synapses += ir::synapse_count_estimate(network, ProjectionId{p});
        }
        image.utilisation = {{"neurons", std::nullopt, network.neuron_count(), ir::max_neurons},
                             {"synapses", std::nullopt, synapses, ir::max_synapses}};
    }
};

}  // namespace

const compiler::Target& target() {
    static const GoldenTarget instance;
    return instance;
}

}  // namespace spikeloom::backends::golden
