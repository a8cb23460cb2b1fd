// SPDX-License-Identifier: Apache-2.0
#include "sweep/score.hpp"

#include "support/atomic_file.hpp"
#include "support/spike_csv.hpp"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <string_view>
#include <vector>

namespace spikeloom::sweep {
namespace {

Checked<std::vector<std::uint32_t>> read_labels(const std::filesystem::path& path) {
    const auto text = read_file(path);
    if (!text) return tl::unexpected<Diagnostics>{Diagnostics{text.error()}};
    std::vector<std::uint32_t> labels;
    std::string_view rest = *text;
    while (!rest.empty()) {
        const std::size_t end       = std::min(rest.find('\n'), rest.size());
        const std::string_view line = rest.substr(0, end);
        std::uint32_t label         = 0;
        const auto [last, status] = std::from_chars(line.data(), line.data() + line.size(), label);
        if (status != std::errc{} || last != line.data() + line.size())
            return tl::unexpected<Diagnostics>{
                Diagnostics{{"sweep.labels",
                             fmt::format("'{}' is no whole number from 0", line),
                             {path.string(), fmt::format("{}:1", labels.size() + 1)}}}};
        labels.push_back(label);
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return labels;
}

Checked<runtime::Trains> trains_of(const std::filesystem::path& path) {
    const auto table = read_spike_csv(path);
    if (!table) return tl::unexpected<Diagnostics>{table.error()};
    runtime::Trains trains;
    for (const SpikeRows::Row& row : table->rows)
        trains[{table->populations[row.population], row.neuron}].push_back(row.tick);
    return trains;
}

}  // namespace

Checked<double> accuracy(const Score& score, const std::filesystem::path& spikes,
                         std::uint64_t offset) {
    const auto labels = read_labels(score.labels);
    if (!labels) return tl::unexpected<Diagnostics>{labels.error()};
    const auto table = read_spike_csv(spikes);
    if (!table) return tl::unexpected<Diagnostics>{table.error()};
    std::vector<std::map<std::uint32_t, std::uint64_t>> counts(labels->size());
    for (const SpikeRows::Row& row : table->rows) {
        if (table->populations[row.population] != score.population || row.tick < offset) continue;
        const std::uint64_t item = (row.tick - offset) / score.ticks;
        if (item < counts.size()) ++counts[item][row.neuron];
    }
    std::uint64_t right = 0;
    for (std::size_t item = 0; item < counts.size(); ++item) {
        std::uint64_t most = 0;
        std::uint32_t best = 0;
        for (const auto& [neuron, count] : counts[item])
            if (count > most) {
                most = count;
                best = neuron;
            }
        if (most > 0 && best == (*labels)[item]) ++right;
    }
    return labels->empty() ? 0.0 : static_cast<double>(right) / static_cast<double>(labels->size());
}

Checked<runtime::TrainDifference> compare_spikes(const std::filesystem::path& reference,
                                                 const std::filesystem::path& other) {
    const auto wanted = trains_of(reference);
    if (!wanted) return tl::unexpected<Diagnostics>{wanted.error()};
    const auto found = trains_of(other);
    if (!found) return tl::unexpected<Diagnostics>{found.error()};
    return runtime::compare_trains(*wanted, *found).total;
}

}  // namespace spikeloom::sweep
