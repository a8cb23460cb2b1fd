// SPDX-License-Identifier: Apache-2.0
/// The event-driven model: rows of words into flat ring buffers, core by core.
#include "backends/spinnaker/engine.hpp"

#include <algorithm>
#include <deque>

namespace spikeloom::backends::spinnaker {

namespace {

namespace chip = neuron::spinnaker;

constexpr std::uint32_t slot_mask = chip::delay_slots - 1;

/// A packet at a core's door.
struct Arrival {
    std::uint32_t block_rows;  ///< where its block's rows begin in the core's row_begin
    std::uint32_t index;
    std::uint32_t at;  ///< clocks after the tick began
};

struct Core {
    const CoreProgram* program = nullptr;
    std::uint32_t neurons      = 0;
    std::vector<chip::Parameters> parameters;
    std::vector<chip::State> states;
    std::vector<std::uint32_t> words;   ///< weight 16, delay 4, place in a ring slot 12
    std::vector<std::uint16_t> ring;    ///< slot, type, neuron
    std::vector<Arrival> inbox;         ///< of the tick being served
    std::vector<Arrival> late;          ///< left over from it
    std::vector<std::uint64_t> starts;  ///< when service of each key in the buffer begins
};

/// Where the packets of a block go.
struct Branch {
    std::uint32_t core;
    std::uint32_t block_rows;
    std::uint32_t delay;  ///< clocks on the way
};

struct Stage {
    std::uint32_t to;  ///< key
    std::uint32_t ticks;
};

struct Target {
    std::vector<Branch> branches;
    std::vector<Stage> stages;
    std::uint32_t routers = 0;  ///< that a packet passes
};

struct Packet {
    std::uint32_t key;
    std::uint32_t at;  ///< clocks after the tick began
};

class EventEngine final : public Engine {
public:
    explicit EventEngine(bool timed) : timed_{timed} {}

    void load(const Program& program) override {
        program_ = &program;
        cores_.clear();
        for (const CoreProgram& core : program.cores)
            cores_.push_back(loaded(core));
        targets_.clear();
        for (const KeyBlock& block : program.blocks)
            targets_.push_back(target_of(block));
        for (const Relay& relay : program.relays)
            targets_[relay.from >> index_bits].stages.push_back({relay.to, relay.ticks});
        packets_.clear(), inputs_.clear(), relayed_.clear(), fired_.clear();
        count_ = {};
        tick_  = 0;
    }

    void inject(std::uint32_t key) override { inputs_.push_back({key, 0}); }

    const std::vector<Fired>& step() override {
        deliver();
        fired_.clear();
        packets_.clear();
        for (std::uint32_t c = 0; c < cores_.size(); ++c)
            update(c);
        count_.spikes += fired_.size();
        ++tick_;
        return fired_;
    }

    [[nodiscard]] std::int32_t membrane(std::uint32_t core, std::uint32_t slot) const override {
        return cores_[core].states[slot].v;
    }
    [[nodiscard]] std::int64_t current(std::uint32_t core, std::uint32_t slot) const override {
        const chip::State& s = cores_[core].states[slot];
        return std::int64_t{s.input[chip::excitatory]} - s.input[chip::inhibitory];
    }

    [[nodiscard]] runtime::Activity activity() const override {
        const auto relays         = program_->relays.empty() ? 0U : relay_cores();
        const std::uint64_t cores = cores_.size() + relays;
        runtime::Activity a{
            {"ticks", {tick_, "1"}},
            {"spikes", {count_.spikes, "1"}},
            {"synaptic_events", {count_.events, "1"}},
            {"neuron_updates", {count_.updates, "1"}},
            {"rows_read", {count_.rows, "1"}},
            {"packets", {count_.packets, "1"}},
            {"router_packets", {count_.routers, "1"}},
            {"saturated_sums", {count_.saturated, "1"}},
            {"core_microseconds", {tick_ * cores * program_->costs.core_ns / 1000, "us"}}};
        if (!timed_) return a;
        a["lost_keys"]          = {count_.lost, "1"};
        a["late_keys"]          = {count_.late, "1"};
        a["flushed_keys"]       = {count_.flushed, "1"};
        a["overruns"]           = {count_.overruns, "1"};
        a["busiest_core_tick"]  = {count_.busiest, "clock"};
        a["fullest_key_buffer"] = {count_.fullest, "1"};
        return a;
    }

private:
    struct Counts {
        std::uint64_t spikes = 0, events = 0, updates = 0, rows = 0, packets = 0, routers = 0;
        std::uint64_t saturated = 0, lost = 0, late = 0, flushed = 0, overruns = 0;
        std::uint64_t busiest = 0, fullest = 0;
    };

    [[nodiscard]] std::uint32_t relay_cores() const {
        std::vector<std::uint32_t> ids;
        for (const Relay& relay : program_->relays)
            ids.push_back(id_of(program_->blocks[relay.to >> index_bits].from));
        std::sort(ids.begin(), ids.end());
        return static_cast<std::uint32_t>(std::unique(ids.begin(), ids.end()) - ids.begin());
    }

    static Core loaded(const CoreProgram& program) {
        Core core;
        core.program = &program;
        core.neurons = static_cast<std::uint32_t>(program.neurons.size());
        for (const QuantisedNeuron& n : program.neurons) {
            core.parameters.push_back(n.parameters);
            core.states.push_back(n.state);
        }
        core.words.reserve(program.words.size());
        for (const std::uint32_t w : program.words)
            core.words.push_back((w & ~0xFFFU) | (type_of(w) * core.neurons + (w & index_mask)));
        core.ring.assign(std::size_t{chip::delay_slots} * chip::synapse_types * core.neurons, 0);
        return core;
    }

    [[nodiscard]] Target target_of(const KeyBlock& block) const {
        Target target;
        const Walk way = walk(program_->machine, program_->tables, block.from, block.key);
        target.routers = way.reached.empty() ? 0 : way.hops + 1;
        for (const Place& place : way.reached) {
            const auto core = std::find_if(cores_.begin(), cores_.end(), [&](const Core& c) {
                return c.program->id == id_of(place);
            });
            if (core == cores_.end()) continue;  // a relay's
            std::uint32_t rows = 0;
            for (const RowBlock& here : core->program->blocks) {
                if (here.block == block.key >> index_bits)
                    target.branches.push_back(
                        {static_cast<std::uint32_t>(core - cores_.begin()), rows,
                         program_->costs.hop *
                             program_->machine.distance(block.from.chip, place.chip)});
                rows += here.rows;
            }
        }
        return target;
    }

    /// Packets of the tick before: of its spikes, of relays that come due, then of sources.
    void deliver() {
        due_.clear();
        if (!relayed_.empty()) {  // first, so that what is sent now has all its ticks to go
            due_ = std::move(relayed_.front());
            relayed_.pop_front();
        }
        for (const Packet& packet : packets_)
            send(packet);
        for (const Packet& packet : due_)
            send(packet);
        for (const Packet& packet : inputs_)
            send(packet);
        inputs_.clear();
        for (Core& core : cores_)
            timed_ ? serve_in_time(core) : serve(core);
    }

    void send(const Packet& packet) {
        const std::uint32_t index = packet.key & index_mask;
        const Target& target      = targets_[packet.key >> index_bits];
        for (const Branch& b : target.branches)
            cores_[b.core].inbox.push_back({b.block_rows, index, packet.at + b.delay});
        for (const Stage& stage : target.stages) {
            if (relayed_.size() < stage.ticks) relayed_.resize(stage.ticks);
            relayed_[stage.ticks - 1].push_back({stage.to + index, packet.at});
        }
        count_.packets += target.routers > 0 ? 1 : 0;
        count_.routers += target.routers;
    }

    /// Synapses of the row into the ring buffers; `now` is the tick in which it is served.
    std::uint32_t add_row(Core& core, const Arrival& key, std::uint64_t now) {
        const auto& begin         = core.program->row_begin;
        const std::uint32_t first = begin[key.block_rows + key.index];
        const std::uint32_t last  = begin[key.block_rows + key.index + 1];
        const std::size_t width   = std::size_t{chip::synapse_types} * core.neurons;
        for (std::uint32_t k = first; k < last; ++k) {
            const std::uint32_t w = core.words[k];
            std::uint16_t& sum =
                core.ring[((now + delay_of(w)) & slot_mask) * width + (w & 0xFFFU)];
            sum = chip::add_to_ring(sum, weight_of(w), count_.saturated);
        }
        ++count_.rows;
        count_.events += last - first;
        return last - first;
    }

    void serve(Core& core) {
        for (const Arrival& key : core.inbox)
            add_row(core, key, tick_ - 1);
        core.inbox.clear();
    }

    /// One key after the other, as they come, each for its cost. What has not begun when the timer
    /// comes waits for the next tick; what finds the buffer full is lost.
    void serve_in_time(Core& core) {
        if (core.neurons == 0 || (core.inbox.empty() && core.late.empty()))
            return note_work(core, 0);
        const Costs& costs = program_->costs;
        std::stable_sort(core.inbox.begin(), core.inbox.end(),
                         [](const Arrival& a, const Arrival& b) { return a.at < b.at; });
        for (Arrival& key : core.late)
            key.at = 0;
        core.late.insert(core.late.end(), core.inbox.begin(), core.inbox.end());
        core.inbox.swap(core.late);
        core.late.clear(), core.starts.clear();
        std::uint64_t free = 0, work = 0;
        std::size_t begun = 0;  // of `starts`: those before it no longer sit in the buffer
        for (const Arrival& key : core.inbox) {
            while (begun < core.starts.size() && core.starts[begun] <= key.at)
                ++begun;
            const std::uint64_t waiting = core.starts.size() - begun;
            if (waiting >= costs.input_buffer) {
                ++count_.lost;
                continue;
            }
            count_.fullest            = std::max(count_.fullest, waiting + 1);
            const std::uint64_t start = std::max<std::uint64_t>(free, key.at);
            core.starts.push_back(start);
            if (start >= costs.tick) {
                leave(core, key);
                continue;
            }
            const std::uint64_t cost =
                costs.spike + std::uint64_t{costs.synapse} * add_row(core, key, tick_ - 1);
            work += cost;
            free = start + cost;
        }
        core.inbox.clear();
        note_work(core, work);
    }

    void leave(Core& core, const Arrival& key) {
        ++count_.late;
        if (program_->costs.flush_late != 0)
            ++count_.flushed;
        else
            core.late.push_back(key);
    }

    void note_work(const Core& core, std::uint64_t served) {
        const std::uint64_t work = served + std::uint64_t{program_->costs.neuron} * core.neurons;
        count_.busiest           = std::max(count_.busiest, work);
        if (work > program_->costs.tick) ++count_.overruns;
    }

    void update(std::uint32_t c) {
        Core& core         = cores_[c];
        std::uint16_t* sum = core.ring.data() + (tick_ & slot_mask) * 2 * core.neurons;
        const auto& shift  = core.program->shift;
        for (std::uint32_t j = 0; j < core.neurons; ++j) {
            const std::array<chip::Accum, chip::synapse_types> ring{
                chip::ring_current(sum[j], shift[0]),
                chip::ring_current(sum[core.neurons + j], shift[1])};
            if (!chip::update(core.states[j], core.parameters[j], ring)) continue;
            fired_.push_back({c, j});
            packets_.push_back({core.program->key + j, (j + 1) * program_->costs.neuron});
        }
        std::fill_n(sum, std::size_t{2} * core.neurons, std::uint16_t{0});
        count_.updates += core.neurons;
    }

    bool timed_;
    const Program* program_ = nullptr;
    std::vector<Core> cores_;
    std::vector<Target> targets_;  ///< by block
    std::vector<Packet> packets_, inputs_, due_;
    std::deque<std::vector<Packet>> relayed_;  ///< by ticks to go
    std::vector<Fired> fired_;
    Counts count_;
    std::uint64_t tick_ = 0;
};

}  // namespace

std::unique_ptr<Engine> make_event_engine(bool timed) {
    return std::make_unique<EventEngine>(timed);
}

}  // namespace spikeloom::backends::spinnaker
