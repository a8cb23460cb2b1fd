// SPDX-License-Identifier: Apache-2.0
/// One Verilated top with its clock, reset, waveforms and byte buffers; included by rtl_*.cpp only.
#pragma once

#include "backends/emulator/rtl_channel.hpp"

#include <verilated.h>
#include <verilated_fst_c.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

namespace spikeloom::backends::emulator {

/// Bytes in the order of their coming; cheap at both ends.
class ByteQueue {
public:
    [[nodiscard]] bool empty() const { return head_ == bytes_.size(); }
    [[nodiscard]] std::size_t size() const { return bytes_.size() - head_; }
    void push(std::uint8_t byte) { bytes_.push_back(byte); }
    std::uint8_t pop() {
        const std::uint8_t byte = bytes_[head_++];
        if (head_ == bytes_.size()) {
            bytes_.clear();
            head_ = 0;
        }
        return byte;
    }

private:
    std::vector<std::uint8_t> bytes_;
    std::size_t head_ = 0;
};

/// The pulse of the device's clock (rtl/common/sl_clock_root.sv), below a top of either kind. A
/// public signal, which Verilator names by its place.
template <class Root>
auto& clock_pulse(Root& root) {
    if constexpr (requires { root.sl_top_bytes__DOT__u_clock__DOT__pulse; })
        return root.sl_top_bytes__DOT__u_clock__DOT__pulse;
    else
        return root.sl_top__DOT__u_clock__DOT__pulse;
}

/// Model: a Verilated class with clk_i and rst_ni.
template <class Model>
class RtlSimulation {
public:
    explicit RtlSimulation(const RtlOptions& options) : trace_path_{options.trace} {
        context_->randReset(2);
        context_->randSeed(static_cast<int>(options.seed));
        context_->traceEverOn(!trace_path_.empty());
        model_ = std::make_unique<Model>(context_.get(), "core");
    }
    RtlSimulation(const RtlSimulation&)            = delete;
    RtlSimulation& operator=(const RtlSimulation&) = delete;
    RtlSimulation(RtlSimulation&&)                 = delete;
    RtlSimulation& operator=(RtlSimulation&&)      = delete;
    ~RtlSimulation() {
        if (trace_) trace_->close();
        // The model's public scopes leave whatever context the thread has; that of another device,
        // built later, may be gone.
        Verilated::threadContextp(context_.get());
        model_->final();
    }

    /// Opens the trace file, then resets the core.
    Result<void> start() {
        if (!trace_path_.empty()) {
            if (!std::ofstream{trace_path_})
                return fault("device.trace", "cannot write waveforms", {trace_path_.string(), ""});
            trace_ = std::make_unique<VerilatedFstC>();
            model_->trace(trace_.get(), trace_depth);
            trace_->open(trace_path_.c_str());
        }
        model_->clk_i               = 0;
        model_->rst_ni              = 0;
        clock_pulse(*model_->rootp) = 0;
        settle();
        for (int n = 0; n < reset_clocks; ++n)
            clock();
        model_->rst_ni = 1;
        settle();
        clocks_ = 0;
        return {};
    }

    /// To be called when an input has changed that a unit may be waiting for: whether its clock
    /// runs is decided while the clock is low.
    void settle() { model_->eval(); }

    /// One rising edge and one falling edge. By the pulse, which ends itself, both are one
    /// evaluation; a waveform shows clk_i.
    void clock() {
        if (trace_) {
            draw_clock();
        } else {
            clock_pulse(*model_->rootp) = 1;
            model_->eval();
        }
        ++clocks_;
    }

    [[nodiscard]] Model& model() { return *model_; }
    [[nodiscard]] std::uint64_t clocks() const { return clocks_; }

private:
    static constexpr int reset_clocks = 4;
    static constexpr int trace_depth  = 99;

    void draw_clock() {
        for (const int level : {1, 0}) {
            model_->clk_i = static_cast<std::uint8_t>(level);
            model_->eval();
            trace_->dump(trace_time_++);
        }
    }

    std::filesystem::path trace_path_;
    std::unique_ptr<VerilatedContext> context_ = std::make_unique<VerilatedContext>();
    std::unique_ptr<Model> model_;
    std::unique_ptr<VerilatedFstC> trace_;
    std::uint64_t trace_time_ = 0;
    std::uint64_t clocks_     = 0;
};

/// What both kinds of line share: queues, and clocks as the channel's time.
/// Line: a class with `run(clocks, in, out)`, `clocks()` and `start()`.
template <class Line>
class SimulatedChannel final : public RtlChannel {
public:
    explicit SimulatedChannel(const RtlOptions& options) : options_{options}, line_{options} {}
    Result<void> start() { return line_.start(); }

    Result<std::size_t> write(std::span<const std::uint8_t> bytes) override {
        const std::size_t room  = most_waiting - std::min(most_waiting, to_device_.size());
        const std::size_t taken = std::min(room, bytes.size());
        for (std::size_t k = 0; k < taken; ++k)
            to_device_.push(bytes[k]);
        return taken;
    }

    Result<std::size_t> read(std::span<std::uint8_t> buffer) override {
        std::size_t given = 0;
        while (given < buffer.size() && !to_host_.empty())
            buffer[given++] = to_host_.pop();
        return given;
    }

    Result<void> wait(link::Time longest) override {
        const double wanted = static_cast<double>(longest) * 1e-6 * options_.clock_hz + 1;
        line_.run(static_cast<std::uint64_t>(std::min<double>(wanted, Line::clocks_at_once)),
                  to_device_, to_host_);
        return {};
    }

    [[nodiscard]] link::Time now() const override {
        return static_cast<link::Time>(static_cast<double>(line_.clocks()) * 1e6 /
                                       options_.clock_hz);
    }
    [[nodiscard]] std::uint64_t clocks() const override { return line_.clocks(); }

private:
    static constexpr std::size_t most_waiting = 512;

    RtlOptions options_;
    Line line_;
    ByteQueue to_device_;
    ByteQueue to_host_;
};

/// Builds and starts a channel.
template <class Line>
Result<std::unique_ptr<RtlChannel>> start_channel(const RtlOptions& options) {
    auto channel = std::make_unique<SimulatedChannel<Line>>(options);
    if (const auto started = channel->start(); !started) return tl::unexpected{started.error()};
    return channel;
}

}  // namespace spikeloom::backends::emulator
