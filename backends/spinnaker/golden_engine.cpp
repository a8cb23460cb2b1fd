// SPDX-License-Identifier: Apache-2.0
/// The program in plain integers: every packet walks the routing tables, every input sum is kept by
/// the tick that it is for. The arithmetic is written out again from the equations.
#include "backends/spinnaker/engine.hpp"

#include <array>
#include <map>
#include <tuple>

namespace spikeloom::backends::spinnaker {

namespace {

constexpr std::int64_t two_15 = 32768;

std::int64_t floor_divide(std::int64_t a, std::int64_t b) {
    const std::int64_t q = a / b;
    return a % b != 0 && (a < 0) != (b < 0) ? q - 1 : q;
}

/// Into 32 bits, as a register keeps it.
std::int64_t to_32(std::int64_t x) {
    const std::int64_t low = x & 0xFFFFFFFFLL;
    return low >= 0x80000000LL ? low - 0x100000000LL : low;
}

std::int64_t times(std::int64_t a, std::int64_t b, bool nearest) {
    return to_32(floor_divide(a * b + (nearest ? two_15 / 2 : 0), two_15));
}

struct Neuron {
    neuron::spinnaker::Parameters p;
    std::int64_t v = 0, excitatory = 0, inhibitory = 0, refractory = 0;
};

class GoldenEngine final : public Engine {
public:
    void load(const Program& program) override {
        program_ = &program;
        neurons_.clear(), sums_.clear(), sent_.clear(), fired_.clear();
        for (const CoreProgram& core : program.cores) {
            std::vector<Neuron> list;
            for (const QuantisedNeuron& n : core.neurons)
                list.push_back({n.parameters, n.state.v, n.state.input[0], n.state.input[1],
                                n.state.refractory});
            neurons_.push_back(std::move(list));
        }
        tick_ = 0, spikes_ = events_ = updates_ = saturated_ = 0;
    }

    /// As if sent in the tick before.
    void inject(std::uint32_t key) override { emit(key, tick_ - 1, from_source); }

    const std::vector<Fired>& step() override {
        fired_.clear();
        const auto due = sent_.find(tick_ - 1);
        if (due != sent_.end()) {
            for (const auto& keys : due->second)
                for (const std::uint32_t key : keys)
                    arrive(key);
            sent_.erase(due);
        }
        for (std::uint32_t c = 0; c < neurons_.size(); ++c)
            for (std::uint32_t j = 0; j < neurons_[c].size(); ++j)
                if (update(c, j)) {
                    fired_.push_back({c, j});
                    emit(program_->cores[c].key + j, tick_, from_neuron);
                }
        spikes_ += fired_.size();
        ++tick_;
        return fired_;
    }

    [[nodiscard]] std::int32_t membrane(std::uint32_t core, std::uint32_t slot) const override {
        return static_cast<std::int32_t>(neurons_[core][slot].v);
    }
    [[nodiscard]] std::int64_t current(std::uint32_t core, std::uint32_t slot) const override {
        return neurons_[core][slot].excitatory - neurons_[core][slot].inhibitory;
    }

    [[nodiscard]] runtime::Activity activity() const override {
        return {{"ticks", {static_cast<std::uint64_t>(tick_), "1"}},
                {"spikes", {spikes_, "1"}},
                {"synaptic_events", {events_, "1"}},
                {"neuron_updates", {updates_, "1"}},
                {"saturated_sums", {saturated_, "1"}}};
    }

private:
    /// The order in which a tick's packets are served; it matters to the count of saturated sums.
    enum Sender : std::size_t { from_neuron, from_relay, from_source };

    /// The key goes out in that tick, and again by every relay of its block.
    void emit(std::uint32_t key, std::int64_t tick, Sender sender) {
        sent_[tick][sender].push_back(key);
        for (const Relay& relay : program_->relays)
            if (relay.from >> index_bits == key >> index_bits)
                sent_[tick + relay.ticks][from_relay].push_back(relay.to + (key & index_mask));
    }

    void arrive(std::uint32_t key) {
        const KeyBlock& block = program_->blocks[key >> index_bits];
        const Walk way        = walk(program_->machine, program_->tables, block.from, key);
        for (std::uint32_t c = 0; c < program_->cores.size(); ++c)
            for (const Place& place : way.reached)
                if (id_of(place) == program_->cores[c].id) add_row(c, key);
    }

    void add_row(std::uint32_t c, std::uint32_t key) {
        const CoreProgram& core = program_->cores[c];
        std::size_t row         = 0;
        for (const RowBlock& block : core.blocks) {
            if (block.block == key >> index_bits) {
                row += key & index_mask;
                for (std::uint32_t k = core.row_begin[row]; k < core.row_begin[row + 1]; ++k)
                    add_synapse(c, core.words[k]);
                return;
            }
            row += block.rows;
        }
    }

    void add_synapse(std::uint32_t c, std::uint32_t word) {
        const std::uint32_t index = word % 2048, type = word / 2048 % 2, delay = word / 4096 % 16;
        std::int64_t& sum = sums_[{tick_ - 1 + delay, c, type, index}];
        sum += word / 65536;
        ++events_;
        if (sum <= 65535) return;
        sum = 65535;
        ++saturated_;
    }

    std::int64_t take(std::uint32_t c, std::uint32_t type, std::uint32_t index) {
        const auto found = sums_.find({tick_, c, type, index});
        if (found == sums_.end()) return 0;
        const std::int64_t sum = found->second;
        sums_.erase(found);
        return to_32(sum << program_->cores[c].shift[type]);
    }

    bool update(std::uint32_t c, std::uint32_t j) {
        Neuron& n          = neurons_[c][j];
        const bool nearest = n.p.rounding == neuron::spinnaker::Rounding::nearest;
        const auto decayed = [](std::int64_t x, std::uint32_t part) {
            return floor_divide(x * part, std::int64_t{1} << 32);
        };
        n.excitatory =
            to_32(decayed(n.excitatory, n.p.decay[0]) + times(take(c, 0, j), n.p.gain[0], false));
        n.inhibitory =
            to_32(decayed(n.inhibitory, n.p.decay[1]) + times(take(c, 1, j), n.p.gain[1], false));
        ++updates_;
        if (n.refractory > 0) {
            --n.refractory;
            return false;
        }
        const std::int64_t input = to_32(n.excitatory - n.inhibitory + n.p.bias);
        const std::int64_t alpha = to_32(times(input, n.p.resistance, nearest) + n.p.v_rest);
        n.v                      = to_32(alpha - times(n.p.membrane, to_32(alpha - n.v), nearest));
        if (!n.p.fires || n.v < n.p.v_threshold) return false;
        n.v          = n.p.subtracts ? to_32(n.v - n.p.v_reset) : n.p.v_reset;
        n.refractory = n.p.refractory;
        return true;
    }

    using Place32 = std::tuple<std::int64_t, std::uint32_t, std::uint32_t, std::uint32_t>;

    const Program* program_ = nullptr;
    std::vector<std::vector<Neuron>> neurons_;  ///< by core of the program
    std::map<Place32, std::int64_t> sums_;      ///< tick, core, type, neuron
    /// Keys by the tick of sending and their sender.
    std::map<std::int64_t, std::array<std::vector<std::uint32_t>, 3>> sent_;
    std::vector<Fired> fired_;
    std::int64_t tick_    = 0;
    std::uint64_t spikes_ = 0, events_ = 0, updates_ = 0, saturated_ = 0;
};

}  // namespace

std::unique_ptr<Engine> make_golden_engine() {
    return std::make_unique<GoldenEngine>();
}

}  // namespace spikeloom::backends::spinnaker
