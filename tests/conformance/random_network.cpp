// SPDX-License-Identifier: Apache-2.0
#include "random_network.hpp"

#include "compiler/ir/models.hpp"
#include "support/keyed_rng.hpp"

#include <fmt/format.h>

#include <array>
#include <string>

namespace spikeloom::conformance {

namespace {

class Generator {
public:
    Generator(std::uint64_t seed, const RandomNetworkOptions& options)
        : random_{seed, Stream::test, 1}, options_{options} {
        network_.name  = fmt::format("random{}", seed);
        network_.seed  = seed;
        network_.dt    = 1e-3;
        network_.reset = flip(0.7) ? "value" : "subtract";
    }

    ir::Network run() {
        add("in", "spike_source", size());
        const std::size_t layers = 1 + random_.below(3);
        for (std::size_t k = 0; k < layers; ++k)
            add_neurons(k);
        for (std::uint32_t post = 1; post < network_.populations.size(); ++post)
            connect_to(post);
        if (options_.plasticity && flip(0.4)) add_plasticity();
        return std::move(network_);
    }

private:
    bool flip(double p) { return random_.uniform() < p; }
    double between(double low, double high) { return low + (high - low) * random_.uniform(); }
    std::uint32_t size() {
        return 1 + static_cast<std::uint32_t>(random_.below(options_.max_population));
    }

    ir::Population& add(const std::string& name, const std::string& model, std::uint32_t count) {
        ir::Population population;
        population.name       = name;
        population.shape      = {count};
        population.model.name = model;
        network_.populations.push_back(std::move(population));
        return network_.populations.back();
    }

    void add_neurons(std::size_t k) {
        static constexpr std::array models{"lif", "cuba_lif", "if", "threshold", "li", "cuba_li"};
        const bool last         = k == 2;
        const std::string model = models[random_.below(last ? 6 : 4)];
        ir::Population& p       = add(fmt::format("p{}", k), model, size());
        p.is_output             = flip(0.5);
        const auto& description = *ir::find_model(model);
        for (const ir::ParameterDescription& parameter : description.parameters) {
            if (parameter.default_value && flip(0.4)) continue;
            p.model.parameters[std::string{parameter.name}] = value(parameter.name, p.size());
        }
    }

    ir::Values value(std::string_view name, std::uint64_t count) {
        if (!options_.parameter_arrays || flip(0.6)) return one(name);
        std::vector<double> values(count);
        for (double& v : values)
            v = one(name);
        return std::make_shared<const std::vector<double>>(std::move(values));
    }

    double one(std::string_view name) {
        if (name.starts_with("tau")) return between(1e-3, 30e-3);
        if (name == "r" || name == "w_in") return between(0.5, 2);
        if (name == "refractory") return static_cast<double>(random_.below(5));
        if (name.ends_with("threshold")) return between(0.3, 1.5);
        if (name == "v_init") return options_.initial_state ? between(-0.5, 0.5) : 0.0;
        return between(-0.2, 0.2);  // v_leak, v_reset, bias
    }

    [[nodiscard]] bool emits_spikes(std::uint32_t p) const {
        return ir::find_model(network_.populations[p].model.name)->kind != ir::ModelKind::graded;
    }

    void connect_to(std::uint32_t post) {
        const auto count = static_cast<std::uint32_t>(network_.populations.size());
        for (std::uint32_t pre = 0; pre < count; ++pre) {
            const bool forward = pre + 1 == post || pre == 0;
            if (!emits_spikes(pre) || !flip(forward ? 0.9 : 0.3)) continue;
            project(pre, post);
            if (options_.repeated_synapses && flip(0.2)) project(pre, post);
        }
    }

    void project(std::uint32_t pre, std::uint32_t post) {
        const ir::Population& from = network_.populations[pre];
        const ir::Population& to   = network_.populations[post];
        ir::Projection p;
        p.name = fmt::format("{}->{}#{}", from.name, to.name, network_.projections.size());
        p.pre  = PopulationId{pre};
        p.post = PopulationId{post};
        const double strength = 4.0 / static_cast<double>(from.size());
        switch (random_.below(options_.repeated_synapses ? 4 : 3)) {
            case 0:
                p.connector = ir::Dense{};
                break;
            case 1:
                p.connector = ir::FixedProbability{between(0.1, 0.9), flip(0.5)};
                break;
            case 2:
                p.connector = ir::AllToAll{flip(0.5)};
                break;
            default:
                p.connector =
                    ir::FixedOutdegree{1 + static_cast<std::uint32_t>(random_.below(5)), true};
        }
        p.weights = ir::Normal{strength / 4, strength};
        if (std::holds_alternative<ir::Dense>(p.connector))
            p.weights = dense_weights(from, to, strength);
        p.delays = flip(0.5) ? ir::Values{1.0} : ir::Values{ir::Uniform{1, 15}};
        network_.projections.push_back(std::move(p));
    }

    ir::Values dense_weights(const ir::Population& from, const ir::Population& to,
                             double strength) {
        std::vector<double> weights(from.size() * to.size());
        for (double& w : weights)
            w = flip(0.2) ? 0.0 : strength * random_.normal();
        return std::make_shared<const std::vector<double>>(std::move(weights));
    }

    /// On projections whose targets all weigh their input alike, as one rule asks for.
    void add_plasticity() {
        const ir::Plasticity rule{"stdp_pair",
                                  {{"tau_plus", between(2e-3, 30e-3)},
                                   {"tau_minus", between(2e-3, 30e-3)},
                                   {"a_plus", between(0, 0.1)},
                                   {"a_minus", between(0, 0.1)},
                                   {"w_min", between(-1, 0)},
                                   {"w_max", between(0.5, 1)}}};
        for (ir::Projection& projection : network_.projections) {
            ir::Population& post = network_.populations[projection.post.value];
            if (ir::find_model(post.model.name)->kind != ir::ModelKind::spiking || !flip(0.5))
                continue;
            for (const char* name : {"tau", "tau_mem", "tau_syn", "r", "w_in"}) {
                const auto found = post.model.parameters.find(name);
                if (found != post.model.parameters.end()) found->second = one(name);
            }
            projection.plasticity = rule;
        }
    }

    KeyedSequence random_;
    RandomNetworkOptions options_;
    ir::Network network_;
};

}  // namespace

ir::Network random_network(std::uint64_t seed, const RandomNetworkOptions& options) {
    return Generator{seed, options}.run();
}

std::vector<runtime::InputEvent> random_input(const ir::Network& network, std::uint64_t ticks,
                                              double p, std::uint64_t seed) {
    std::vector<runtime::InputEvent> events;
    const auto sources = static_cast<std::uint32_t>(network.populations.front().size());
    for (std::uint64_t t = 0; t < ticks; ++t) {
        for (std::uint32_t s = 0; s < sources; ++s) {
            const double u = keyed_uniform(seed, Stream::test, s, t);
            if (u < p) events.push_back({Tick{t}, NeuronId{s}, u < p / 10 ? 3.0 : 1.0});
        }
    }
    return events;
}

}  // namespace spikeloom::conformance
