// SPDX-License-Identifier: Apache-2.0
/// Keys of a laid-out network: allocated, routed, minimised where a table is too small, and walked.
#pragma once

#include "backends/spinnaker/layout.hpp"
#include "backends/spinnaker/tables.hpp"

#include <cstdint>
#include <vector>

namespace spikeloom::backends::spinnaker {

/// One block of keys for each core's elements, then one for each stage of its relay.
class KeyPlan {
public:
    explicit KeyPlan(const Layout& layout);

    [[nodiscard]] std::uint32_t block_of(std::uint32_t core, std::uint32_t stage) const {
        return first_[core] + stage;
    }
    [[nodiscard]] std::uint32_t key_of(std::uint32_t core) const {
        return first_[core] << index_bits;
    }
    [[nodiscard]] std::uint32_t elements_of(std::uint32_t block) const { return elements_[block]; }
    [[nodiscard]] std::size_t blocks() const { return elements_.size(); }
    /// `core` has synapses for that block.
    void reach(std::uint32_t block, std::uint32_t core) { reached_[block][core] = true; }

    /// Blocks with their destinations, and the relays between them.
    void finish(std::vector<KeyBlock>& blocks, std::vector<Relay>& relays) const;

private:
    const Layout& layout_;
    std::vector<std::uint32_t> first_;     ///< block of each core
    std::vector<std::uint32_t> elements_;  ///< of each block
    std::vector<std::vector<bool>> reached_;
};
KeyPlan allocate_keys(const Layout& layout);

struct Routed {
    std::uint64_t made = 0, loaded = 0;  ///< entries of all tables, before and after minimising
    std::uint64_t most      = 0;         ///< entries of the fullest table, as loaded
    std::uint64_t minimised = 0;         ///< tables that were too large
    std::uint64_t walked    = 0;         ///< keys
};

/// Fills blocks, relays and tables of the program. Tables are minimised only where they exceed the
/// limit. Errors: "spinnaker.keys" (more than 2^21 blocks), "spinnaker.router-entries",
/// those of make_tables() and verify_routing().
Result<Routed> route(const KeyPlan& keys, const Limits& limits, Program& program);

}  // namespace spikeloom::backends::spinnaker
