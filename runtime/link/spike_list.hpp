// SPDX-License-Identifier: Apache-2.0
/// Lists of neurons in few bytes: delta lists and bitmaps of the spikes message.
#pragma once

#include "runtime/link/messages.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace spikeloom::link {

/// Appends one entry of a delta list: `difference` is how many numbers were left out.
void append_delta(std::uint32_t difference, Bytes& out);

/// Appends the numbers of a delta list that starts at `first` to `out`. False when it is cut in
/// the middle of a number or reaches `limit`; `out` then holds what was good.
bool append_delta_list(std::span<const std::uint8_t> body, std::uint32_t first, std::uint32_t limit,
                       std::vector<std::uint32_t>& out);

/// The messages that tell `neurons` (ascending) fired in `tick`: none when nobody did. A bitmap
/// when more than a tenth of `used` neurons fire.
std::vector<Spikes> encode_spikes(std::uint32_t tick, std::span<const std::uint32_t> neurons,
                                  std::uint32_t used);

/// Puts the spikes of a tick together from one or several messages.
class SpikeAssembler {
public:
    /// Neurons of a good message are below `neurons`.
    explicit SpikeAssembler(std::uint32_t neurons) : neurons_{neurons} {}

    /// Appends the message's neurons to `out`. "link.bad-message" for a format or neuron that does
    /// not exist, a cut list, or one that goes on after a message of another tick or format.
    Result<void> add(const Spikes& message, std::vector<std::uint32_t>& out);

private:
    struct Before {
        std::uint32_t tick;
        std::uint8_t format;
        std::uint32_t next;  ///< where the body goes on
    };
    std::uint32_t neurons_;
    std::optional<Before> before_;  ///< the last good message
};

}  // namespace spikeloom::link
