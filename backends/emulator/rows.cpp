// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/rows.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <span>

namespace spikeloom::backends::emulator {

namespace {

constexpr std::uint32_t plastic_row = 1U << 31;

class RowEncoder {
public:
    RowEncoder(const LegalNetwork& legal, const QuantisedNetwork& quantised,
               const ir::Network& network, const Limits& limits)
        : legal_{legal}, quantised_{quantised}, network_{network}, limits_{limits} {}

    Checked<EncodedRows> run() {
        out_.rows.assign(2 * used_rows(), 0);
        const std::vector<QuantisedSynapse>& all = quantised_.synapses;
        for (std::size_t at = 0; at < all.size();) {
            std::size_t end = at;
            while (end < all.size() && all[end].row == all[at].row)
                ++end;
            const std::span row{&all[at], end - at};
            limits_.sparse_rows ? add_sparse(row) : add_span(row);
            at = end;
        }
        if (limits_.sparse_rows) encode_columns();
        check(out_.synapses.size(), limits_.synapse_words, "synapses", "synapse words");
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        return std::move(out_);
    }

private:
    /// Neuron rows come first, then source rows, whatever is used.
    [[nodiscard]] std::size_t used_rows() const {
        if (legal_.sources > 0) return std::size_t{limits_.neurons} + legal_.sources;
        return legal_.neurons;
    }

    [[nodiscard]] int delay_at() const { return 8 + limits_.widths.weight_fraction; }

    [[nodiscard]] std::uint32_t synapse_word(const QuantisedSynapse& s) const {
        const std::uint32_t mask = (1U << delay_at()) - 1U;
        std::uint32_t word       = static_cast<std::uint32_t>(s.weight) & mask;
        word |= std::uint32_t{s.delay} << delay_at();
        if (s.plastic) word |= 1U << (delay_at() + 4);
        if (limits_.sparse_rows) word |= s.target << (delay_at() + 5);
        return word;
    }

    void set_row(std::uint32_t row, std::uint32_t count_word, bool plastic) {
        out_.rows[2 * std::size_t{row}]     = static_cast<std::uint32_t>(out_.synapses.size());
        out_.rows[2 * std::size_t{row} + 1] = count_word | (plastic ? plastic_row : 0U);
    }

    static bool any_plastic(std::span<const QuantisedSynapse> row) {
        return std::any_of(row.begin(), row.end(), [](const auto& s) { return s.plastic; });
    }

    void add_sparse(std::span<const QuantisedSynapse> row) {
        set_row(row.front().row, static_cast<std::uint32_t>(row.size()), any_plastic(row));
        for (const QuantisedSynapse& s : row)
            out_.synapses.push_back(synapse_word(s));
    }

    /// A span names every target between the first and the last; delay 0 says "no synapse".
    void add_span(std::span<const QuantisedSynapse> row) {
        const auto [low, high] =
            std::minmax_element(row.begin(), row.end(),
                                [](const auto& a, const auto& b) { return a.target < b.target; });
        const std::uint32_t first = low->target;
        const std::uint32_t count = high->target - first + 1;
        std::vector<QuantisedSynapse> merged(count,
                                             QuantisedSynapse{row.front().row, 0, 0, 0, false});
        for (const QuantisedSynapse& s : row)
            merge(merged[s.target - first], s);
        set_row(row.front().row, first | (count << 16), any_plastic(row));
        for (const QuantisedSynapse& s : merged)
            out_.synapses.push_back(synapse_word(s));
    }

    /// Two synapses of one pair can be one if they arrive together, do not learn and fit 8 bits.
    void merge(QuantisedSynapse& into, const QuantisedSynapse& s) {
        if (into.delay == 0) {
            into = s;
            return;
        }
        const std::int32_t sum  = into.weight + s.weight;
        const std::int32_t most = weight_limit * (1 << limits_.widths.weight_fraction);
        if (into.delay == s.delay && !into.plastic && !s.plastic && std::abs(sum) <= most) {
            into.weight = sum;
            return;
        }
        if (!errors_.empty() && errors_.back().code == "emulator.parallel-synapses") return;
        errors_.push_back({"emulator.parallel-synapses",
                           fmt::format("two synapses lead to neuron {} of population '{}' from one "
                                       "neuron or source; this configuration has room for 1 (equal "
                                       "delays that do not learn are added up to a weight of {})",
                                       s.target - population(s.target).first,
                                       population(s.target).name, weight_limit),
                           {network_.file, "/projections"}});
    }

    [[nodiscard]] const LegalPopulation& population(std::uint32_t neuron) const {
        return legal_.populations[legal_.population_of[neuron]];
    }

    /// Plastic synapses of each neuron, by (row, synapse).
    void encode_columns() {
        std::vector<std::uint32_t> base(std::size_t{legal_.neurons} + 1, 0);
        const std::vector<QuantisedSynapse>& all = quantised_.synapses;
        for (const QuantisedSynapse& s : all)
            base[s.target + 1] += s.plastic ? 1 : 0;
        for (std::uint32_t j = 0; j < legal_.neurons; ++j) {
            out_.columns.push_back(base[j]);
            out_.columns.push_back(base[j + 1]);
            base[j + 1] += base[j];
        }
        const std::size_t entries = base.back();
        check(entries, limits_.column_entries, "column-entries", "column entries");
        out_.column_entries.assign(2 * entries, 0);
        for (std::size_t k = 0; k < all.size(); ++k) {
            if (!all[k].plastic) continue;
            const std::size_t at        = 2 * std::size_t{base[all[k].target]++};
            out_.column_entries[at]     = all[k].row;
            out_.column_entries[at + 1] = static_cast<std::uint32_t>(k);
        }
    }

    void check(std::uint64_t actual, std::uint64_t limit, const char* code, const char* what) {
        if (actual <= limit) return;
        errors_.push_back({fmt::format("emulator.{}", code),
                           fmt::format("the network needs {} {}, limit {}", actual, what, limit),
                           {network_.file, "/projections"}});
    }

    const LegalNetwork& legal_;
    const QuantisedNetwork& quantised_;
    const ir::Network& network_;
    const Limits& limits_;
    EncodedRows out_;
    Diagnostics errors_;
};

}  // namespace

Checked<EncodedRows> encode_rows(const LegalNetwork& legal, const QuantisedNetwork& quantised,
                                 const ir::Network& network, const Limits& limits) {
    return RowEncoder{legal, quantised, network, limits}.run();
}

}  // namespace spikeloom::backends::emulator
