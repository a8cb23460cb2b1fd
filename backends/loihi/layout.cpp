// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/layout.hpp"

#include "backends/loihi/choice_files.hpp"
#include "backends/loihi/position_order.hpp"
#include "compiler/mapping/from_network.hpp"
#include "compiler/mapping/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstdlib>
#include <map>
#include <optional>

namespace spikeloom::backends::loihi {

namespace {

/// Pins up to which the good partitioner is used, and up to which it takes its time.
constexpr std::size_t pins_of_multilevel = 1U << 22, pins_of_full_effort = 1U << 17;

/// Lists of at most `formats` formats, each of which opens blocks of its own.
class LoihiPacking final : public mapping::PackingRule {
public:
    LoihiPacking(const neuron::loihi::SynapseFields& fields, std::uint32_t formats)
        : fields_{fields}, formats_{formats} {}

    [[nodiscard]] std::uint64_t row_bits(std::uint32_t n) const override {
        namespace chip = neuron::loihi;
        if (n == 0 || formats_ <= 1) return chip::list_bits(n, fields_);
        const std::uint64_t blocks =
            (std::uint64_t{n} + chip::block_synapses - 1) / chip::block_synapses +
            std::min(n, formats_) - 1;
        const std::uint64_t bits = std::uint64_t{n} * fields_.bits() +
                                   blocks * (chip::block_header + chip::memory_word - 1);
        return (bits + chip::memory_word - 1) / chip::memory_word * chip::memory_word;
    }

private:
    neuron::loihi::SynapseFields fields_;
    std::uint32_t formats_;
};

class Problem {
public:
    Problem(const LegalNetwork& legal, const QuantisedNetwork& quantised, const Formats& formats,
            const Limits& limits, const hw::ChipSpec& chip)
        : legal_{legal}, quantised_{quantised}, formats_{formats}, limits_{limits}, chip_{chip} {}

    mapping::MappingProblem make() {
        problem_.neurons = legal_.neurons;
        for (const LegalPopulation& population : legal_.populations)
            problem_.population_names.push_back(population.name);
        problem_.population = legal_.population_of;
        fill_nets();
        problem_.spikes.assign(problem_.nets(), 1);
        fill_limits();
        problem_.mesh = mapping::chip_mesh(chip_);
        return std::move(problem_);
    }

private:
    void fill_nets() {
        problem_.targets.reserve(quantised_.synapses.size());
        std::array<bool, 256> seen{};
        for (std::size_t row = 0; row + 1 < quantised_.row_begin.size(); ++row) {
            std::uint32_t formats = 0;
            seen.fill(false);
            for (std::uint64_t k = quantised_.row_begin[row]; k < quantised_.row_begin[row + 1];
                 ++k) {
                const QuantisedSynapse& s = quantised_.synapses[k];
                problem_.targets.push_back(s.target);
                const std::uint8_t f = formats_.of(s);
                if (!std::exchange(seen[f], true)) ++formats;
            }
            most_formats_ = std::max(most_formats_, formats);
            problem_.net_begin.push_back(problem_.targets.size());
        }
        mapping::normalise(problem_);
    }

    void fill_limits() {
        mapping::CoreLimits& l = problem_.limits;
        l.neurons              = usable_compartments(limits_, legal_.longest_delay);
        l.incoming_axons       = limits_.input_axons;
        l.outgoing_axons       = limits_.output_axons;
        l.synapse_bits         = limits_.synapse_bits;
        neuron::loihi::SynapseFields widest{};
        if (!formats_.all.empty()) widest = formats_.all.front().fields();
        for (const SynapseFormat& f : formats_.all)
            if (f.fields().bits() > widest.bits()) widest = f.fields();
        l.packing = std::make_shared<LoihiPacking>(widest, most_formats_);
        add_compartments(l);
        add_table(l, "compartment configurations", limits_.compartment_configs,
                  [](const QuantisedNeuron& n) { return n.config; });
        add_table(l, "threshold configurations", limits_.threshold_configs,
                  [](const QuantisedNeuron& n) { return n.threshold; });
    }

    /// A neuron that resets by subtraction takes two.
    void add_compartments(mapping::CoreLimits& l) {
        mapping::Resource compartments{"compartments", {}, l.neurons};
        bool doubled = false;
        for (const QuantisedNeuron& n : quantised_.neurons) {
            compartments.amount.push_back(n.config.subtracts ? 2 : 1);
            doubled = doubled || n.config.subtracts;
        }
        if (doubled) l.resources.push_back(std::move(compartments));
    }

    template <class Key>
    void add_table(mapping::CoreLimits& l, const char* name, std::uint32_t limit, const Key& key) {
        std::map<decltype(key(quantised_.neurons.front())), std::uint32_t> ids;
        mapping::SharedTable table{name, {}, limit};
        for (const QuantisedNeuron& n : quantised_.neurons)
            table.entry.push_back(
                ids.try_emplace(key(n), static_cast<std::uint32_t>(ids.size())).first->second);
        if (ids.size() > limit) l.tables.push_back(std::move(table));
    }

    const LegalNetwork& legal_;
    const QuantisedNetwork& quantised_;
    const Formats& formats_;
    const Limits& limits_;
    const hw::ChipSpec& chip_;
    mapping::MappingProblem problem_;
    std::uint32_t most_formats_ = 1;
};

std::uint32_t figure(const hw::ChipSpec& chip, const char* name) {
    const auto found = chip.topology.figures.find(name);
    return found == chip.topology.figures.end() ? 1
                                                : static_cast<std::uint32_t>(found->second.value);
}

/// Chip core of a node of the mapper's mesh, in which the cores of a router are neighbours.
std::uint32_t core_number(const hw::ChipSpec& chip, const mapping::Mesh& mesh,
                          mapping::Position at) {
    const std::uint32_t columns = figure(chip, "columns"), rows = figure(chip, "rows");
    const std::uint32_t wide = mesh.width / columns, tall = mesh.height / rows;
    return (at.y / tall * columns + at.x / wide) * (wide * tall) + at.y % tall * wide + at.x % wide;
}

void fill(Layout& layout, std::vector<std::uint32_t> core_of) {
    for (std::uint32_t j = 0; j < core_of.size(); ++j) {
        std::vector<std::uint32_t>& core = layout.neurons_of[core_of[j]];
        layout.slot_of.push_back(static_cast<std::uint32_t>(core.size()));
        core.push_back(j);
    }
    layout.core_of = std::move(core_of);
}

/// By the file; the judge is the one of the mapper's own results.
Checked<Layout> lay_out_by_file(const mapping::MappingProblem& problem, const LegalNetwork& legal,
                                const Limits& limits, Layout layout) {
    const auto cores = static_cast<std::uint32_t>(layout.neurons_of.size());
    auto core_of     = read_mapping(limits.mapping_file, legal, cores);
    if (!core_of) return tl::unexpected{Diagnostics{core_of.error()}};
    mapping::Partition partition;
    std::vector<std::uint32_t> part_of(cores, cores);
    for (const std::uint32_t core : *core_of) {
        if (part_of[core] == cores) part_of[core] = partition.cores++;
        partition.core_of.push_back(CoreId{part_of[core]});
    }
    if (const auto good = mapping::verify(problem, partition); !good)
        return tl::unexpected{good.error()};
    layout.cores_used = partition.cores;
    fill(layout, std::move(*core_of));
    return layout;
}

}  // namespace

std::uint32_t usable_compartments(const Limits& limits, std::uint32_t longest) {
    return std::max(1U, std::min(limits.compartments, limits.accumulators / delay_slots(longest)));
}

Result<Formats> make_formats(const LegalNetwork& legal, const QuantisedNetwork& quantised,
                             const ir::Network& network, const Limits& limits) {
    Formats formats;
    const auto index_bits = neuron::loihi::rounded_to_code(
        neuron::loihi::index_bits_of_code,
        static_cast<std::uint32_t>(std::bit_width(std::max(1U, limits.compartments - 1))));
    const auto add = [&](const SynapseFormat& f) {
        const auto found = std::find(formats.all.begin(), formats.all.end(), f);
        const auto index = found - formats.all.begin();
        if (found == formats.all.end()) formats.all.push_back(f);
        return static_cast<std::uint8_t>(std::min<std::ptrdiff_t>(index, 255));
    };
    for (std::size_t p = 0; p < network.projections.size(); ++p) {
        const std::uint32_t post = network.projections[p].post.value;
        SynapseFormat f;
        f.weight     = quantised.scales[post].format;
        f.delay_bits = legal.longest_delay > 1 ? 6 : 0;
        f.index_bits = static_cast<std::uint8_t>(index_bits);
        f.kind       = static_cast<std::uint8_t>(legal.kinds[p]);
        formats.plain_of.push_back(add(f));
        SynapseFormat negative = f;
        if (quantised.scales[post].split)
            negative.weight.sign = neuron::loihi::SignMode::inhibitory;
        formats.negative_of.push_back(add(negative));
        for (std::size_t r = 0; r < legal.rules.size(); ++r)
            if (legal.rules[r].population == post) f.profile = static_cast<std::uint16_t>(r + 1);
        formats.learning_of.push_back(add(f));
        if (formats.all.size() > 255)
            return fault(
                "loihi.formats",
                fmt::format("the network needs {} synapse formats, limit 255", formats.all.size()),
                {network.file, fmt::format("/projections/{}", p)});
    }
    return formats;
}

Checked<Layout> lay_out(const LegalNetwork& legal, const QuantisedNetwork& quantised,
                        const Formats& formats, const Limits& limits, const hw::ChipSpec& chip,
                        const std::map<std::string, std::string>& choices) {
    Layout layout;
    layout.neurons_of.resize(chip.cores());
    if (legal.neurons == 0) return layout;
    const mapping::MappingProblem problem = Problem{legal, quantised, formats, limits, chip}.make();
    if (!limits.mapping_file.empty())
        return lay_out_by_file(problem, legal, limits, std::move(layout));
    mapping::MappingOptions options;
    options.partition.effort = problem.targets.size() > pins_of_full_effort ? 0.1 : 1.0;
    if (problem.targets.size() > pins_of_multilevel) {
        options.partition.algorithm = "sequential";
        options.placement.effort    = 0.1;
    }
    if (const auto it = choices.find("partitioner"); it != choices.end())
        options.partition.algorithm = it->second;
    if (const auto it = choices.find("placer"); it != choices.end())
        options.placement.algorithm = it->second;
    if (const auto it = choices.find("threads"); it != choices.end())
        options.partition.threads = static_cast<std::uint32_t>(
            std::max(1UL, std::strtoul(it->second.c_str(), nullptr, 10)));
    if (const auto good = mapping::check(problem); !good) return tl::unexpected{good.error()};
    std::optional<mapping::Partition> partition;
    if (problem.targets.size() > pins_of_full_effort && !choices.contains("partitioner") &&
        has_positions(legal))
        partition = by_position(legal, problem);
    if (!partition) {
        auto found = mapping::partition(problem, options.partition);
        if (!found) return tl::unexpected{Diagnostics{found.error()}};
        partition = std::move(*found);
    }
    const auto places = mapping::place(problem, *partition, options.placement);
    if (!places) return tl::unexpected{Diagnostics{places.error()}};
    std::vector<std::uint32_t> core_of;
    for (const CoreId part : partition->core_of)
        core_of.push_back(core_number(chip, places->mesh, places->of[part.value]));
    fill(layout, std::move(core_of));
    layout.cores_used = partition->cores;
    return layout;
}

}  // namespace spikeloom::backends::loihi
