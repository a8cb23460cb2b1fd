// SPDX-License-Identifier: Apache-2.0
#include "tests/cosim/core_driver.hpp"

#include <stdexcept>
#include <utility>

namespace spikeloom::cosim {

namespace {
constexpr std::uint64_t patience = 10'000'000;  // [clocks]
}  // namespace

CoreDriver::CoreDriver(std::unique_ptr<CorePort> core, std::uint32_t seed)
    : core_(std::move(core)), random_(seed + 1) {
    reset();
}

void CoreDriver::set_stall(double chance) {
    stall_below_ = static_cast<std::uint32_t>(chance * std::minstd_rand::max());
}

void CoreDriver::step() {
    inputs_.event_ready = stall_below_ == 0 || random_() >= stall_below_;
    outputs_            = core_->settle(inputs_);
    if (outputs_.event_valid && inputs_.event_ready) {
        events_.push_back({outputs_.event_is_tick_end, outputs_.event_data});
        ends_ += outputs_.event_is_tick_end ? 1 : 0;
    }
    core_->clock();
    ++clocks_;
}

void CoreDriver::idle() {
    step();
}

void CoreDriver::reset() {
    inputs_         = {};
    inputs_.reset_n = false;
    core_->settle(inputs_);
    core_->clock();
    core_->settle(inputs_);
    core_->clock();
    inputs_.reset_n = true;
    events_.clear();
    ends_ = 0;
}

void CoreDriver::write(Region region, std::uint32_t index, std::uint32_t data) {
    inputs_.request_write = true;
    inputs_.request_data  = data;
    read(region, index);
    inputs_.request_write = false;
}

std::uint32_t CoreDriver::read(Region region, std::uint32_t index) {
    inputs_.request_valid     = true;
    inputs_.response_ready    = true;
    inputs_.address           = address(region, index);
    const std::uint64_t limit = clocks_ + patience;
    do {
        step();
        if (clocks_ > limit) throw std::runtime_error("the bus takes no request");
    } while (!outputs_.request_ready);
    inputs_.request_valid = false;
    do {
        step();
        if (clocks_ > limit) throw std::runtime_error("the bus gives no answer");
    } while (!outputs_.response_valid);
    inputs_.response_ready = false;
    fault_                 = outputs_.response_fault;
    return outputs_.response_data;
}

void CoreDriver::send(Token kind, std::uint32_t data) {
    inputs_.token_valid       = true;
    inputs_.token_kind        = static_cast<std::uint8_t>(kind);
    inputs_.token_data        = data;
    const std::uint64_t limit = clocks_ + patience;
    do {
        step();
        if (clocks_ > limit) throw std::runtime_error("the core takes no token");
    } while (!outputs_.token_ready);
    inputs_.token_valid = false;
}

std::vector<Event> CoreDriver::finish_ticks(std::uint32_t count, std::uint64_t limit) {
    const std::uint64_t last = clocks_ + limit;
    while (ends_ < count) {
        step();
        if (clocks_ > last) throw std::runtime_error("a tick does not end");
    }
    ends_ -= count;
    return take_events();
}

std::vector<Event> CoreDriver::take_events() {
    return std::exchange(events_, {});
}

Counters CoreDriver::counters() {
    std::array<std::uint64_t, 11> value{};
    for (std::uint32_t k = 0; k < value.size(); ++k) {
        value[k] = read(Region::control, reg::counters + 2 * k);
        value[k] |= std::uint64_t{read(Region::control, reg::counters + 2 * k + 1)} << 32;
    }
    return {value[0], value[1], value[2], value[3], value[4], value[5],
            value[6], value[7], value[8], value[9], value[10]};
}

}  // namespace spikeloom::cosim
