// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <set>

namespace spikeloom::runtime {
namespace {

Train sorted_once(Train train) {
    std::ranges::sort(train);
    const auto tail = std::ranges::unique(train);
    train.erase(tail.begin(), tail.end());
    return train;
}

/// Sums that become means when all neurons are in.
struct Sums {
    double interval_magnitude = 0;
    double delay              = 0;
    std::uint64_t pairs       = 0;
};

void add_pairs(const Train& a, const Train& b, TrainDifference& into, Sums& sums) {
    const std::size_t both = std::min(a.size(), b.size());
    for (std::size_t k = 0; k < both; ++k) {
        const auto late = static_cast<double>(b[k]) - static_cast<double>(a[k]);
        sums.delay += late;
        into.max_delay = std::max(into.max_delay, std::abs(late));
        ++sums.pairs;
        if (k == 0) continue;
        const double before     = static_cast<double>(b[k - 1]) - static_cast<double>(a[k - 1]);
        const double distortion = std::abs(late - before);
        sums.interval_magnitude += distortion;
        into.max_interval_distortion = std::max(into.max_interval_distortion, distortion);
        ++into.intervals;
    }
}

void add_train(const Train& a, const Train& b, TrainDifference& into, Sums& sums) {
    std::vector<std::uint64_t> common;
    std::ranges::set_intersection(a, b, std::back_inserter(common));
    into.reference += a.size();
    into.other += b.size();
    into.matched += common.size();
    into.missed += a.size() - common.size();
    into.added += b.size() - common.size();
    add_pairs(a, b, into, sums);
}

void finish(TrainDifference& d, const Sums& sums) {
    if (d.intervals > 0)
        d.mean_interval_distortion = sums.interval_magnitude / static_cast<double>(d.intervals);
    if (sums.pairs > 0) d.mean_delay = sums.delay / static_cast<double>(sums.pairs);
}

/// Spike i of a neuron in both recordings.
struct PairedSpike {
    std::uint64_t reference;
    std::uint64_t other;
    TrainDifference* neuron;
};

/// Counts the overtaken spikes of one population: from the last on, the earliest in the other of
/// all that are strictly later in the reference.
std::uint64_t count_disorder(std::vector<PairedSpike>& spikes) {
    std::ranges::stable_sort(spikes, std::ranges::greater{}, &PairedSpike::reference);
    std::uint64_t overtaken = 0;
    std::uint64_t earliest  = std::numeric_limits<std::uint64_t>::max();
    for (std::size_t first = 0; first < spikes.size();) {
        std::size_t end           = first;
        std::uint64_t of_the_tick = earliest;
        for (; end < spikes.size() && spikes[end].reference == spikes[first].reference; ++end) {
            of_the_tick = std::min(of_the_tick, spikes[end].other);
            if (spikes[end].other <= earliest) continue;
            ++overtaken;
            ++spikes[end].neuron->disorder;
        }
        earliest = of_the_tick;
        first    = end;
    }
    return overtaken;
}

void note_first(const TrainKey& key, const Train& a, const Train& b,
                std::optional<FirstDifference>& first) {
    std::vector<std::uint64_t> odd;
    std::ranges::set_symmetric_difference(a, b, std::back_inserter(odd));
    if (odd.empty() || (first && first->tick <= odd.front())) return;
    first = FirstDifference{odd.front(), key, std::ranges::binary_search(a, odd.front())};
}

std::string line(const std::string& name, const TrainDifference& d) {
    return fmt::format("  {:<22} {:>8} {:>8} {:>8} {:>7} {:>7} {:>8.3f} {:>8.3f} {:>8} {:>7.2f}%\n",
                       name, d.reference, d.other, d.matched, d.missed, d.added,
                       d.mean_interval_distortion, d.mean_delay, d.disorder, 100 * d.rate_error());
}

}  // namespace

double TrainDifference::rate_error() const {
    const double more = static_cast<double>(other) - static_cast<double>(reference);
    return reference == 0 ? more : more / static_cast<double>(reference);
}

TrainComparison compare_trains(const Trains& reference, const Trains& other) {
    std::set<TrainKey> keys;
    for (const auto& [key, train] : reference)
        keys.insert(key);
    for (const auto& [key, train] : other)
        keys.insert(key);

    const auto train_of = [](const Trains& trains, const TrainKey& key) {
        const auto it = trains.find(key);
        return it == trains.end() ? Train{} : sorted_once(it->second);
    };
    TrainComparison result;
    Sums total;
    std::map<std::string, Sums> sums;
    std::map<std::string, std::vector<PairedSpike>> paired;
    for (const TrainKey& key : keys) {
        const Train a = train_of(reference, key);
        const Train b = train_of(other, key);
        add_train(a, b, result.total, total);
        add_train(a, b, result.populations[key.population], sums[key.population]);
        TrainDifference& neuron = result.neurons[key];
        Sums alone;
        add_train(a, b, neuron, alone);
        finish(neuron, alone);
        for (std::size_t k = 0; k < std::min(a.size(), b.size()); ++k)
            paired[key.population].push_back({a[k], b[k], &neuron});
        note_first(key, a, b, result.first);
    }
    for (auto& [name, spikes] : paired) {
        result.populations[name].disorder = count_disorder(spikes);
        result.total.disorder += result.populations[name].disorder;
    }
    finish(result.total, total);
    for (auto& [name, difference] : result.populations)
        finish(difference, sums[name]);
    return result;
}

std::string to_text(const TrainComparison& comparison) {
    std::string out = fmt::format(
        "  {:<22} {:>8} {:>8} {:>8} {:>7} {:>7} {:>8} {:>8} {:>8} {:>8}\n", "spikes", "A", "B",
        "matched", "missed", "added", "interval", "delay", "disorder", "rate");
    for (const auto& [name, difference] : comparison.populations)
        out += line(name, difference);
    out += line("all", comparison.total);
    if (!comparison.first) return out + "identical\n";
    out += fmt::format("first difference: tick {}, {} {}: only in {}\n", comparison.first->tick,
                       comparison.first->key.population, comparison.first->key.neuron,
                       comparison.first->missed ? "A" : "B");
    return out;
}

}  // namespace spikeloom::runtime
