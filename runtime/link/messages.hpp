// SPDX-License-Identifier: Apache-2.0
/// Messages of the host protocol as values, and their bytes (docs/host-protocol.md, "Messages").
#pragma once

#include "runtime/link/frame_codec.hpp"
#include "runtime/link/packet_layout.hpp"
#include "support/result.hpp"

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <variant>
#include <vector>

namespace spikeloom::link {

// ---- host to device ----

struct Identify {};
struct ResetCore {
    std::uint8_t flags = 0;
};
struct Write {
    std::uint32_t address = 0;
    std::vector<std::uint32_t> words;  ///< 1..58
};
struct Read {
    std::uint32_t address = 0;
    std::uint16_t count   = 0;  ///< 1..16384
};
/// Injects `sources`, then runs `advance` ticks (0: only injects).
struct StepRecord {
    std::uint16_t advance = 0;
    std::vector<std::uint16_t> sources;  ///< at most 255
};
struct Step {
    std::vector<StepRecord> records;
    /// Decoding only: why the records after these are not carried out.
    std::optional<Refusal> fault{};
};
struct Stamp {
    std::uint32_t tick = 0;
    std::vector<std::uint16_t> sources;
};
struct Query {};
struct Echo {
    Bytes bytes;
};
using HostMessage = std::variant<Identify, ResetCore, Write, Read, Step, Stamp, Query, Echo>;

// ---- device to host ----

struct Identity {
    std::uint8_t version        = 0;
    std::uint32_t configuration = 0;
    std::uint32_t neurons       = 0;
    std::uint32_t sources       = 0;
    std::uint32_t synapse_words = 0;
    std::uint16_t rx_bytes      = 0;
    std::uint8_t window         = 0;
};
struct Written {
    std::uint32_t address = 0;
    std::uint8_t status   = 0;
};
struct Data {
    std::uint32_t address = 0;
    std::vector<std::uint32_t> words;
};
struct Spikes {
    std::uint32_t tick  = 0;
    std::uint8_t format = 0;  ///< SpikeFormat, perhaps with `continues`
    Bytes body;
};
struct Ran {
    std::uint32_t tick        = 0;  ///< next tick to run
    std::uint8_t status       = 0;
    std::uint32_t busy_clocks = 0;  ///< low word of the counter
};
struct Status {
    std::uint8_t status = 0;
    std::uint32_t tick  = 0;
    std::array<std::uint64_t, counter_count> counters{};
    std::uint16_t frames_dropped =
        0;  ///< by the device: bad FCS, length or abort; stops at the top
};
struct Echoed {
    Bytes bytes;
};
struct Refused {
    std::uint8_t opcode = 0;
    std::uint8_t reason = 0;
};
using DeviceMessage = std::variant<Identity, Written, Data, Spikes, Ran, Status, Echoed, Refused>;

/// Bytes of a message, 1..payload_max; lists longer than the message may hold are asserted against.
Bytes encode(const HostMessage& message);
Bytes encode(const DeviceMessage& message);

/// Reads what a host sent; the error is what the device answers with.
tl::expected<HostMessage, Refusal> decode_host_message(std::span<const std::uint8_t> bytes);

/// Reads what a device sent; "link.bad-message" for anything that the protocol does not know.
Result<DeviceMessage> decode_device_message(std::span<const std::uint8_t> bytes);

/// Bytes that a record takes in a step message.
std::size_t encoded_size(const StepRecord& record);

/// Word address of `index` in `region`.
constexpr std::uint32_t address_of(Region region, std::uint32_t index) {
    return (static_cast<std::uint32_t>(region) << region_shift) | index;
}

}  // namespace spikeloom::link
