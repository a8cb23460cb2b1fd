// SPDX-License-Identifier: Apache-2.0
#include "tests/rtl_link/messages.hpp"

#include <algorithm>

namespace spikeloom::rtl_test {

using link::Opcode;

void put(Bytes& out, std::uint64_t value, unsigned bytes) {
    for (unsigned k = 0; k < bytes; ++k)
        out.push_back(static_cast<std::uint8_t>(value >> (8 * k)));
}

std::uint32_t get(const Bytes& in, std::size_t at, unsigned bytes) {
    std::uint32_t value = 0;
    for (unsigned k = 0; k < bytes; ++k)
        value |= std::uint32_t{in.at(at + k)} << (8 * k);
    return value;
}

Bytes write_message(std::uint32_t address, const std::vector<std::uint32_t>& words) {
    Bytes out{static_cast<std::uint8_t>(Opcode::write)};
    put(out, address, 4);
    for (const std::uint32_t word : words)
        put(out, word, 4);
    return out;
}

Bytes read_message(std::uint32_t address, unsigned count) {
    Bytes out{static_cast<std::uint8_t>(Opcode::read)};
    put(out, address, 4);
    put(out, count, 2);
    return out;
}

Bytes step_message(const std::vector<Record>& records) {
    Bytes out{static_cast<std::uint8_t>(Opcode::step)};
    for (const Record& record : records) {
        Bytes body;
        std::uint32_t next = 0;
        for (const std::uint32_t source : record.sources) {
            if (!record.delta) {
                put(body, source, 2);
                continue;
            }
            std::uint32_t gap = source - next;
            for (; gap >= 255; gap -= 255)
                body.push_back(0xFF);
            put(body, gap, 1);
            next = source + 1;
        }
        put(out, record.advance, 2);
        put(out, record.delta ? 1 : 0, 1);
        put(out, record.delta ? body.size() : record.sources.size(), 1);
        out.insert(out.end(), body.begin(), body.end());
    }
    return out;
}

Bytes Script::next() {
    switch (draw() % 4) {
        case 0: {
            std::vector<std::uint32_t> words(1 + draw() % 58);
            const std::uint32_t address = 0x2000'0000 + static_cast<std::uint32_t>(draw() % 300);
            for (std::uint32_t k = 0; k < words.size(); ++k) {
                words[k]             = static_cast<std::uint32_t>(draw());
                memory_[address + k] = words[k];
                writes.emplace_back(address + k, words[k]);
            }
            return write_message(address, words);
        }
        case 1: {
            Bytes message{static_cast<std::uint8_t>(Opcode::echo)};
            message.resize(1 + draw() % 100, static_cast<std::uint8_t>(draw()));
            ++answers_;
            return message;
        }
        default:
            return step();
    }
}

Bytes Script::step() {
    std::vector<Record> records(1 + draw() % 3);
    for (Record& record : records) {
        record.advance = draw() % 4;
        record.delta   = draw() % 2 == 0;
        for (std::uint32_t j = draw() % 50; j < 256 && record.sources.size() < 20;
             j += 1 + draw() % 60)
            record.sources.push_back(j);
        waiting_.insert(waiting_.end(), record.sources.begin(), record.sources.end());
        for (unsigned k = 0; k < record.advance; ++k) {
            injected.push_back(waiting_);
            waiting_.clear();
        }
    }
    ++answers_;
    return step_message(records);
}

Bytes Script::read_back() {
    const unsigned count        = 1 + static_cast<unsigned>(draw() % 130);
    const std::uint32_t address = 0x2000'0000 + static_cast<std::uint32_t>(draw() % 200);
    for (std::uint32_t k = 0; k < count; ++k)
        data.push_back(memory_[address + k]);
    answers_ += (count + 57) / 58;
    return read_message(address, count);
}

std::vector<std::uint32_t> neurons_of(const Bytes& body, unsigned format) {
    std::vector<std::uint32_t> neurons;
    std::uint32_t next = 0;
    for (std::uint32_t byte : body) {
        if (format == 0) {
            next += byte;
            if (byte != 0xFF) neurons.push_back(next++);
            continue;
        }
        for (unsigned bit = 0; bit < 8; ++bit, ++next)
            if (((byte >> bit) & 1U) != 0) neurons.push_back(next);
    }
    return neurons;
}

void Collector::take(std::deque<Bytes>& messages) {
    for (; !messages.empty(); messages.pop_front()) {
        const Bytes& m = messages.front();
        switch (static_cast<Opcode>(m[0])) {
            case Opcode::spikes:
                take_spikes(m);
                break;
            case Opcode::ran:
                take_ran(m);
                break;
            case Opcode::data:
                for (std::size_t k = 5; k < m.size(); k += 4)
                    data.push_back(get(m, k, 4));
                ++answers;
                break;
            case Opcode::echoed:
                ++answers;
                break;
            default:
                ++problems;
                break;
        }
    }
}

void Collector::take_spikes(const Bytes& m) {
    const std::uint32_t tick = get(m, 1, 4);
    const unsigned format    = m[5];
    const bool goes_on       = (format & 0x80U) != 0;
    if (goes_on != bodies_.contains(tick) || m.size() < 7) ++problems;
    if (goes_on && formats_[tick] != (format & 0x7FU)) ++problems;
    formats_[tick] = format & 0x7FU;
    ++((format & 1U) != 0 ? bitmap_messages : delta_messages);
    bodies_[tick].insert(bodies_[tick].end(), m.begin() + 6, m.end());
}

void Collector::take_ran(const Bytes& m) {
    ++answers;
    if (m.size() != 10) ++problems;
    const std::uint32_t end = get(m, 1, 4);
    for (; next_tick_ < end; ++next_tick_) {
        spikes[next_tick_];
        if (!bodies_.contains(next_tick_)) continue;
        spikes[next_tick_] = neurons_of(bodies_[next_tick_], formats_[next_tick_]);
        if (spikes[next_tick_].empty() || spikes[next_tick_].back() >= neurons_) ++problems;
        bodies_.erase(next_tick_);
    }
    if (!bodies_.empty()) ++problems;  // spikes after the answer that ends their tick
}

}  // namespace spikeloom::rtl_test
