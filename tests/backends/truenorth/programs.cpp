// SPDX-License-Identifier: Apache-2.0
#include "programs.hpp"

#include "support/keyed_rng.hpp"

namespace spikeloom::backends::truenorth {

namespace {

namespace tn = neuron::truenorth;

class Generator {
public:
    Generator(std::uint64_t seed, const RandomProgramOptions& options)
        : random_{seed, Stream::test, 2}, options_{options} {}

    ChipProgram run() {
        ChipProgram program;
        program.machine       = small_machine();
        program.machine.dense = options_.dense;
        for (std::uint32_t c = 0; c < options_.cores; ++c)
            add_core(program, c);
        for (CoreProgram& core : program.cores)
            for (NeuronProgram& n : core.neurons)
                aim(program, core, n);
        for (std::uint32_t e = 0; e < 64; ++e) {
            program.inputs.push_back({pick(options_.cores), axon(), 0});
            program.input_begin.push_back(static_cast<std::uint32_t>(program.inputs.size()));
        }
        return program;
    }

private:
    bool flip(double p) { return random_.uniform() < p; }
    std::uint32_t pick(std::uint64_t bound) {
        return static_cast<std::uint32_t>(random_.below(bound));
    }
    std::int32_t between(std::int32_t low, std::int32_t high) {
        return low + static_cast<std::int32_t>(pick(static_cast<std::uint64_t>(high - low) + 1));
    }
    std::uint8_t axon() { return static_cast<std::uint8_t>(pick(core_axons)); }

    void add_core(ChipProgram& program, std::uint32_t index) {
        CoreProgram core;
        core.x             = static_cast<std::uint16_t>(index % program.machine.width);
        core.y             = static_cast<std::uint16_t>(index / program.machine.width);
        const bool draws   = options_.stochastic && flip(0.5);
        const double dense = flip(0.5) ? 0.04 : 0.5;
        core.rows.resize(core_axons);
        core.neurons.resize(1 + pick(core_neurons));
        for (Row& row : core.rows) {
            core.axon_types.push_back(static_cast<std::uint8_t>(pick(tn::axon_types)));
            for (std::size_t j = 0; j < core.neurons.size(); ++j)
                if (flip(dense)) row[j / 64] |= std::uint64_t{1} << (j % 64);
        }
        for (NeuronProgram& n : core.neurons)
            fill(n, draws);
        program.cores.push_back(std::move(core));
    }

    void fill(NeuronProgram& n, bool draws) {
        tn::Parameters& p = n.parameters;
        for (std::int16_t& w : p.weight)
            w = static_cast<std::int16_t>(flip(0.1) ? between(-256, 255) : between(-20, 30));
        p.leak               = static_cast<std::int16_t>(flip(0.3) ? 0 : between(-12, 9));
        p.leak_reversal      = flip(0.3);
        p.threshold          = between(0, 400);
        p.negative_threshold = between(0, 300);
        p.reset_value        = between(-40, 40);
        p.reset              = static_cast<tn::Reset>(flip(0.05) ? 2 : pick(2));
        p.saturates          = flip(0.5);
        n.potential          = between(-50, 50);
        if (!draws) return;
        p.stochastic_weights = static_cast<std::uint8_t>(flip(0.5) ? pick(16) : 0);
        p.stochastic_leak    = flip(0.3);
        p.mask_bits          = static_cast<std::uint8_t>(flip(0.5) ? pick(9) : 0);
    }

    void aim(const ChipProgram& program, const CoreProgram& from, NeuronProgram& n) {
        if (flip(0.05)) return;
        n.to.delay = static_cast<std::uint8_t>(1 + pick(longest_hop));
        n.to.axon  = axon();
        if (flip(0.1)) {
            n.to.kind = Destination::Kind::output;
            return;
        }
        const CoreProgram& to = program.cores[pick(program.cores.size())];
        n.to.kind             = Destination::Kind::core;
        n.to.dx               = static_cast<std::int16_t>(to.x - from.x);
        n.to.dy               = static_cast<std::int16_t>(to.y - from.y);
    }

    KeyedSequence random_;
    RandomProgramOptions options_;
};

}  // namespace

Machine small_machine() {
    Machine m;
    m.width       = 8;
    m.height      = 4;
    m.chip_width  = 4;
    m.chip_height = 2;
    return m;
}

ChipProgram random_program(std::uint64_t seed, const RandomProgramOptions& options) {
    return Generator{seed, options}.run();
}

}  // namespace spikeloom::backends::truenorth
