// SPDX-License-Identifier: Apache-2.0
#include "backends/golden/target.hpp"
#include "compiler/pipeline/network_bytes.hpp"
#include "simulator/golden/golden.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace spikeloom::backends::golden {

namespace {

namespace sim = spikeloom::golden;

class GoldenDevice final : public runtime::Device {
public:
    explicit GoldenDevice(std::uint32_t threads) : threads_{threads} {}

    Result<void> load(const hw::HardwareImage& image) override {
        const auto network = network_of(image);
        if (!network) return tl::unexpected{network.error()};
        auto simulation = sim::build(*network, options_of(image));
        if (!simulation) return tl::unexpected{simulation.error().front()};
        network_    = *network;
        simulation_ = std::move(*simulation);
        options_    = options_of(image);
        return {};
    }

    Result<void> push(std::span<const runtime::InputEvent> events) override {
        if (!simulation_) return not_loaded();
        std::vector<sim::InputEvent> converted;
        converted.reserve(events.size());
        for (const runtime::InputEvent& e : events) {
            converted.push_back({e.tick, e.source, e.value});
        }
        auto pushed = simulation_->push(converted);
        if (pushed) return pushed;
        Diagnostic error = pushed.error();
        error.code = error.code == "golden.input-range" ? "device.source" : "device.late-input";
        return tl::unexpected{std::move(error)};
    }

    Result<void> advance(std::uint64_t ticks) override {
        if (!simulation_) return not_loaded();
        simulation_->advance(ticks);
        return {};
    }

    Result<std::vector<runtime::SpikeEvent>> drain() override {
        if (!simulation_) return tl::unexpected{not_loaded().error()};
        std::vector<runtime::SpikeEvent> spikes;
        for (const sim::SpikeEvent& s : simulation_->drain())
            spikes.push_back({s.tick, s.neuron});
        return spikes;
    }

    /// A variable that no population has is an error; those that lack it give zeros.
    Result<std::vector<double>> probe(std::string_view variable) override {
        if (!simulation_) return tl::unexpected{not_loaded().error()};
        std::vector<double> all;
        bool known = false;
        for (const ir::Population& population : network_.populations) {
            const auto values       = simulation_->probe(population.name, variable);
            known                   = known || values.has_value();
            const std::size_t first = all.size();
            all.resize(first + population.size());
            if (values) std::copy(values->begin(), values->end(), &all[first]);
        }
        if (known) return all;
        return fault("device.variable", fmt::format("no population has a variable '{}'", variable));
    }

    Result<hw::Section> read_back(CoreId core, std::string_view section) override {
        return fault("device.section", fmt::format("the functional reference has no cores and no "
                                                   "section '{}' of core {}",
                                                   section, core.value));
    }

    Result<runtime::Activity> activity() override {
        if (!simulation_) return tl::unexpected{not_loaded().error()};
        const sim::Counters c = simulation_->counters();
        return runtime::Activity{{"ticks", {c.ticks, "tick"}},
                                 {"spikes", {c.spikes, "1"}},
                                 {"synaptic_events", {c.synaptic_events, "1"}},
                                 {"weight_updates", {c.weight_updates, "1"}},
                                 {"neuron_updates", {c.neuron_updates, "1"}},
                                 {"input_events", {c.input_events, "1"}}};
    }

    /// Only before the first tick: the reference is built for learning or without it.
    Result<void> set_plasticity(bool on) override {
        if (!simulation_) return not_loaded();
        if (options_.plasticity == on) return {};
        if (simulation_->tick().value > 0) {
            return fault("device.no-learning",
                         "the functional reference turns learning on or off before tick 0 only");
        }
        options_.plasticity = on;
        auto simulation     = sim::build(network_, options_);
        if (!simulation) return tl::unexpected{simulation.error().front()};
        simulation_ = std::move(*simulation);
        return {};
    }

private:
    static Result<void> not_loaded() { return fault("device.not-loaded", "no image is loaded"); }

    static Result<ir::Network> network_of(const hw::HardwareImage& image) {
        const auto found =
            std::find_if(image.routing.begin(), image.routing.end(),
                         [](const hw::Section& s) { return s.name == network_section; });
        if (image.target != "golden" || found == image.routing.end()) {
            return fault("device.wrong-image",
                         fmt::format("the image is for target '{}', not for the functional "
                                     "reference",
                                     image.target));
        }
        return compiler::from_bytes(found->bytes);
    }

    [[nodiscard]] sim::GoldenOptions options_of(const hw::HardwareImage& image) const {
        const auto option = [&](const char* name) {
            const auto found = image.options.find(name);
            return found == image.options.end() ? std::string{} : found->second;
        };
        sim::GoldenOptions options;
        options.dt      = image.dt;
        options.threads = threads_;
        options.integrator =
            option("integrator") == "exact" ? sim::Integrator::exact : sim::Integrator::euler;
        options.reset = option("reset") == "subtract" ? sim::Reset::subtract : sim::Reset::value;
        return options;
    }

    std::uint32_t threads_;
    ir::Network network_;
    sim::GoldenOptions options_;
    std::optional<sim::Simulation> simulation_;
};

}  // namespace

std::unique_ptr<runtime::Device> make_device(std::uint32_t threads) {
    return std::make_unique<GoldenDevice>(threads);
}

}  // namespace spikeloom::backends::golden
