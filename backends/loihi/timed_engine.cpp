// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/timed_engine.hpp"

#include "backends/loihi/costs.hpp"
#include "backends/loihi/limits.hpp"
#include "hw/spec/noc_routing.hpp"
#include "hw/spec/noc_spec.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace spikeloom::backends::loihi {

namespace {

class TimedEngine final : public Engine {
public:
    explicit TimedEngine(chip::Fidelity fidelity) : fidelity_{fidelity} {}

    Result<void> load(const std::vector<CoreTable>& cores, const ChipTable& chip,
                      const hw::HardwareImage& image) override {
        const auto spec = chip_of(image.options, image.chip);
        if (!spec) return tl::unexpected{spec.error()};
        auto model = ChipModel::make(cores, chip, image.seed);
        if (!model) return tl::unexpected{model.error()};
        const auto noc = hw::noc_spec(*spec);
        if (!noc) return tl::unexpected{noc.error()};
        if (!cores.empty() && cores.back().core >= noc->cores())
            return fault("device.wrong-image", "the image uses cores that the chip has not");
        costs_ = costs_of(*spec);
        std::set<std::uint32_t> tiles;
        for (const CoreTable& core : cores)
            tiles.insert(core.core / noc->cores_per_router);
        chip::ChipTiming timing{.noc = *noc};
        timing.barrier_ps =
            hw::barrier_ps(*spec, costs_.barrier_prefix,
                           static_cast<std::uint32_t>(std::max<std::size_t>(1, tiles.size())));
        auto timer = chip::make_tick_timer(timing, fidelity_);
        if (!timer) return tl::unexpected{timer.error()};
        timer_ = std::move(*timer);
        noc_   = *noc;
        hops_.assign(std::size_t{noc->columns} + noc->rows, 0);
        places_.clear();
        for (std::uint32_t core = 0; core < noc->cores(); ++core) {
            const std::uint32_t router = core / noc->cores_per_router;
            places_.push_back({router % noc->columns, router / noc->columns});
        }
        recorder_.emplace(costs_, noc->cores());
        model_ = std::move(*model);
        times_.clear();
        learning_ps_ = 0;
        return {};
    }

    void push(std::uint32_t source) override { model_->push(source); }

    const std::vector<CoreSpike>& step() override {
        const std::uint64_t tick             = model_->tick();
        const std::vector<CoreSpike>& spikes = model_->step(&*recorder_);
        const chip::TickWork& work           = recorder_->end_tick();
        const chip::TickTiming time          = timer_->time_tick(work);
        count_hops(work);
        // Learning is a phase of its own after the spikes; the slowest core ends it.
        const std::int64_t learning =
            static_cast<std::int64_t>(model_->longest_learning()) * costs_.learning_ps;
        learning_ps_ += learning;
        times_.push_back({Tick{tick}, static_cast<std::uint64_t>(time.latency_ps + learning)});
        return spikes;
    }

    [[nodiscard]] std::int64_t state(char variable, CoreSpike at) const override {
        if (variable == 'y') return model_->y(at.core, at.slot);
        return variable == 'u' ? model_->u(at.core, at.slot) : model_->v(at.core, at.slot);
    }
    [[nodiscard]] std::vector<std::int32_t> weights(std::uint32_t used) const override {
        return model_->weights(used);
    }
    void set_plasticity(bool on) override { model_->set_plasticity(on); }
    std::vector<runtime::TickTime> take_tick_times() override { return std::exchange(times_, {}); }

    [[nodiscard]] runtime::Activity activity() const override {
        const ModelCounters& c         = model_->counters();
        const chip::TimingTotals& time = timer_->totals();
        runtime::Activity a;
        const auto add = [&](const char* name, std::uint64_t value, const char* unit = "1") {
            a[name] = {value, unit};
        };
        const auto add_ps = [&](const char* name, std::int64_t value) {
            add(name, static_cast<std::uint64_t>(std::max<std::int64_t>(value, 0)), "ps");
        };
        add("ticks", c.ticks, "tick");
        add("spikes", c.spikes);
        add("synaptic_events", c.events[0] + c.events[1] + c.events[2]);
        add("synaptic_events_dense", c.events[0]);
        add("synaptic_events_sparse", c.events[1]);
        add("synaptic_events_conv", c.events[2]);
        add("weight_updates", c.weight_updates);
        add("neuron_updates", c.active);
        add("neuron_updates_active", c.active);
        add("neuron_updates_inactive", c.accesses - std::min(c.accesses, c.active));
        add("neuron_accesses", c.accesses);
        add("input_events", c.inputs);
        add("messages_out", c.messages_out);
        add("messages_in", c.messages_in);
        add("hops_east_west", time.sum.hops_east_west);
        add("hops_north_south", time.sum.hops_north_south);
        add("spikes_within_tile", time.sum.within_tile);
        add_ps("time_total", time.sum.latency_ps + learning_ps_);
        add_ps("time_work", time.sum.work_ps);
        add_ps("time_stalled", time.sum.source_stall_ps);
        add_ps("time_learning", learning_ps_);
        add("delivery_minimum", time.delivery.minimum(), "ps");
        add("delivery_mean", static_cast<std::uint64_t>(time.delivery.mean()), "ps");
        add("delivery_p99", time.delivery.quantile(0.99), "ps");
        add("delivery_maximum", time.delivery.maximum(), "ps");
        add("busiest_link_flits", highest(time.link_flits), "flit");
        add("busiest_core_time", static_cast<std::uint64_t>(highest(core_times(time))), "ps");
        return a;
    }

    [[nodiscard]] std::optional<runtime::Traffic> traffic() const override {
        runtime::Traffic traffic{noc_.columns, noc_.rows, noc_.cores_per_router, {}, {}};
        std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> links;
        const auto& all   = timer_->links();
        const auto& flits = timer_->totals().link_flits;
        for (std::size_t k = 0; k < all.size() && k < flits.size(); ++k)
            links[{all[k].from, all[k].to}] += flits[k];
        for (const auto& [ends, load] : links)
            traffic.links.push_back({ends.first, ends.second, load});
        runtime::Spread hops{{}, {}, "hop"}, delivery{{}, {}, "s"};
        for (std::size_t h = 0; h < hops_.size(); ++h) {
            if (hops_[h] == 0) continue;
            hops.values.push_back(static_cast<double>(h));
            hops.counts.push_back(hops_[h]);
        }
        timer_->totals().delivery.for_each([&](std::uint64_t ps, std::uint64_t count) {
            delivery.values.push_back(static_cast<double>(ps) * 1e-12);
            delivery.counts.push_back(count);
        });
        traffic.spreads = {{"hops", std::move(hops)}, {"spike delivery", std::move(delivery)}};
        return traffic;
    }

private:
    void count_hops(const chip::TickWork& work) {
        const auto messages = work.messages();
        for (std::uint32_t core = 0; core < work.cores(); ++core) {
            for (std::size_t m = work.first(core); m < work.first(core + 1); ++m) {
                const RouterPlace from = places_[core], to = places_[messages[m].destination];
                ++hops_[static_cast<std::size_t>(
                    std::abs(hw::steps(from.x, to.x, noc_.columns, noc_.wrap)) +
                    std::abs(hw::steps(from.y, to.y, noc_.rows, noc_.wrap)))];
            }
        }
    }

    struct RouterPlace {
        std::uint32_t x, y;
    };

    template <class T>
    static T highest(const std::vector<T>& values) {
        return values.empty() ? T{0} : *std::max_element(values.begin(), values.end());
    }
    static std::vector<std::int64_t> core_times(const chip::TimingTotals& time) {
        std::vector<std::int64_t> sum = time.core_send_ps;
        for (std::size_t k = 0; k < sum.size() && k < time.core_receive_ps.size(); ++k)
            sum[k] += time.core_receive_ps[k];
        return sum;
    }

    chip::Fidelity fidelity_;
    Costs costs_;
    std::optional<ChipModel> model_;
    std::optional<WorkRecorder> recorder_;
    std::unique_ptr<chip::TickTimer> timer_;
    std::vector<runtime::TickTime> times_;
    std::int64_t learning_ps_ = 0;
    hw::NocSpec noc_;
    std::vector<RouterPlace> places_;  ///< of each core
    std::vector<std::uint64_t> hops_;  ///< messages by their number of hops
};

}  // namespace

std::unique_ptr<Engine> make_timed_engine(chip::Fidelity fidelity) {
    return std::make_unique<TimedEngine>(fidelity);
}

}  // namespace spikeloom::backends::loihi
