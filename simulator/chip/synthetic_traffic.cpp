// SPDX-License-Identifier: Apache-2.0
#include "simulator/chip/synthetic_traffic.hpp"

#include "support/keyed_rng.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

namespace spikeloom::chip {

namespace {

class UniformTraffic {
public:
    UniformTraffic(const hw::NocSpec& spec, const TrafficOptions& options)
        : options_{options}, layout_{spec}, noc_{layout_}, cores_(layout_.cores) {
        for (std::uint32_t core = 0; core < layout_.cores; ++core) {
            cores_[core].random = KeyedSequence{options.seed, Stream::test, core};
            schedule(core, 0);
        }
    }

    TrafficResult run() {
        const std::uint64_t end  = options_.warmup + options_.measure;
        const std::uint64_t last = end + options_.drain;
        while (true) {
            const std::uint64_t made  = making_.empty() ? Noc::never : making_.front().cycle;
            const std::uint64_t cycle = std::min(made, noc_.next_cycle());
            if (cycle > last || (cycle >= end && open_ == 0)) break;
            while (!making_.empty() && making_.front().cycle == cycle)
                make(cycle);
            step(cycle);
            result_.cycles = cycle + 1;
        }
        const double core_cycles =
            static_cast<double>(layout_.cores) * static_cast<double>(options_.measure);
        result_.offered_flits  = static_cast<double>(made_ * options_.flits) / core_cycles;
        result_.accepted_flits = static_cast<double>(taken_) / core_cycles;
        result_.unfinished     = open_;
        result_.counts         = noc_.counts();
        return result_;
    }

private:
    struct Making {
        std::uint64_t cycle                                   = 0;
        std::uint32_t core                                    = 0;
        friend auto operator<=>(const Making&, const Making&) = default;
    };
    struct Core {
        KeyedSequence random{0, Stream::test, 0};
        std::vector<std::uint32_t> waiting;  ///< packets; those before `first` have been sent
        std::size_t first = 0, sent = 0;
    };

    [[nodiscard]] bool measured(std::uint64_t cycle) const {
        return cycle >= options_.warmup && cycle < options_.warmup + options_.measure;
    }

    /// The next packet of a core: the gap between packets is geometric.
    void schedule(std::uint32_t core, std::uint64_t from) {
        const double u   = cores_[core].random.uniform();
        const double gap = std::floor(std::log1p(-u) / std::log1p(-options_.packet_rate));
        if (gap > 1e15) return;
        making_.push_back({from + static_cast<std::uint64_t>(gap), core});
        std::push_heap(making_.begin(), making_.end(), std::greater{});
    }

    void make(std::uint64_t cycle) {
        std::pop_heap(making_.begin(), making_.end(), std::greater{});
        const std::uint32_t core = making_.back().core;
        making_.pop_back();
        cores_[core].waiting.push_back(static_cast<std::uint32_t>(made_at_.size()));
        made_at_.push_back(cycle);
        if (measured(cycle)) {
            ++made_;
            ++open_;
        }
        schedule(core, cycle + 1);
        if (cores_[core].waiting.size() - cores_[core].first == 1) send(core);
    }

    /// Sends what waits first, if the interface has room.
    void send(std::uint32_t core) {
        Core& c            = cores_[core];
        const auto network = static_cast<std::uint32_t>(c.sent % layout_.noc.networks);
        if (c.first == c.waiting.size() || !noc_.can_send(core, network)) return;
        auto to = static_cast<std::uint32_t>(c.random.below(layout_.cores - 1));
        to += to >= core ? 1 : 0;
        noc_.send(core, network, to, options_.flits, c.waiting[c.first]);
        ++c.sent;
        if (++c.first == c.waiting.size()) {
            c.waiting.clear();
            c.first = 0;
        }
    }

    void step(std::uint64_t cycle) {
        noc_.step(cycle);
        ++result_.steps;
        for (const Noc::Delivery& packet : noc_.delivered()) {
            noc_.release(packet, cycle);
            if (measured(cycle)) taken_ += packet.flits;
            const std::uint64_t made = made_at_[packet.tag];
            if (!measured(made)) continue;
            result_.latency.add(static_cast<std::int64_t>(cycle - made));
            --open_;
        }
        for (const std::uint32_t interface : noc_.left())
            send(interface / layout_.noc.networks);
    }

    TrafficOptions options_;
    NocLayout layout_;
    Noc noc_;
    std::vector<Core> cores_;
    std::vector<Making> making_;          ///< heap, earliest first
    std::vector<std::uint64_t> made_at_;  ///< of each packet
    std::uint64_t made_ = 0, open_ = 0, taken_ = 0;
    TrafficResult result_;
};

}  // namespace

TrafficResult run_uniform_traffic(const hw::NocSpec& noc, const TrafficOptions& options) {
    return UniformTraffic{noc, options}.run();
}

}  // namespace spikeloom::chip
