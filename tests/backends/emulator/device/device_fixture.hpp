// SPDX-License-Identifier: Apache-2.0
/// Small random images for the emulator core, made word by word, and runs of them on devices.
#pragma once

#include "backends/emulator/encode.hpp"
#include "backends/emulator/limits.hpp"
#include "hw/image/image.hpp"
#include "runtime/device/device.hpp"
#include "support/keyed_rng.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::backends::emulator::testing {

struct RandomNet {
    std::string chip      = "emulator-sim";
    std::uint32_t neurons = 40;
    std::uint32_t sources = 16;
    std::uint32_t fan_out = 8;
    bool plastic          = false;
    std::uint64_t seed    = 1;
};

/// Builds the tables of a random network directly in the words of the memory map.
class ImageBuilder {
public:
    explicit ImageBuilder(const RandomNet& net)
        : net_{net}, spec_{hw::load_chip(net.chip).value()}, limits_{limits_of(spec_).value()} {}

    hw::HardwareImage build() {
        add_rows();
        add_columns();
        add_neurons();
        hw::HardwareImage image;
        image.target    = "emulator";
        image.chip      = net_.chip;
        image.chip_hash = spec_.hash;
        image.populations.push_back(population("in", net_.sources, true));
        image.populations.push_back(population("out", net_.neurons, false));
        image.routing = {{"configuration", bytes_of(configuration_words(limits_))}};
        image.cores.push_back({CoreId{0}, {}});
        add(image, "rows", rows_);
        add(image, "synapses", synapses_);
        add(image, "neurons", neurons_);
        add(image, "sets", sets_);
        if (limits_.sparse_rows) {
            add(image, "columns", columns_);
            add(image, "column_entries", entries_);
        }
        add(image, "registers",
            {2, net_.neurons, 3, net_.sources, 4, net_.plastic ? 1U : 0U, 5, 6000, 6, 5000, 7, 90,
             8, 100, 9, static_cast<std::uint32_t>(-20), 10, 60});
        return image;
    }

private:
    static hw::PopulationSymbol population(const char* name, std::uint32_t size, bool is_source) {
        hw::PopulationSymbol symbol;
        symbol.name      = name;
        symbol.shape     = {size};
        symbol.is_source = is_source;
        symbol.placed    = {{0, size, CoreId{0}, SlotId{0}}};
        return symbol;
    }

    static void add(hw::HardwareImage& image, const char* name,
                    const std::vector<std::uint32_t>& words) {
        image.cores[0].sections.push_back({name, bytes_of(words)});
    }

    std::uint32_t random_synapse(KeyedSequence& draws, bool plastic) const {
        const auto fraction      = static_cast<unsigned>(limits_.widths.weight_fraction);
        const auto weight        = static_cast<std::int32_t>(draws.below(60)) - 12;
        const std::uint32_t mask = (1U << (8 + fraction)) - 1;
        return (static_cast<std::uint32_t>(weight * (1 << fraction)) & mask) |
               static_cast<std::uint32_t>((1 + draws.below(15)) << (8 + fraction)) |
               (plastic ? 1U << (12 + fraction) : 0U);
    }

    void add_rows() {
        const std::uint32_t n = limits_.neurons;
        rows_.assign(2 * (std::size_t{n} + net_.sources), 0);
        incoming_.resize(net_.neurons);
        for (std::uint32_t j = 0; j < net_.neurons; ++j)
            add_row(j);
        for (std::uint32_t s = 0; s < net_.sources; ++s)
            add_row(n + s);
    }

    void add_row(std::uint32_t row) {
        KeyedSequence draws{net_.seed, Stream::connectivity, row};
        const bool plastic          = net_.plastic && draws.below(2) == 0;
        const auto first            = static_cast<std::uint32_t>(draws.below(net_.neurons));
        const std::uint32_t count   = std::min(net_.fan_out, net_.neurons - first);
        rows_[2 * std::size_t{row}] = static_cast<std::uint32_t>(synapses_.size());
        rows_[2 * std::size_t{row} + 1] =
            (plastic ? 1U << 31U : 0U) | (limits_.sparse_rows ? count : first | (count << 16U));
        for (std::uint32_t k = 0; k < count; ++k) {
            std::uint32_t word = random_synapse(draws, plastic);
            if (limits_.sparse_rows)
                word |= (first + k)
                        << (13U + static_cast<unsigned>(limits_.widths.weight_fraction));
            if (plastic)
                incoming_[first + k].push_back({row, static_cast<std::uint32_t>(synapses_.size())});
            synapses_.push_back(word);
        }
    }

    void add_columns() {
        if (!limits_.sparse_rows) return;
        for (const auto& column : incoming_) {
            columns_.push_back(static_cast<std::uint32_t>(entries_.size() / 2));
            columns_.push_back(static_cast<std::uint32_t>(column.size()));
            for (const auto& [row, synapse] : column)
                entries_.insert(entries_.end(), {row, synapse});
        }
    }

    void add_neurons() {
        for (std::uint32_t j = 0; j < net_.neurons; ++j)
            neurons_.insert(neurons_.end(), {j % 2, j % 5 == 0 ? 9U : 0U});
        sets_ = {20000, 4000, 120, 0,  1 | (2U << 8U), 0, 0, 0,
                 65535, 9000, 90,  10, 1 | (1U << 4U), 0, 0, 0};
    }

    RandomNet net_;
    hw::ChipSpec spec_;
    Limits limits_;
    std::vector<std::uint32_t> rows_, synapses_, neurons_, sets_, columns_, entries_;
    std::vector<std::vector<std::pair<std::uint32_t, std::uint32_t>>> incoming_;
};

inline hw::HardwareImage random_image(const RandomNet& net) {
    return ImageBuilder{net}.build();
}

/// Random input for ticks [0, ticks), some sources more than once.
inline std::vector<runtime::InputEvent> random_input(const RandomNet& net, std::uint64_t ticks,
                                                     double rate) {
    std::vector<runtime::InputEvent> events;
    for (std::uint64_t t = 0; t < ticks; ++t) {
        KeyedSequence draws{net.seed, Stream::poisson, 0, t};
        for (std::uint32_t s = 0; s < net.sources; ++s)
            if (draws.uniform() < rate)
                events.push_back(
                    {Tick{t}, NeuronId{s}, static_cast<double>(1 + draws.below(8) / 7)});
    }
    return events;
}

/// Unwraps, with the diagnostic in the test's output.
template <class T>
T good(Result<T> result) {
    if (!result) {
        ADD_FAILURE() << to_string(result.error());
        return T{};
    }
    return *std::move(result);
}
inline void good(const Result<void>& result) {
    ASSERT_TRUE(result.has_value()) << to_string(result.error());
}

inline std::string code_of(const Result<void>& result) {
    return result ? "" : result.error().code;
}
template <class T>
std::string code_of(const Result<T>& result) {
    return result ? "" : result.error().code;
}

/// Everything that a run may differ in.
struct RunResult {
    std::vector<runtime::SpikeEvent> spikes;
    std::vector<double> v, i, x, y;
    std::vector<std::uint8_t> synapses;
    friend bool operator==(const RunResult&, const RunResult&) = default;
};

inline RunResult run_on(runtime::Device& device, const RandomNet& net, std::uint64_t ticks,
                        double rate = 0.2) {
    RunResult result;
    good(device.load(random_image(net)));
    good(device.push(random_input(net, ticks, rate)));
    good(device.advance(ticks));
    result.spikes   = good(device.drain());
    result.v        = good(device.probe("v"));
    result.i        = good(device.probe("i"));
    result.x        = good(device.probe("x"));
    result.y        = good(device.probe("y"));
    result.synapses = good(device.read_back(CoreId{0}, "synapses")).bytes;
    return result;
}

}  // namespace spikeloom::backends::emulator::testing
