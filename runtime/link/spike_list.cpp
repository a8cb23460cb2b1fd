// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/spike_list.hpp"

#include <algorithm>

namespace spikeloom::link {
namespace {

constexpr std::uint8_t delta_more    = 0xFF;
constexpr std::uint8_t delta_bitmap  = static_cast<std::uint8_t>(SpikeFormat::bitmap);
constexpr std::uint8_t delta_plain   = static_cast<std::uint8_t>(SpikeFormat::delta);
constexpr std::uint8_t continues_bit = static_cast<std::uint8_t>(SpikeFormat::continues);
constexpr std::size_t body_max       = layout::spikes_message::body.most;

/// False when a bit at or above `limit` is set.
bool append_bitmap(std::span<const std::uint8_t> body, std::uint32_t first, std::uint32_t limit,
                   std::vector<std::uint32_t>& out) {
    std::uint64_t neuron = first;
    for (std::uint32_t byte : body) {
        for (std::uint64_t n = neuron; byte != 0; byte >>= 1, ++n) {
            if ((byte & 1U) == 0) continue;
            if (n >= limit) return false;
            out.push_back(static_cast<std::uint32_t>(n));
        }
        neuron += 8;
    }
    return true;
}

std::vector<Spikes> encode_delta(std::uint32_t tick, std::span<const std::uint32_t> neurons) {
    std::vector<Spikes> messages{{tick, delta_plain, {}}};
    std::uint32_t next = 0;
    for (const std::uint32_t neuron : neurons) {
        Bytes delta;
        append_delta(neuron - next, delta);
        next = neuron + 1;
        if (messages.back().body.size() + delta.size() > body_max) {
            messages.push_back({tick, delta_plain | continues_bit, {}});
        }
        Bytes& body = messages.back().body;
        body.insert(body.end(), delta.begin(), delta.end());
    }
    return messages;
}

std::vector<Spikes> encode_bitmap(std::uint32_t tick, std::span<const std::uint32_t> neurons) {
    Bytes bits(neurons.back() / 8 + 1);
    for (const std::uint32_t neuron : neurons)
        bits[neuron / 8] = static_cast<std::uint8_t>(bits[neuron / 8] | (1U << (neuron % 8)));
    std::vector<Spikes> messages;
    for (std::size_t at = 0; at < bits.size(); at += body_max) {
        const std::size_t end = std::min(bits.size(), at + body_max);
        const auto goes_on    = at > 0 ? continues_bit : std::uint8_t{0};
        messages.push_back({tick,
                            static_cast<std::uint8_t>(delta_bitmap | goes_on),
                            {bits.begin() + static_cast<std::ptrdiff_t>(at),
                             bits.begin() + static_cast<std::ptrdiff_t>(end)}});
    }
    return messages;
}

}  // namespace

void append_delta(std::uint32_t difference, Bytes& out) {
    out.insert(out.end(), difference / delta_more, delta_more);
    out.push_back(static_cast<std::uint8_t>(difference % delta_more));
}

bool append_delta_list(std::span<const std::uint8_t> body, std::uint32_t first, std::uint32_t limit,
                       std::vector<std::uint32_t>& out) {
    std::uint64_t next = first;
    bool whole         = true;
    for (const std::uint8_t byte : body) {
        next += byte;
        whole = byte != delta_more;
        if (!whole) continue;
        if (next >= limit) return false;
        out.push_back(static_cast<std::uint32_t>(next));
        ++next;
    }
    return whole;
}

std::vector<Spikes> encode_spikes(std::uint32_t tick, std::span<const std::uint32_t> neurons,
                                  std::uint32_t used) {
    if (neurons.empty()) return {};
    const bool dense = neurons.size() * 10 > used;
    return dense ? encode_bitmap(tick, neurons) : encode_delta(tick, neurons);
}

Result<void> SpikeAssembler::add(const Spikes& message, std::vector<std::uint32_t>& out) {
    const auto bad = [&message](const char* why) {
        return fault("link.bad-message",
                     "spikes of tick " + std::to_string(message.tick) + ": " + why);
    };
    const auto format       = static_cast<std::uint8_t>(message.format & ~continues_bit);
    const bool goes_on      = (message.format & continues_bit) != 0;
    const std::size_t count = out.size();
    std::uint32_t first     = 0;
    if (goes_on) {
        if (!before_ || before_->tick != message.tick || before_->format != format)
            return bad("goes on, but the message before was another");
        first = before_->next;
    }
    before_.reset();
    if (format != delta_plain && format != delta_bitmap) return bad("no such format");
    const bool good = format == delta_plain ? append_delta_list(message.body, first, neurons_, out)
                                            : append_bitmap(message.body, first, neurons_, out);
    if (!good) return bad("a neuron that does not exist, or a list cut in the middle");
    const auto delta_next  = out.size() == count ? first : out.back() + 1;
    const auto bitmap_next = first + static_cast<std::uint32_t>(8 * message.body.size());
    before_ = Before{message.tick, format, format == delta_plain ? delta_next : bitmap_next};
    if (before_->next > neurons_ + 7) return bad("goes past the last neuron");
    return {};
}

}  // namespace spikeloom::link
