// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/encode.hpp"

#include "backends/loihi/choice_files.hpp"
#include "backends/loihi/tables.hpp"
#include "compiler/ir/models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace spikeloom::backends::loihi {

namespace {

/// Index of `value` in `table`, added where it is new.
template <class T>
std::uint16_t index_in(std::vector<T>& table, const T& value) {
    const auto found = std::find(table.begin(), table.end(), value);
    const auto index = static_cast<std::uint16_t>(found - table.begin());
    if (found == table.end()) table.push_back(value);
    return index;
}

class Encoder {
public:
    Encoder(const LegalNetwork& legal, const QuantisedNetwork& quantised, const Formats& formats,
            const Layout& layout, const Limits& limits)
        : legal_{legal},
          quantised_{quantised},
          formats_{formats},
          layout_{layout},
          limits_{limits} {}

    Checked<hw::HardwareImage> run(const ir::Network& network) {
        cores_.resize(layout_.neurons_of.size());
        local_.assign(cores_.size(), std::vector<int>(formats_.all.size(), -1));
        for (std::uint32_t c = 0; c < cores_.size(); ++c)
            fill_compartments(c);
        fill_synapses();
        fill_routes();
        check();
        replay_noise();
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        hw::HardwareImage image;
        for (std::uint32_t c = 0; c < cores_.size(); ++c)
            if (!cores_[c].compartments.empty()) image.cores.push_back(to_sections(cores_[c]));
        image.routing      = to_sections(chip_);
        image.quantisation = quantised_.report;
        add_utilisation(image);
        for (std::uint32_t p = 0; p < legal_.populations.size(); ++p)
            image.populations.push_back(symbol(network, p));
        return image;
    }

private:
    void fill_compartments(std::uint32_t c) {
        CoreTable& core = cores_[c];
        core.core       = c;
        for (const std::uint32_t j : layout_.neurons_of[c]) {
            const QuantisedNeuron& n = quantised_.neurons[j];
            CompartmentEntry entry   = n.state;
            entry.config             = index_in(core.configs, n.config);
            entry.threshold          = index_in(core.thresholds, n.threshold);
            for (std::size_t r = 0; r < legal_.rules.size(); ++r)
                if (legal_.rules[r].population == legal_.population_of[j])
                    entry.profile = static_cast<std::uint16_t>(r + 1);
            core.compartments.push_back(entry);
            core_compartments(c) += n.config.subtracts ? 2 : 1;
        }
    }

    std::uint64_t& core_compartments(std::uint32_t c) {
        used_compartments_.resize(cores_.size(), 0);
        return used_compartments_[c];
    }

    struct Placed {
        std::uint32_t core;
        StoredSynapse stored;
    };

    /// Row by row: what it has on each core becomes that core's next input axon.
    void fill_synapses() {
        std::vector<Placed> row;
        std::vector<StoredSynapse> list;
        row_routes_.begin.assign(1, 0);
        for (std::size_t r = 0; r + 1 < quantised_.row_begin.size(); ++r) {
            row.clear();
            for (std::uint64_t k = quantised_.row_begin[r]; k < quantised_.row_begin[r + 1]; ++k)
                row.push_back(placed(quantised_.synapses[k]));
            std::stable_sort(row.begin(), row.end(), [](const Placed& a, const Placed& b) {
                return std::tuple{a.core, a.stored.format, a.stored.index} <
                       std::tuple{b.core, b.stored.format, b.stored.index};
            });
            for (std::size_t first = 0; first < row.size();) {
                const std::uint32_t c = row[first].core;
                list.clear();
                for (; first < row.size() && row[first].core == c; ++first)
                    list.push_back(row[first].stored);
                CoreTable& core = cores_[c];
                row_routes_.routes.push_back({c, static_cast<std::uint32_t>(core.axons.size())});
                core.axons.push_back(append_list(list, core.formats, core.synapses));
            }
            row_routes_.begin.push_back(static_cast<std::uint32_t>(row_routes_.routes.size()));
        }
    }

    Placed placed(const QuantisedSynapse& s) {
        const std::uint32_t core  = layout_.core_of[s.target];
        const std::uint8_t format = formats_.of(s);
        int& local                = local_[core][format];
        if (local < 0) {
            local = static_cast<int>(cores_[core].formats.size());
            cores_[core].formats.push_back(formats_.all[format]);
        }
        return {
            core,
            {layout_.slot_of[s.target], s.delay - 1U, s.weight, static_cast<std::uint32_t>(local)}};
    }

    void fill_routes() {
        for (CoreTable& core : cores_) {
            for (const std::uint32_t j : layout_.neurons_of[core.core]) {
                for (const Route& route : row_routes_.of(j))
                    core.routes.routes.push_back(route);
                core.routes.begin.push_back(static_cast<std::uint32_t>(core.routes.routes.size()));
            }
        }
        for (std::uint32_t s = 0; s < legal_.sources; ++s) {
            for (const Route& route : row_routes_.of(std::size_t{legal_.neurons} + s))
                chip_.inputs.routes.push_back(route);
            chip_.inputs.begin.push_back(static_cast<std::uint32_t>(chip_.inputs.routes.size()));
        }
        chip_.longest_delay     = legal_.longest_delay;
        chip_.noise_exponent    = limits_.noise_exponent;
        chip_.noise_offset      = limits_.noise_offset;
        chip_.noise_at_membrane = limits_.noise_at_membrane;
        chip_.profiles          = quantised_.profiles;
        for (LearningProfile& profile : chip_.profiles)
            profile.epoch = static_cast<std::uint8_t>(limits_.learning_epoch);
    }

    void replay_noise() {
        if (limits_.noise_file.empty()) return;
        auto draws = read_draws(limits_.noise_file);
        if (draws)
            chip_.noise = std::move(*draws);
        else
            errors_.push_back(draws.error());
    }

    void refuse(const char* code, const CoreTable& core, const char* what, std::uint64_t used,
                std::uint64_t limit) {
        if (used <= limit) return;
        errors_.push_back(
            {code, fmt::format("core {} needs {} {}, limit {}", core.core, used, what, limit)});
    }

    /// What the mapper does not know of; all else it has verified.
    void check() {
        for (const CoreTable& core : cores_) {
            refuse("loihi.formats", core, "synapse formats", core.formats.size(),
                   limits_.synapse_formats);
        }
    }

    void add_utilisation(hw::HardwareImage& image) {
        image.utilisation.push_back({"cores", {}, layout_.cores_used, cores_.size()});
        const std::uint64_t compartments = usable_compartments(limits_, legal_.longest_delay);
        for (const CoreTable& core : cores_) {
            if (core.compartments.empty()) continue;
            const CoreId id{core.core};
            const auto add = [&](const char* what, std::uint64_t used, std::uint64_t limit) {
                image.utilisation.push_back({what, id, used, limit});
            };
            add("compartments", core_compartments(core.core), compartments);
            add("synapse memory bits", core.synapses.size() * 64, limits_.synapse_bits);
            add("input axons", core.axons.size(), limits_.input_axons);
            add("output axons", core.routes.routes.size(), limits_.output_axons);
            add("compartment configurations", core.configs.size(), limits_.compartment_configs);
            add("threshold configurations", core.thresholds.size(), limits_.threshold_configs);
            add("synapse formats", core.formats.size(), limits_.synapse_formats);
        }
    }

    hw::PopulationSymbol symbol(const ir::Network& network, std::uint32_t p) {
        const ir::Population& population = network.populations[p];
        const LegalPopulation& legal     = legal_.populations[p];
        hw::PopulationSymbol s;
        s.name            = population.name;
        s.shape           = population.shape;
        s.is_source       = legal.is_source;
        s.is_output       = population.is_output;
        s.pipeline_offset = population.pipeline_offset;
        if (legal.is_source) {
            s.placed = {{0, legal.count, CoreId{0}, SlotId{legal.first}}};
            if (population.model.name == "poisson")
                s.poisson_rate = ir::parameter(network, PopulationId{p}, "rate", 0);
            return s;
        }
        for (std::uint32_t k = 0; k < legal.count; ++k) {
            const std::uint32_t j    = legal.first + k;
            const std::uint32_t core = layout_.core_of[j], slot = layout_.slot_of[j];
            hw::PlacedRange* last = s.placed.empty() ? nullptr : &s.placed.back();
            if (last != nullptr && last->core.value == core &&
                last->slot.value + last->count == slot)
                ++last->count;
            else
                s.placed.push_back({k, 1, CoreId{core}, SlotId{slot}});
        }
        const double scale = quantised_.scales[p].v;
        s.unit_scale["v"]  = 1 / scale;
        const double i     = legal.neurons.front().i_unit;
        if (i != 0) s.unit_scale["i"] = i / scale;
        return s;
    }

    const LegalNetwork& legal_;
    const QuantisedNetwork& quantised_;
    const Formats& formats_;
    const Layout& layout_;
    const Limits& limits_;
    std::vector<CoreTable> cores_;
    std::vector<std::vector<int>> local_;  ///< by core: its number of each of the network's formats
    std::vector<std::uint64_t> used_compartments_;
    RouteTable row_routes_;
    ChipTable chip_;
    Diagnostics errors_;
};

}  // namespace

Checked<hw::HardwareImage> encode_tables(const LegalNetwork& legal,
                                         const QuantisedNetwork& quantised, const Formats& formats,
                                         const Layout& layout, const ir::Network& network,
                                         const Limits& limits) {
    return Encoder{legal, quantised, formats, layout, limits}.run(network);
}

}  // namespace spikeloom::backends::loihi
