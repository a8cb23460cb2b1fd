// SPDX-License-Identifier: Apache-2.0
#include "runtime/report/html/raster.hpp"

#include "support/keyed_rng.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>

namespace spikeloom::runtime {
namespace {

constexpr std::uint64_t rate_counts = 1000;  ///< most steps of the rate

/// Number of neurons of each population that the trains know of.
std::map<std::string, std::uint64_t> sizes_of(std::initializer_list<const Trains*> recordings) {
    std::map<std::string, std::uint64_t> sizes;
    for (const Trains* trains : recordings) {
        for (const auto& [key, train] : *trains) {
            std::uint64_t& size = sizes[key.population];
            size                = std::max<std::uint64_t>(size, key.neuron + std::uint64_t{1});
        }
    }
    return sizes;
}

std::uint64_t last_tick(const Trains& trains) {
    std::uint64_t end = 0;
    for (const auto& [key, train] : trains)
        for (const std::uint64_t tick : train)
            end = std::max(end, tick + 1);
    return end;
}

/// Frame of a raster: rows and time, no points yet.
Raster frame(std::initializer_list<const Trains*> recordings, const RasterOptions& options) {
    Raster raster;
    for (const auto& [name, size] : sizes_of(recordings)) {
        raster.populations.push_back({name, raster.neurons});
        raster.neurons += size;
    }
    raster.ticks = options.ticks;
    for (const Trains* trains : recordings)
        raster.ticks = std::max(raster.ticks, last_tick(*trains));
    raster.rate_ticks = std::max<std::uint64_t>(1, (raster.ticks + rate_counts - 1) / rate_counts);
    raster.rate.assign((raster.ticks + raster.rate_ticks - 1) / raster.rate_ticks, 0);
    return raster;
}

/// Puts spikes into groups, each with the same chance.
class Pen {
public:
    Pen(Raster& raster, std::uint64_t spikes, const RasterOptions& options)
        : raster_{&raster},
          bound_{spikes <= options.most
                     ? std::numeric_limits<std::uint64_t>::max()
                     : static_cast<std::uint64_t>(0x1p64 * static_cast<double>(options.most) /
                                                  static_cast<double>(spikes))} {
        raster.spikes = spikes;
        for (const Raster::Rows& rows : raster.populations)
            first_[rows.population] = rows.first;
    }

    void put(RasterGroup& group, const TrainKey& key, std::uint64_t tick) {
        const std::uint64_t row = first_[key.population] + key.neuron;
        ++raster_->rate[tick / raster_->rate_ticks];
        if (keyed_bits(0, Stream::noise, row, tick) > bound_) return;
        group.ticks.push_back(tick);
        group.rows.push_back(row);
    }

private:
    Raster* raster_;
    std::uint64_t bound_;
    std::map<std::string, std::uint64_t> first_;
};

Train sorted_once(Train train) {
    std::ranges::sort(train);
    const auto tail = std::ranges::unique(train);
    train.erase(tail.begin(), tail.end());
    return train;
}

/// Reference and other of every neuron that either knows, each spike once.
using Pairs = std::map<TrainKey, std::pair<Train, Train>>;

Pairs pairs_of(const Trains& reference, const Trains& other) {
    Pairs pairs;
    for (const auto& [key, train] : reference)
        pairs[key].first = sorted_once(train);
    for (const auto& [key, train] : other)
        pairs[key].second = sorted_once(train);
    return pairs;
}

}  // namespace

std::uint64_t Raster::drawn() const {
    return std::accumulate(
        groups.begin(), groups.end(), std::uint64_t{0},
        [](std::uint64_t sum, const RasterGroup& group) { return sum + group.ticks.size(); });
}

Raster make_raster(const Trains& trains, const RasterOptions& options) {
    Raster raster        = frame({&trains}, options);
    std::uint64_t spikes = 0;
    for (const auto& [key, train] : trains)
        spikes += train.size();
    Pen pen{raster, spikes, options};
    for (const auto& [key, train] : trains) {
        if (raster.groups.empty() || raster.groups.back().name != key.population)
            raster.groups.push_back({key.population, {}, {}});
        for (const std::uint64_t tick : train)
            pen.put(raster.groups.back(), key, tick);
    }
    return raster;
}

Raster make_raster(const Trains& reference, const Trains& other, const RasterOptions& options) {
    Raster raster        = frame({&reference, &other}, options);
    const Pairs pairs    = pairs_of(reference, other);
    std::uint64_t spikes = 0;
    std::map<TrainKey, Train> common;
    for (const auto& [key, both] : pairs) {
        std::ranges::set_intersection(both.first, both.second, std::back_inserter(common[key]));
        spikes += both.first.size() + both.second.size() - common[key].size();
    }
    raster.groups = {{"matched", {}, {}}, {"missed", {}, {}}, {"added", {}, {}}};
    Pen pen{raster, spikes, options};
    for (const auto& [key, both] : pairs) {
        const Train& in_both = common[key];
        const auto put_odd   = [&](RasterGroup& group, const Train& train) {
            for (const std::uint64_t tick : train)
                if (!std::ranges::binary_search(in_both, tick)) pen.put(group, key, tick);
        };
        for (const std::uint64_t tick : in_both)
            pen.put(raster.groups[0], key, tick);
        put_odd(raster.groups[1], both.first);
        put_odd(raster.groups[2], both.second);
    }
    return raster;
}

}  // namespace spikeloom::runtime
