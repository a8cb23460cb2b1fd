// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/checks.hpp"
#include "compiler/ir/expand.hpp"
#include "support/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

namespace spikeloom::ir {
namespace {

template <class Description>
std::vector<std::string_view> names_of(std::span<const Description> all) {
    std::vector<std::string_view> names;
    for (const Description& one : all)
        names.push_back(one.name);
    return names;
}

class NetworkCheck {
public:
    explicit NetworkCheck(const Network& network) : network_{network}, faults_{network.file} {}

    Diagnostics run() {
        check_header();
        check_names(network_.populations, "/populations");
        check_names(network_.projections, "/projections");
        for (std::uint32_t i = 0; i < network_.populations.size(); ++i)
            check_population(network_.populations[i], fmt::format("/populations/{}", i));
        if (sizes_are_sane()) {
            for (std::uint32_t i = 0; i < network_.projections.size(); ++i)
                check_projection(network_.projections[i], fmt::format("/projections/{}", i));
            if (faults_.count() == 0) check_synapse_count();
        }
        return faults_.take();
    }

private:
    void check_header() {
        if (network_.populations.empty())
            faults_.add("empty", "/populations", "the network has no population");
        if (network_.dt && !(std::isfinite(*network_.dt) && *network_.dt > 0))
            faults_.add("dt", "/dt", fmt::format("dt must be above 0, not {}", *network_.dt));
        if (network_.reset && *network_.reset != "value" && *network_.reset != "subtract")
            faults_.add("reset", "/reset",
                        fmt::format("'{}' is neither 'value' nor 'subtract'", *network_.reset));
    }

    /// Names stand in spike files and reports, so they must not break a CSV row.
    static bool is_good_name(std::string_view name) {
        return !name.empty() && std::ranges::none_of(name, [](char c) {
            return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == ',' || c == '"';
        });
    }

    template <class Named>
    void check_names(const std::vector<Named>& all, const std::string& pointer) {
        std::set<std::string_view> seen;
        for (std::size_t i = 0; i < all.size(); ++i) {
            const std::string where = fmt::format("{}/{}/name", pointer, i);
            if (!is_good_name(all[i].name))
                faults_.add("name", where,
                            "a name needs at least one character, and no control character, "
                            "comma or double quote");
            else if (!seen.insert(all[i].name).second)
                faults_.add("duplicate-name", where,
                            fmt::format("the name '{}' is already taken", all[i].name));
        }
    }

    void check_population(const Population& population, const std::string& pointer) {
        const bool sane = !population.shape.empty() && population.size() > 0;
        if (!sane)
            faults_.add("shape", pointer + "/shape", "needs at least one extent, all above 0");
        const ModelDescription* model = find_model(population.model.name);
        if (model == nullptr)
            return faults_.add(
                "unknown-model", pointer + "/model",
                fmt::format("there is no neuron model '{}'{}", population.model.name,
                            did_you_mean(population.model.name, names_of(models()))));
        if (sane) check_parameters(population, *model, pointer + "/parameters");
    }

    void check_parameters(const Population& population, const ModelDescription& model,
                          const std::string& pointer) {
        const NamedThing owner{"model", model.name, model.parameters, pointer};
        for (const auto& [name, values] : population.model.parameters)
            if (const ParameterDescription* known = known_parameter(owner, name))
                check_values(
                    values,
                    {population.size(), known->minimum, known->maximum, known->unit == "tick"},
                    pointer_to(pointer, name), faults_);
        report_missing(owner, population.model.parameters);
    }

    /// A model or a rule, and where its parameters stand.
    struct NamedThing {
        std::string_view kind, name;
        std::span<const ParameterDescription> parameters;
        const std::string& pointer;
    };

    /// Null, and a fault, for a parameter that the model or rule does not have.
    const ParameterDescription* known_parameter(const NamedThing& owner, const std::string& name) {
        const auto known = std::ranges::find(owner.parameters, name, &ParameterDescription::name);
        if (known != owner.parameters.end()) return &*known;
        faults_.add("unknown-parameter", pointer_to(owner.pointer, name),
                    fmt::format("the {} '{}' has no parameter '{}'{}", owner.kind, owner.name, name,
                                did_you_mean(name, names_of(owner.parameters))));
        return nullptr;
    }

    /// Parameters without default that are not given. One that was misspelt is no second fault.
    template <class Given>
    void report_missing(const NamedThing& owner, const std::map<std::string, Given>& given) {
        std::set<std::string_view> meant;
        for (const auto& [name, value] : given)
            meant.insert(nearest_word(name, names_of(owner.parameters)));
        for (const ParameterDescription& wanted : owner.parameters)
            if (!wanted.default_value && !meant.contains(wanted.name))
                faults_.add(
                    "missing-parameter", owner.pointer,
                    fmt::format("the {} '{}' needs the parameter '{}' ({}) [{}]", owner.kind,
                                owner.name, wanted.name, wanted.meaning, wanted.unit));
    }

    bool sizes_are_sane() {
        const bool positive = std::ranges::all_of(network_.populations,
                                                  [](const Population& p) { return p.size() > 0; });
        if (network_.neuron_count() <= max_neurons) return positive;
        faults_.add("too-large", "/populations",
                    fmt::format("the network has {} neurons, the limit is {}",
                                network_.neuron_count(), max_neurons));
        return false;
    }

    bool end_exists(PopulationId id, const std::string& pointer) {
        if (id.value < network_.populations.size()) return true;
        faults_.add("unknown-population", pointer,
                    fmt::format("there is no population number {}", id.value));
        return false;
    }

    void check_projection(const Projection& projection, const std::string& pointer) {
        const bool pre  = end_exists(projection.pre, pointer + "/pre");
        const bool post = end_exists(projection.post, pointer + "/post");
        if (!pre || !post) return;
        const Population& target      = network_.at(projection.post);
        const ModelDescription* model = find_model(target.model.name);
        if (model != nullptr && model->kind == ModelKind::source)
            faults_.add("source-target", pointer + "/post",
                        fmt::format("'{}' is a source ({}) and takes no synapses", target.name,
                                    model->name));
        check_connector(network_, projection, pointer, faults_);
        if (projection.plasticity) check_plasticity(projection, pointer + "/plasticity");
    }

    void check_plasticity(const Projection& projection, const std::string& pointer) {
        const Plasticity& plasticity = *projection.plasticity;
        const RuleDescription* rule  = find_plasticity_rule(plasticity.rule);
        if (rule == nullptr)
            return faults_.add(
                "unknown-rule", pointer + "/rule",
                fmt::format("there is no plasticity rule '{}'{}", plasticity.rule,
                            did_you_mean(plasticity.rule, names_of(plasticity_rules()))));
        check_rule_parameters(plasticity, *rule, pointer + "/parameters");
        const bool shared = std::holds_alternative<Conv2d>(projection.connector) ||
                            std::holds_alternative<Pool2d>(projection.connector);
        if (shared)
            faults_.add("plasticity", pointer, "weights that are shared by synapses cannot learn");
        for (const PopulationId end : {projection.pre, projection.post}) {
            const ModelDescription* model = find_model(network_.at(end).model.name);
            if (model != nullptr && model->kind == ModelKind::graded)
                faults_.add("plasticity", pointer,
                            fmt::format("'{}' ({}) does not spike, but the rule pairs spikes",
                                        network_.at(end).name, model->name));
        }
    }

    void check_rule_parameters(const Plasticity& plasticity, const RuleDescription& rule,
                               const std::string& pointer) {
        const NamedThing owner{"rule", rule.name, rule.parameters, pointer};
        for (const auto& [name, value] : plasticity.parameters)
            if (const ParameterDescription* known = known_parameter(owner, name))
                check_values(value, {std::nullopt, known->minimum, known->maximum},
                             pointer_to(pointer, name), faults_);
        report_missing(owner, plasticity.parameters);
        const auto low  = plasticity.parameters.find("w_min");
        const auto high = plasticity.parameters.find("w_max");
        if (low != plasticity.parameters.end() && high != plasticity.parameters.end() &&
            low->second > high->second)
            faults_.add("plasticity", pointer + "/w_min",
                        fmt::format("w_min {} is above w_max {}", text_of(low->second),
                                    text_of(high->second)));
    }

    void check_synapse_count() {
        std::uint64_t total = 0;
        for (std::uint32_t i = 0; i < network_.projections.size(); ++i) {
            const std::uint64_t count = synapse_count_estimate(network_, ProjectionId{i});
            if (__builtin_add_overflow(total, count, &total) || total > max_synapses)
                return faults_.add("too-many-synapses", fmt::format("/projections/{}", i),
                                   fmt::format("with this projection the network has more than {} "
                                               "synapses, the limit",
                                               max_synapses));
        }
    }

    const Network& network_;
    Faults faults_;
};

}  // namespace

Checked<void> check(const Network& network) {
    Diagnostics faults = NetworkCheck{network}.run();
    if (faults.empty()) return {};
    return tl::unexpected<Diagnostics>{std::move(faults)};
}

}  // namespace spikeloom::ir
