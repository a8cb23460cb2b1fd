// SPDX-License-Identifier: Apache-2.0
/// Messages for the link tests, what they should do to the core, and what should come back.
#pragma once

#include "tests/rtl_link/reference_host.hpp"

#include <deque>
#include <map>
#include <random>
#include <utility>
#include <vector>

namespace spikeloom::rtl_test {

void put(Bytes& out, std::uint64_t value, unsigned bytes);
std::uint32_t get(const Bytes& in, std::size_t at, unsigned bytes);

Bytes write_message(std::uint32_t address, const std::vector<std::uint32_t>& words);
Bytes read_message(std::uint32_t address, unsigned count);
struct Record {
    unsigned advance;
    std::vector<std::uint32_t> sources;
    bool delta = false;  ///< sources ascending, sent as a delta list
};
Bytes step_message(const std::vector<Record>& records);

/// Draws messages and keeps the account of what they must cause.
class Script {
public:
    explicit Script(std::uint32_t seed) : random_{seed} {}

    Bytes next();
    Bytes read_back();
    /// Messages that the device must have answered by now (ran, echoed, data words counted once a
    /// read).
    [[nodiscard]] unsigned answers() const { return answers_; }

    std::vector<std::pair<std::uint32_t, std::uint32_t>> writes;
    std::vector<std::vector<std::uint32_t>> injected;  ///< per tick
    std::vector<std::uint32_t> data;                   ///< words read

private:
    Bytes step();
    std::uint32_t draw() { return static_cast<std::uint32_t>(random_()); }

    std::mt19937 random_;
    std::map<std::uint32_t, std::uint32_t> memory_;
    std::vector<std::uint32_t> waiting_;
    unsigned answers_ = 0;
};

/// Sorts the device's messages.
class Collector {
public:
    explicit Collector(std::uint32_t neurons) : neurons_{neurons} {}

    void take(std::deque<Bytes>& messages);

    unsigned answers  = 0;
    unsigned problems = 0;
    std::map<std::uint32_t, std::vector<std::uint32_t>> spikes;  ///< per tick that is over
    std::vector<std::uint32_t> data;
    unsigned delta_messages  = 0;
    unsigned bitmap_messages = 0;

private:
    void take_spikes(const Bytes& message);
    void take_ran(const Bytes& message);

    std::uint32_t neurons_;
    std::map<std::uint32_t, Bytes> bodies_;
    std::map<std::uint32_t, unsigned> formats_;
    std::uint32_t next_tick_ = 0;
};

/// Neurons of a whole body.
std::vector<std::uint32_t> neurons_of(const Bytes& body, unsigned format);

}  // namespace spikeloom::rtl_test
