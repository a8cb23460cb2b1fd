// SPDX-License-Identifier: Apache-2.0
#include "simulator/golden/loihi_golden.hpp"

#include "simulator/golden/integer_engine.hpp"
#include "simulator/golden/loihi_rules.hpp"

#include <algorithm>
#include <utility>

namespace spikeloom::golden {

namespace {

template <neuron::loihi::Emulator who>
class LoihiGoldenOf final : public LoihiGolden {
public:
    LoihiGoldenOf(LoihiTables tables, const std::function<LoihiTables::Row>& rows,
                  std::uint32_t threads)
        : t_{std::move(tables)},
          elements_{static_cast<std::uint32_t>(t_.states.size()) * t_.sums},
          engine_{rules(), shape(threads)} {
        std::vector<LoihiSynapse> row;
        std::vector<IntegerSynapse> packed;
        for (std::uint32_t r = 0; r < elements_ + t_.sources; ++r) {
            row.clear(), packed.clear();
            const bool spikes = r >= elements_ || r % t_.sums == 0;
            if (spikes) rows(r < elements_ ? r / t_.sums : r - elements_ + compartments(), row);
            for (const LoihiSynapse& s : row)
                packed.push_back({s.post * t_.sums + s.sum, s.delay, s.weight, false, false});
            std::ranges::stable_sort(packed, {}, &IntegerSynapse::post);
            engine_.append_row(packed);
            length_.push_back(static_cast<std::uint32_t>(packed.size()));
        }
        engine_.clear();
    }

    void push(std::uint32_t index) override { pending_.push_back(elements_ + index); }

    std::span<const std::uint32_t> step() override {
        for (const std::uint32_t row : pending_)
            events_ += length_[row];
        const auto spiked = engine_.step(pending_, false, false);
        pending_.clear();
        spikes_.assign(spiked.begin(), spiked.end());
        for (std::uint32_t& spike : spikes_) {
            events_ += length_[spike];
            if (t_.sums != 1) spike /= t_.sums;
        }
        ++engine_.rules().tick;
        return spikes_;
    }

    [[nodiscard]] const neuron::loihi::State& state(std::uint32_t compartment) const override {
        return t_.states[compartment];
    }
    [[nodiscard]] std::uint64_t synaptic_events() const override { return events_; }
    [[nodiscard]] std::uint64_t bytes() const override { return engine_.bytes(); }

private:
    [[nodiscard]] std::uint32_t compartments() const {
        return static_cast<std::uint32_t>(t_.states.size());
    }
    LoihiRules<who> rules() {
        LoihiRules<who> r;
        r.states       = t_.states.data();
        r.registers    = t_.registers.data();
        r.registers_of = t_.registers_of.data();
        r.bias         = t_.bias.data();
        r.shifts       = t_.shifts.data();
        r.noise        = t_.noise ? &t_.noise : nullptr;
        r.elements     = elements_;
        r.sums         = t_.sums;
        return r;
    }
    [[nodiscard]] IntegerShape shape(std::uint32_t threads) const {
        return {.neurons      = elements_,
                .rows         = elements_ + t_.sources,
                .slots        = t_.longest_delay,
                .threads      = std::clamp(threads, 1U, most_threads),
                .synapses     = t_.synapses,
                .wide_weights = t_.wide_weights};
    }

    LoihiTables t_;
    std::uint32_t elements_;  ///< of the engine: sums of compartments
    IntegerEngine<LoihiRules<who>> engine_;
    std::vector<std::uint32_t> length_;  ///< synapses of each row
    std::vector<std::uint32_t> pending_, spikes_;
    std::uint64_t events_ = 0;
};

}  // namespace

std::unique_ptr<LoihiGolden> LoihiGolden::make(LoihiTables tables,
                                               const std::function<LoihiTables::Row>& rows,
                                               std::uint32_t threads) {
    using neuron::loihi::Emulator;
    switch (tables.who) {
        case Emulator::lava:
            return std::make_unique<LoihiGoldenOf<Emulator::lava>>(std::move(tables), rows,
                                                                   threads);
        case Emulator::brian2loihi:
            return std::make_unique<LoihiGoldenOf<Emulator::brian2loihi>>(std::move(tables), rows,
                                                                          threads);
        case Emulator::nengo:
            break;
    }
    return std::make_unique<LoihiGoldenOf<Emulator::nengo>>(std::move(tables), rows, threads);
}

}  // namespace spikeloom::golden
