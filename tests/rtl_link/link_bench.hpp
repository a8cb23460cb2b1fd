// SPDX-License-Identifier: Apache-2.0
/// LinkBench: a Verilated sl_link between the reference host and the core model, with faulty lines
/// and stalls at random on every channel.
#pragma once

#include "tests/rtl_link/core_model.hpp"
#include "tests/rtl_link/faulty_line.hpp"
#include "tests/rtl_link/reference_host.hpp"

#include <verilated.h>

#include <deque>
#include <functional>
#include <memory>
#include <random>

namespace spikeloom::rtl_test {

template <class Model>
class LinkBench {
public:
    explicit LinkBench(std::uint32_t seed = 1)
        : to_device{seed}, to_host{seed + 1}, random_{seed + 2} {
        context.randReset(2);
        context.randSeed(static_cast<int>(seed));
        model = std::make_unique<Model>(&context);
        reset();
    }

    /// Chance that a channel pauses in a clock.
    double stall = 0.0;
    /// Clocks from one byte of the host to the next (1: as fast as can be), and device to host.
    unsigned byte_clocks = 1;

    void clock() {
        model->clk_i         = 0;
        model->rx_valid_i    = 0;
        model->rx_error_i    = rx_error;
        const bool host_turn = now % byte_clocks == 0;
        if (host_turn && (byte_clocks > 1 || !pause())) feed_device();
        model->tx_ready_i      = host_turn && !pause();
        model->token_ready_i   = !core.busy() && !pause();
        model->bus_req_ready_i = !response_ && !pause();
        model->bus_rsp_valid_i = response_ && (now - response_at_) > 1;
        if (response_) {
            model->bus_rsp_data_i  = response_->data;
            model->bus_rsp_fault_i = response_->fault;
        }
        drive_event();
        model->neurons_used_i = static_cast<std::uint16_t>(core.memory[2]);
        model->free_running_i = core.memory[14] & 1U;
        core.memory[11]       = core.tick;
        model->eval();
        const bool token = model->token_valid_o && model->token_ready_i;
        const bool taken = model->event_valid_i && model->event_ready_o;
        const bool req   = model->bus_req_valid_o && model->bus_req_ready_i;
        const bool rsp   = model->bus_rsp_valid_i && model->bus_rsp_ready_o;
        if (model->tx_valid_o && model->tx_ready_i) to_host.put(model->tx_data_o);
        if (token) core.token(model->token_kind_o, model->token_data_o);
        if (taken) take_event();
        if (rsp) response_.reset();
        if (req) {
            response_ =
                core.bus(model->bus_req_write_o, model->bus_req_address_o, model->bus_req_data_o);
            response_at_ = now;
        }
        model->clk_i = 1;
        model->eval();
        while (const auto byte = to_host.get())
            host.receive(*byte);
        ++now;
    }

    /// Two clocks of reset; nobody listens to what the registers hold before.
    void reset() {
        model->rst_ni = 0;
        for (const bool level : {false, true, false, true}) {
            model->clk_i = level;
            model->eval();
        }
        model->rst_ni = 1;
    }

    /// Runs until `done`; false after `most` clocks.
    bool run_until(const std::function<bool()>& done, std::uint64_t most) {
        for (const std::uint64_t end = now + most; now < end; clock())
            if (done()) return true;
        return done();
    }
    void run(std::uint64_t clocks) {
        run_until([] { return false; }, clocks);
    }

    /// Opens the link with two sessions, as a host does that knows nothing.
    bool open(std::uint8_t session = 1) {
        host.open(session);
        if (!run_until([this] { return host.is_open(); }, 2'000'000)) return false;
        host.open(static_cast<std::uint8_t>(session + 1));
        return run_until([this] { return host.is_open(); }, 2'000'000);
    }

    VerilatedContext context;  ///< outlives the model
    std::unique_ptr<Model> model;
    CoreModel core;
    ReferenceHost host;
    FaultyLine to_device, to_host;
    std::deque<std::uint8_t> raw;  ///< bytes put before anything of the host
    std::uint64_t now = 1;
    bool rx_error     = false;

private:
    bool pause() { return stall > 0.0 && std::uniform_real_distribution<>{}(random_) < stall; }

    void feed_device() {
        if (raw.empty()) {
            auto byte = to_device.get();
            if (!byte) {
                if (const auto frame = host.frame(now))
                    for (const std::uint8_t b : *frame)
                        to_device.put(b);
                byte = to_device.get();
            }
            if (!byte) return;
            raw.push_back(*byte);
        }
        model->rx_valid_i = 1;
        model->rx_data_i  = raw.front();
        raw.pop_front();
    }

    void drive_event() {
        if (!offered_ && core.busy() && !pause()) offered_ = true;
        model->event_valid_i = offered_;
        if (!offered_) return;
        model->event_kind_i = core.events.front().tick_end;
        model->event_data_i = core.events.front().data;
    }

    void take_event() {
        if (core.events.front().tick_end) core.tick = core.events.front().data + 1;
        core.events.pop_front();
        offered_ = false;
    }

    std::mt19937 random_;
    std::optional<CoreModel::Response> response_;
    std::uint64_t response_at_ = 0;
    bool offered_              = false;
};

}  // namespace spikeloom::rtl_test
