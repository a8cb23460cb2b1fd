// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/model_device.hpp"

#include "runtime/link/endpoint.hpp"
#include "runtime/link/spike_list.hpp"

#include <algorithm>

namespace spikeloom::backends::emulator {
namespace {

using link::Bytes;

link::Refused refusal(link::Opcode opcode, link::Refusal reason) {
    return {static_cast<std::uint8_t>(opcode), static_cast<std::uint8_t>(reason)};
}

constexpr std::size_t busy_clocks_index = static_cast<std::size_t>(link::Counter::busy_clocks);

}  // namespace

void MessageServer::set_link_sizes(std::uint16_t rx_bytes, std::uint8_t window) {
    rx_bytes_ = rx_bytes;
    window_   = window;
}

void MessageServer::accept(const Bytes& message, std::deque<Bytes>& out) {
    const auto decoded = link::decode_host_message(message);
    if (!decoded) {
        const std::uint8_t opcode = message.empty() ? std::uint8_t{0} : message[0];
        out.push_back(encode(link::Refused{opcode, static_cast<std::uint8_t>(decoded.error())}));
        return;
    }
    std::visit([&](const auto& known) { handle(known, out); }, *decoded);
}

void MessageServer::proceed(std::deque<Bytes>& out) {
    if (step_) {
        proceed_step(out);
    } else if (read_) {
        proceed_read(out);
    }
}

void MessageServer::abandon() {
    step_.reset();
    read_.reset();
}

void MessageServer::handle(const link::Identify& /*message*/, std::deque<Bytes>& out) {
    const Limits& limits = core_.limits();
    out.push_back(encode(
        link::Identity{link::protocol_version, limits.configuration, limits.neurons, limits.sources,
                       static_cast<std::uint32_t>(limits.synapse_words), rx_bytes_, window_}));
}

void MessageServer::handle(const link::ResetCore& message, std::deque<Bytes>& /*out*/) {
    core_.clear(message.flags);
}

void MessageServer::handle(const link::Write& message, std::deque<Bytes>& out) {
    std::uint32_t address = message.address;
    for (const std::uint32_t word : message.words) {
        if (!core_.write(address, word)) {
            out.push_back(encode(link::Written{
                address, static_cast<std::uint8_t>(link::WriteStatus::address_fault)}));
            return;
        }
        ++address;
    }
}

void MessageServer::handle(const link::Read& message, std::deque<Bytes>& /*out*/) {
    read_ = RunningRead{message.address, message.count};
}

void MessageServer::handle(const link::Step& message, std::deque<Bytes>& /*out*/) {
    step_ = RunningStep{message};
}

void MessageServer::handle(const link::Stamp& /*message*/, std::deque<Bytes>& out) {
    out.push_back(encode(refusal(link::Opcode::stamp, link::Refusal::wrong_mode)));
}

void MessageServer::handle(const link::Query& /*message*/, std::deque<Bytes>& out) {
    out.push_back(encode(link::Status{core_.status(), core_.tick(), core_.counters()}));
}

void MessageServer::handle(const link::Echo& message, std::deque<Bytes>& out) {
    out.push_back(encode(link::Echoed{message.bytes}));
}

void MessageServer::proceed_step(std::deque<Bytes>& out) {
    RunningStep& run = *step_;
    if (run.record == run.step.records.size()) {
        if (run.step.fault)
            out.push_back(encode(refusal(link::Opcode::step, *run.step.fault)));
        else
            out.push_back(
                encode(link::Ran{core_.tick(), core_.status(),
                                 static_cast<std::uint32_t>(core_.counters()[busy_clocks_index])}));
        step_.reset();
        return;
    }
    const link::StepRecord& record = run.step.records[run.record];
    if (!run.injected) {
        for (const std::uint16_t source : record.sources)
            core_.inject(source);
        run.injected   = true;
        run.ticks_left = record.advance;
    }
    if (run.ticks_left > 0) {
        --run.ticks_left;
        const std::uint32_t tick = core_.tick();
        const auto fired         = core_.run_tick();
        for (const link::Spikes& spikes : link::encode_spikes(tick, fired, core_.neurons_used()))
            out.push_back(encode(spikes));
    }
    if (run.ticks_left == 0) {
        ++run.record;
        run.injected = false;
    }
}

void MessageServer::proceed_read(std::deque<Bytes>& out) {
    link::Data data{read_->address, {}};
    const std::uint32_t words = std::min<std::uint32_t>(read_->left, link::words_max);
    for (std::uint32_t k = 0; k < words; ++k)
        data.words.push_back(core_.read(read_->address + k).value_or(0));
    out.push_back(encode(data));
    read_->address += words;
    read_->left -= words;
    if (read_->left == 0) read_.reset();
}

namespace {

/// Messages that wait for the link before the core is held, as the event channel of the RTL does.
constexpr std::size_t backlog_limit = 24;
constexpr int work_in_one_wait      = 64;

class ModelChannel final : public link::ByteChannel {
public:
    ModelChannel(const Limits& limits, const ModelDeviceOptions& options)
        : options_{options},
          server_{limits},
          endpoint_{{.role              = link::Role::device,
                     .receive_buffer    = options.receive_buffer,
                     .retry_timeout     = options.retry_timeout,
                     .max_retry_timeout = options.retry_timeout}} {
        server_.set_link_sizes(static_cast<std::uint16_t>(options.receive_buffer),
                               link::window_max);
    }

    Result<std::size_t> write(std::span<const std::uint8_t> bytes) override {
        endpoint_.receive(bytes, now_);
        if (endpoint_.restarts() != restarts_) {
            restarts_ = endpoint_.restarts();
            server_.abandon();
            answers_.clear();
        }
        return bytes.size();
    }

    Result<std::size_t> read(std::span<std::uint8_t> buffer) override {
        if (outgoing_.size() < buffer.size()) endpoint_.produce(outgoing_, buffer.size(), now_);
        const std::size_t given = std::min(buffer.size(), outgoing_.size());
        const auto end          = outgoing_.begin() + static_cast<std::ptrdiff_t>(given);
        std::copy(outgoing_.begin(), end, buffer.begin());
        outgoing_.erase(outgoing_.begin(), end);
        return given;
    }

    Result<void> wait(link::Time longest) override {
        int work = 0;
        while (work < work_in_one_wait && work_once())
            ++work;
        link::Time step = longest;
        if (const auto due = endpoint_.deadline())
            step = std::min(step, *due - std::min(now_, *due));
        now_ += work > 0 ? static_cast<link::Time>(work) * options_.work_time
                         : std::max<link::Time>(step, 1);
        return {};
    }

    [[nodiscard]] link::Time now() const override { return now_; }

private:
    bool work_once() {
        while (!answers_.empty() && endpoint_.backlog() < backlog_limit) {
            endpoint_.send(std::move(answers_.front()));
            answers_.pop_front();
        }
        if (!answers_.empty()) return false;
        if (!server_.idle()) {
            server_.proceed(answers_);
            return true;
        }
        const auto message = endpoint_.take();
        if (message) server_.accept(*message, answers_);
        return message.has_value();
    }

    ModelDeviceOptions options_;
    MessageServer server_;
    link::Endpoint endpoint_;
    std::uint64_t restarts_ = 0;
    std::deque<Bytes> answers_;
    Bytes outgoing_;
    link::Time now_ = 0;
};

}  // namespace

std::unique_ptr<link::ByteChannel> make_model_channel(const Limits& limits,
                                                      const ModelDeviceOptions& options) {
    return std::make_unique<ModelChannel>(limits, options);
}

}  // namespace spikeloom::backends::emulator
