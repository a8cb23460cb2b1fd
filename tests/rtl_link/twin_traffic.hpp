// SPDX-License-Identifier: Apache-2.0
/// Traffic: random networks with learning and random requests, some of them faulty, for a whole
/// device.
#pragma once

#include "tests/rtl_link/messages.hpp"

#include <algorithm>
#include <random>
#include <vector>

namespace spikeloom::rtl_test {

inline std::uint32_t address(link::Region region, std::uint32_t index) {
    return (static_cast<std::uint32_t>(region) << link::region_shift) | index;
}
inline std::uint32_t address(link::Register number) {
    return static_cast<std::uint32_t>(number);
}

struct Shape {
    bool sparse;
    std::uint32_t neurons;  ///< of the configuration; the first source's row
    unsigned weight_fraction;
};

/// Random networks of used_neurons neurons and used_sources sources, and what a host does with
/// them.
class Traffic {
    using Opcode   = link::Opcode;
    using Region   = link::Region;
    using Register = link::Register;

public:
    Traffic(Shape shape, std::uint32_t seed) : shape_{shape}, random_{seed} {}

    /// Time stands before anything is written: ticks in the middle of a load may reach what has not
    /// been written yet, and any answer to that is right.
    std::vector<Bytes> network() {
        std::vector<Bytes> out{write_message(address(Register::mode), {0}),
                               {static_cast<std::uint8_t>(Opcode::reset_core), 3},
                               write_message(address(Region::set, 0), {9000, 3000, 60, 0, 0x201}),
                               write_message(address(Region::set, 8), {65535, 500, 90, 5, 0x11}),
                               write_message(address(Register::plus_decay),
                                             {4000, 5000, 400, 300, draw(20), 60 + draw(40)})};
        add_neurons(out);
        add_rows(out);
        out.push_back(write_message(address(Register::neurons_used), {used_neurons}));
        out.push_back(write_message(address(Register::rows_used_sources), {used_sources}));
        out.push_back(write_message(address(Register::plasticity), {draw(4) != 0 ? 1U : 0U}));
        return out;
    }

    Bytes action() {
        switch (draw(8)) {
            case 0:
                return read_message(address(Region::state, 0), 4 * used_neurons);
            case 1:
                return read_message(address(Region::synapse, draw(words_ - 20)), 20);
            case 2:
                return {static_cast<std::uint8_t>(Opcode::query)};
            case 3:
                return write_message(address(Region::neuron, 2 * draw(used_neurons) + 1),
                                     {draw(40)});
            case 4:
                return read_message(0xB000'0000 + draw(0x5000'0000), 1 + draw(5));  // faults
            default:
                return step();
        }
    }

    std::vector<Bytes> free_running(bool on) {
        return {write_message(address(Register::tick_period), {200 + draw(200)}),
                write_message(address(Register::mode), {on ? 1U : 0U})};
    }

    Bytes stamp() {
        Bytes out{static_cast<std::uint8_t>(Opcode::stamp)};
        put(out, draw(30), 4);
        const std::uint32_t count = draw(6);
        put(out, count, 1);
        for (std::uint32_t k = 0; k < count; ++k)
            put(out, draw(used_sources + 1), 2);
        return out;
    }

    std::uint32_t draw(std::uint32_t below) {
        return static_cast<std::uint32_t>(random_() % below);
    }

private:
    static constexpr std::uint32_t used_neurons = 24, used_sources = 12;

    void add_neurons(std::vector<Bytes>& out) {
        for (std::uint32_t j = 0; j < used_neurons; ++j)
            out.push_back(write_message(address(Region::neuron, 2 * j), {draw(2), draw(12)}));
    }

    void add_rows(std::vector<Bytes>& out) {
        std::vector<std::uint32_t> words;
        std::vector<std::vector<std::uint32_t>> columns(used_neurons);
        const unsigned f = shape_.weight_fraction;
        for (std::uint32_t r = 0; r < used_neurons + used_sources; ++r) {
            const std::uint32_t row   = r < used_neurons ? r : shape_.neurons + r - used_neurons;
            const std::uint32_t first = draw(used_neurons), count = draw(used_neurons - first) + 1;
            const auto base          = static_cast<std::uint32_t>(words.size());
            const std::uint32_t info = shape_.sparse ? count : first | (count << 16U);
            out.push_back(write_message(address(Region::row, 2 * row), {base, info | (1U << 31U)}));
            for (std::uint32_t k = 0; k < count; ++k) {
                std::uint32_t word =
                    (draw(60U << f)) | (draw(16) << (8 + f)) | (draw(2) << (12 + f));
                if (shape_.sparse) word |= (first + k) << (13 + f);
                columns[first + k].insert(columns[first + k].end(), {row, base + k});
                words.push_back(word);
            }
        }
        words_ = static_cast<std::uint32_t>(words.size());
        send_all(out, Region::synapse, words);
        if (shape_.sparse) add_columns(out, columns);
    }

    /// For every neuron, row and number of each synapse that ends at it.
    static void add_columns(std::vector<Bytes>& out,
                            const std::vector<std::vector<std::uint32_t>>& columns) {
        std::vector<std::uint32_t> entries;
        for (std::uint32_t j = 0; j < used_neurons; ++j) {
            const auto base  = static_cast<std::uint32_t>(entries.size() / 2);
            const auto count = static_cast<std::uint32_t>(columns[j].size() / 2);
            out.push_back(write_message(address(Region::column, 2 * j), {base, count}));
            entries.insert(entries.end(), columns[j].begin(), columns[j].end());
        }
        send_all(out, Region::column_entry, entries);
    }

    static void send_all(std::vector<Bytes>& out, Region region,
                         const std::vector<std::uint32_t>& words) {
        for (std::size_t k = 0; k < words.size(); k += 40)
            out.push_back(write_message(
                address(region, static_cast<std::uint32_t>(k)),
                {words.begin() + static_cast<std::ptrdiff_t>(k),
                 words.begin() + static_cast<std::ptrdiff_t>(std::min(k + 40, words.size()))}));
    }

    Bytes step() {
        std::vector<Record> records;
        for (std::uint32_t n = 1 + draw(3); n > 0; --n) {
            Record record{draw(4), {}, false};
            for (std::uint32_t k = draw(6); k > 0; --k)
                record.sources.push_back(draw(used_sources));
            records.push_back(record);
        }
        return step_message(records);
    }

    Shape shape_;
    std::mt19937 random_;
    std::uint32_t words_ = 0;
};

}  // namespace spikeloom::rtl_test
