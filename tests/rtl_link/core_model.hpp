// SPDX-License-Identifier: Apache-2.0
/// CoreModel: stands in for sl_core behind its three channels: a memory for the bus, and ticks
/// whose spikes follow from the tick and from what was injected, so that the host can foretell
/// them.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <vector>

namespace spikeloom::rtl_test {

class CoreModel {
public:
    struct Event {
        bool tick_end;
        std::uint32_t data;
    };
    struct Response {
        std::uint32_t data;
        bool fault;
    };
    static constexpr std::uint32_t fault_address = 0xD000'0100;  ///< from here on nothing exists

    /// Neurons that fire in a tick, ascending, given the sources injected for it.
    using Rule =
        std::function<std::vector<std::uint32_t>(std::uint32_t, const std::vector<std::uint32_t>&)>;
    Rule rule = [](std::uint32_t, const std::vector<std::uint32_t>& sources) {
        std::vector<std::uint32_t> neurons = sources;
        std::ranges::sort(neurons);
        neurons.erase(std::unique(neurons.begin(), neurons.end()), neurons.end());
        return neurons;
    };

    [[nodiscard]] bool busy() const { return !events.empty(); }

    void token(unsigned kind, std::uint32_t data) {
        if (kind == 0) sources_.push_back(data);
        if (kind == 2) stamps.push_back(data);
        if (kind != 1) return;
        for (std::uint32_t k = 0; k < data; ++k)
            run();
    }

    /// One tick, as an advance token or the free-running clock asks for.
    void run() {
        for (const std::uint32_t neuron : rule(tick_end_, sources_))
            events.push_back({false, neuron});
        injected.push_back(sources_);
        sources_.clear();
        events.push_back({true, tick_end_++});
    }

    Response bus(bool write, std::uint32_t address, std::uint32_t data) {
        if (address >= fault_address) return {0, true};
        if (!write) return {memory[address], false};
        memory[address] = data;
        writes.push_back({address, data});
        return {0, false};
    }

    std::deque<Event> events;
    std::map<std::uint32_t, std::uint32_t> memory;
    std::vector<std::pair<std::uint32_t, std::uint32_t>> writes;
    std::vector<std::vector<std::uint32_t>> injected;  ///< per tick
    std::vector<std::uint32_t> stamps;
    std::uint32_t tick = 0;  ///< next tick to run, as the link sees it

private:
    std::vector<std::uint32_t> sources_;
    std::uint32_t tick_end_ = 0;
};

}  // namespace spikeloom::rtl_test
