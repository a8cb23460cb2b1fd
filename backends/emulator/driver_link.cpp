// SPDX-License-Identifier: Apache-2.0
/// The driver's dealings with the link: sending, waiting, and what each answer means.
#include "backends/emulator/driver.hpp"

#include <algorithm>

namespace spikeloom::backends::emulator {

// ---- sending and waiting ----

/// Moves bytes once and takes the messages that have come.
Result<void> Driver::turn() {
    if (const auto pumped = connection_.pump(); !pumped) {
        failure_ = pumped.error();
        return pumped;
    }
    while (const auto bytes = connection_.take()) {
        last_message_      = connection_.now();
        const auto message = link::decode_device_message(*bytes);
        if (message)
            take(*message);
        else
            failure_ = message.error();
        if (failure_) return tl::unexpected{*failure_};
    }
    return {};
}

Result<void> Driver::wait_until(const std::function<bool()>& done) {
    connection_.expect_answer();
    const link::Time began = connection_.now();
    while (!done()) {
        if (const auto turned = turn(); !turned) return turned;
        const link::Time silent = connection_.now() - std::max(began, last_message_);
        if (silent > options_.stall) {
            fail("device.stalled", "the link works, but " + options_.device_name +
                                       " has sent nothing for " +
                                       std::to_string(silent / 1'000'000) + " s");
            return tl::unexpected{*failure_};
        }
    }
    return {};
}

Result<void> Driver::send(const link::HostMessage& message) {
    if (failure_) return tl::unexpected{*failure_};
    connection_.send(encode(message));
    if (connection_.backlog() < options_.backlog) return {};
    return wait_until([this] { return connection_.backlog() < options_.backlog; });
}

Result<void> Driver::wait_for_steps() {
    return wait_until([this] { return issued_.empty(); });
}

Result<link::Status> Driver::query() {
    status_.reset();
    if (const auto sent = send(link::Query{}); !sent) return tl::unexpected{sent.error()};
    const auto got = wait_until([this] { return status_.has_value(); });
    if (!got) return tl::unexpected{got.error()};
    return *status_;
}

Result<std::vector<std::uint32_t>> Driver::read_words(std::uint32_t address, std::size_t count) {
    read_ = PendingRead{address, count, {}};
    read_->words.reserve(count);
    for (std::size_t done = 0; done < count; done += link::read_count_max) {
        const auto part = std::min<std::size_t>(count - done, link::read_count_max);
        const link::Read read{address + static_cast<std::uint32_t>(done),
                              static_cast<std::uint16_t>(part)};
        if (const auto sent = send(read); !sent) return tl::unexpected{sent.error()};
    }
    const auto got = wait_until([this] { return read_->words.size() >= read_->wanted; });
    if (!got) return tl::unexpected{got.error()};
    auto words = std::move(read_->words);
    read_.reset();
    return words;
}

/// Parameter sets have words at five of eight indices only.
Result<std::vector<std::uint32_t>> Driver::read_sets(std::uint32_t words) {
    std::vector<std::uint32_t> all;
    for (std::uint32_t first = 0; first < words; first += 8) {
        const auto set = read_words(link::address_of(link::Region::set, first), 5);
        if (!set) return set;
        all.insert(all.end(), set->begin(), set->end());
        all.resize(std::min<std::size_t>(words, first + 8));
    }
    return all;
}

// ---- answers ----

void Driver::fail(std::string code, std::string message) {
    if (!failure_) failure_ = Diagnostic{std::move(code), std::move(message)};
}

std::uint64_t Driver::whole_tick(std::uint32_t low) const {
    return ran_tick_ + (low - static_cast<std::uint32_t>(ran_tick_));
}

void Driver::take(const link::DeviceMessage& message) {
    std::visit([this](const auto& known) { handle(known); }, message);
}

void Driver::handle(const link::Identity& message) {
    identity_ = message;
}

void Driver::handle(const link::Written& message) {
    fail("device.write-fault", options_.device_name + " has no word at region " +
                                   std::to_string(message.address >> link::region_shift) +
                                   ", index " + std::to_string(message.address & 0x0FFFFFFFU) +
                                   ", or refuses its value");
}

void Driver::handle(const link::Data& message) {
    if (!read_ || message.address != read_->next_address ||
        message.words.size() > read_->wanted - read_->words.size()) {
        fail("device.protocol", "data that was not asked for");
        return;
    }
    read_->words.insert(read_->words.end(), message.words.begin(), message.words.end());
    read_->next_address += static_cast<std::uint32_t>(message.words.size());
}

void Driver::handle(const link::Spikes& message) {
    const std::uint64_t tick = whole_tick(message.tick);
    if (issued_.empty() || tick >= issued_.front().first + issued_.front().ticks ||
        tick < issued_.front().first) {
        fail("device.protocol", "spikes of a tick that was not asked for");
        return;
    }
    std::vector<std::uint32_t> slots;
    if (const auto added = assembler_.add(message, slots); !added) {
        failure_ = added.error();
        return;
    }
    for (const std::uint32_t slot : slots) {
        const auto neuron = map_.neuron_at(slot);
        if (!neuron) {
            fail("device.protocol", "a spike of slot " + std::to_string(slot) + ", which is empty");
            return;
        }
        spikes_.push_back({Tick{tick}, *neuron});
    }
}

void Driver::handle(const link::Ran& message) {
    const std::uint64_t next = whole_tick(message.tick);
    if (issued_.empty() || next != issued_.front().first + issued_.front().ticks) {
        fail("device.protocol",
             "the core is at tick " + std::to_string(next) + ", not where it was sent");
        return;
    }
    if (options_.ticks_per_step == 1 && issued_.front().ticks == 1)
        times_.push_back({Tick{issued_.front().first}, message.busy_clocks - busy_});
    // What injected input alone costs belongs to the tick that it is for.
    if (issued_.front().ticks > 0) busy_ = message.busy_clocks;
    ran_tick_ = next;
    issued_.pop_front();
}

void Driver::handle(const link::Status& message) {
    status_ = message;
}

void Driver::handle(const link::Echoed& /*message*/) {
    fail("device.protocol", "an echo that was not asked for");
}

void Driver::handle(const link::Refused& message) {
    fail("device.protocol", options_.device_name + " refuses message " +
                                std::to_string(message.opcode) + " for reason " +
                                std::to_string(message.reason));
}

}  // namespace spikeloom::backends::emulator
