// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/encode.hpp"

#include "backends/emulator/rows.hpp"
#include "compiler/ir/models.hpp"

#include <fmt/format.h>

#include <map>
#include <tuple>

namespace spikeloom::backends::emulator {

namespace emu = neuron::emulator;

namespace {

/// The most that a refractory counter holds [ticks].
constexpr std::uint32_t longest_hold = 255;

std::uint32_t word(std::int32_t value) {
    return static_cast<std::uint32_t>(value);
}

/// The current that `ticks` ticks without input decay to `wanted`, and whether it fits the
/// register. decay() leaves no gaps (a step of 1 changes its result by 0 or 1), so that one exists
/// unless all is lost in one tick; then it does not matter.
std::pair<std::int32_t, bool> current_before(std::int32_t wanted, std::uint32_t lost,
                                             std::uint32_t ticks, std::int64_t limit) {
    if (lost == emu::decay_all || wanted == 0) return {wanted, true};
    std::int64_t x = std::abs(std::int64_t{wanted});
    for (std::uint32_t t = 0; t < ticks; ++t) {
        const std::int64_t after = x;
        x                        = (after << 16) / (0x10000 - static_cast<std::int64_t>(lost));
        while (emu::decay(x, lost) < after)
            ++x;
        if (x > limit) return {static_cast<std::int32_t>(wanted < 0 ? -limit : limit), false};
    }
    return {static_cast<std::int32_t>(wanted < 0 ? -x : x), true};
}

class Encoder {
public:
    Encoder(const LegalNetwork& legal, const QuantisedNetwork& quantised,
            const ir::Network& network, const Limits& limits)
        : legal_{legal}, quantised_{quantised}, network_{network}, limits_{limits} {}

    Checked<hw::HardwareImage> run() {
        auto rows = encode_rows(legal_, quantised_, network_, limits_);
        if (!rows) errors_ = rows.error();
        encode_neurons();
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        add("rows", rows->rows);
        add("synapses", rows->synapses);
        add("neurons", neurons_);
        add("sets", sets_);
        if (limits_.sparse_rows) {
            add("columns", rows->columns);
            add("column_entries", rows->column_entries);
        }
        add("registers", registers());
        if (auto state = initial_state(); !state.empty()) add("state", state);
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        image_.cores.push_back(std::move(core_));
        image_.routing = {{"configuration", bytes_of(configuration_words(limits_))}};
        add_symbols();
        image_.quantisation = quantised_.report;
        image_.quantisation.insert(image_.quantisation.end(), clipped_.begin(), clipped_.end());
        add_utilisation(*rows);
        return std::move(image_);
    }

private:
    using SetKey = std::tuple<std::uint32_t, std::uint32_t, std::int32_t, std::int32_t,
                              std::uint32_t, std::uint32_t, bool>;

    void add(const char* name, std::span<const std::uint32_t> words) {
        core_.sections.push_back({name, bytes_of(words)});
    }

    void encode_neurons() {
        std::map<SetKey, std::uint32_t> index;
        std::string first_too_many;
        for (std::uint32_t j = 0; j < legal_.neurons; ++j) {
            const emu::ParameterSet& s = quantised_.neurons[j].set;
            const SetKey key{s.current_decay, s.membrane_decay, s.threshold,      s.v_reset,
                             s.input_shift,   s.refractory,     s.reset_subtracts};
            const auto [at, is_new] =
                index.try_emplace(key, static_cast<std::uint32_t>(index.size()));
            if (is_new) append_set(s);
            if (index.size() > limits_.parameter_sets && first_too_many.empty()) {
                first_too_many = legal_.populations[legal_.population_of[j]].name;
            }
            neurons_.push_back(at->second);
            neurons_.push_back(word(quantised_.neurons[j].bias));
        }
        if (first_too_many.empty()) return;
        errors_.push_back({"emulator.parameter-sets",
                           fmt::format("the network needs {} parameter sets, limit {} (exceeded at "
                                       "population '{}')",
                                       index.size(), limits_.parameter_sets, first_too_many),
                           {network_.file, "/populations"},
                           {"neurons share a set when decays, threshold, reset, scale and "
                            "refractory period are equal"}});
    }

    void append_set(const emu::ParameterSet& s) {
        sets_.insert(
            sets_.end(),
            {s.current_decay, s.membrane_decay, word(s.threshold), word(s.v_reset),
             s.input_shift | (s.reset_subtracts ? 1U << 4 : 0U) | (s.refractory << 8), 0, 0, 0});
    }

    /// Pairs (register, value).
    [[nodiscard]] std::vector<std::uint32_t> registers() const {
        std::vector<std::uint32_t> pairs{2, legal_.neurons,           3, legal_.sources,
                                         4, quantised_.rule ? 1U : 0U};
        if (!quantised_.rule) return pairs;
        const emu::StdpRule& r = *quantised_.rule;
        pairs.insert(pairs.end(), {5, r.plus_decay, 6, r.minus_decay, 7, r.a_plus, 8, r.a_minus, 9,
                                   word(r.w_min), 10, word(r.w_max)});
        return pairs;
    }

    /// States that are not 0 at the start. A population that retiming makes late stands still for
    /// so many ticks (as one that has just spiked), or its bias would charge it too early. Its
    /// current decays all the while and so starts higher.
    [[nodiscard]] std::vector<std::uint32_t> initial_state() {
        std::vector<std::uint32_t> words(4 * quantised_.neurons.size(), 0);
        bool needed = false;
        for (std::size_t p = 0; p < legal_.populations.size(); ++p) {
            const LegalPopulation& population = legal_.populations[p];
            if (population.is_source) continue;
            const std::uint32_t late = network_.populations[p].pipeline_offset;
            std::uint64_t clipped    = 0;
            for (std::size_t j = population.first; j < population.first + population.count; ++j) {
                const QuantisedNeuron& n = quantised_.neurons[j];
                if (n.v_init == 0 && n.i_init == 0 && n.bias == 0) continue;
                const auto [i, fits] =
                    current_before(n.i_init, n.set.current_decay, late, limits_.current());
                clipped += fits ? 0 : 1;
                words[4 * j]     = word(n.v_init);
                words[4 * j + 1] = word(i);
                words[4 * j + 2] = late;
                needed           = needed || n.v_init != 0 || i != 0 || late != 0;
            }
            if (needed) check_hold(population, late, clipped);
        }
        if (!needed) words.clear();
        return words;
    }

    void check_hold(const LegalPopulation& population, std::uint32_t late, std::uint64_t clipped) {
        if (late > longest_hold) {
            errors_.push_back({"emulator.pipeline-offset",
                               fmt::format("population '{}' starts {} ticks late, the core holds a "
                                           "biased neuron for at most {}",
                                           population.name, late, longest_hold)});
        }
        if (clipped == 0) return;
        hw::QuantisationEntry entry{.owner = population.name, .parameter = "i at the start"};
        entry.count     = population.count;
        entry.saturated = clipped;
        clipped_.push_back(std::move(entry));
    }

    void add_symbols() {
        for (std::size_t p = 0; p < legal_.populations.size(); ++p) {
            const LegalPopulation& from  = legal_.populations[p];
            const ir::Population& source = network_.populations[p];
            hw::PopulationSymbol symbol;
            symbol.name            = from.name;
            symbol.shape           = source.shape;
            symbol.is_source       = from.is_source;
            symbol.is_output       = source.is_output;
            symbol.pipeline_offset = source.pipeline_offset;
            symbol.placed          = {{0, from.count, only_core, SlotId{from.first}}};
            if (source.model.name == "poisson") {
                symbol.poisson_rate =
                    ir::parameter(network_, PopulationId{static_cast<std::uint32_t>(p)}, "rate", 0);
            }
            if (!from.is_source) add_unit_scale(symbol, from, quantised_.scales[p]);
            image_.populations.push_back(std::move(symbol));
        }
    }

    /// i has one factor only where all neurons share it.
    static void add_unit_scale(hw::PopulationSymbol& symbol, const LegalPopulation& population,
                               const Scale& scale) {
        symbol.unit_scale["v"] = 1 / scale.v;
        const double first     = population.neurons.front().i_unit;
        for (const Dynamics& n : population.neurons) {
            if (n.i_unit != first) return;
        }
        if (first != 0) symbol.unit_scale["i"] = first / scale.v;
    }

    void add_utilisation(const EncodedRows& rows) {
        const auto use = [&](const char* name, std::uint64_t used, std::uint64_t limit) {
            image_.utilisation.push_back({name, only_core, used, limit});
        };
        use("neurons", legal_.neurons, limits_.neurons);
        use("sources", legal_.sources, limits_.sources);
        use("synapse words", rows.synapses.size(), limits_.synapse_words);
        if (limits_.sparse_rows) {
            use("column entries", rows.column_entries.size() / 2, limits_.column_entries);
        }
        use("parameter sets", sets_.size() / 8, limits_.parameter_sets);
        use("stdp rules", quantised_.rule ? 1 : 0, 1);
        use("input sum", quantised_.worst_input, static_cast<std::uint64_t>(limits_.accumulator()));
    }

    const LegalNetwork& legal_;
    const QuantisedNetwork& quantised_;
    const ir::Network& network_;
    const Limits& limits_;
    std::vector<std::uint32_t> neurons_;
    std::vector<std::uint32_t> sets_;
    hw::CoreTables core_{only_core, {}};
    hw::HardwareImage image_;
    Diagnostics errors_;
    std::vector<hw::QuantisationEntry> clipped_;  ///< what a late start made too large
};

}  // namespace

Checked<hw::HardwareImage> encode_tables(const LegalNetwork& legal,
                                         const QuantisedNetwork& quantised,
                                         const ir::Network& network, const Limits& limits) {
    return Encoder{legal, quantised, network, limits}.run();
}

std::vector<std::uint32_t> configuration_words(const Limits& l) {
    const auto width = [](int bits) { return static_cast<std::uint32_t>(bits); };
    return {l.configuration,
            l.neurons,
            l.sources,
            l.sparse_rows ? 1U : 0U,
            width(l.widths.membrane),
            width(l.widths.current),
            width(l.widths.accumulator),
            width(l.bias_width),
            width(l.widths.weight_fraction),
            width(l.widths.trace)};
}

std::optional<Limits> limits_from(std::span<const std::uint32_t> words) {
    if (words.size() != 10 || words[1] == 0 || words[1] > (1U << 16) || words[2] > (1U << 16)) {
        return std::nullopt;
    }
    for (const std::uint32_t width : words.subspan(4)) {
        if (width > 31) return std::nullopt;
    }
    const auto width = [&](std::size_t k) { return static_cast<int>(words[k]); };
    Limits l;
    l.configuration = words[0];
    l.neurons       = words[1];
    l.sources       = words[2];
    l.sparse_rows   = words[3] != 0;
    l.bias_width    = width(7);
    l.widths        = {width(4), width(5), width(6), width(8), width(9)};
    const bool sane = width(4) >= 8 && width(5) >= 8 && width(6) >= 9 && width(9) >= 13;
    return sane && width(8) <= 8 ? std::optional{l} : std::nullopt;
}

std::vector<std::uint8_t> bytes_of(std::span<const std::uint32_t> words) {
    std::vector<std::uint8_t> bytes;
    bytes.reserve(4 * words.size());
    for (const std::uint32_t w : words) {
        for (int b = 0; b < 4; ++b)
            bytes.push_back(static_cast<std::uint8_t>(w >> (8 * b)));
    }
    return bytes;
}

std::vector<std::uint32_t> words_of(std::span<const std::uint8_t> bytes) {
    std::vector<std::uint32_t> words(bytes.size() / 4);
    for (std::size_t k = 0; k < words.size(); ++k) {
        for (std::size_t b = 0; b < 4; ++b) {
            words[k] |= static_cast<std::uint32_t>(bytes[4 * k + b]) << (8 * b);
        }
    }
    return words;
}

}  // namespace spikeloom::backends::emulator
