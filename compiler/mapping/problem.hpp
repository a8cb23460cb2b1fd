// SPDX-License-Identifier: Apache-2.0
/// MappingProblem: neurons joined by nets, and what one core and the mesh can hold.
#pragma once

#include "support/ids.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace spikeloom::mapping {

/// How many bits of synapse memory a core spends on the synapses that one source has on it.
/// - pure; row_bits(0) is 0; never falls when `synapses` grows
class PackingRule {
public:
    virtual ~PackingRule()                                                     = default;
    [[nodiscard]] virtual std::uint64_t row_bits(std::uint32_t synapses) const = 0;
};

/// A header and a fixed number of bits per synapse, each row rounded up to whole words.
class WordPacking final : public PackingRule {
public:
    /// All in bits; `word` >= 1 (1: no rounding).
    WordPacking(std::uint32_t header, std::uint32_t synapse, std::uint32_t word)
        : header_{header}, synapse_{synapse}, word_{word} {}
    [[nodiscard]] std::uint64_t row_bits(std::uint32_t synapses) const override;

private:
    std::uint64_t header_, synapse_, word_;
};

/// Anything else that neurons use up by the piece: one amount for each neuron, a sum per core.
struct Resource {
    std::string name;
    std::vector<std::uint32_t> amount;  ///< one for each neuron
    std::uint64_t limit = 0;            ///< per core
};

/// A configuration table shared by the neurons of a core: each neuron needs one entry, neurons
/// with equal entries share it.
struct SharedTable {
    std::string name;
    std::vector<std::uint32_t> entry;  ///< one for each neuron
    std::uint32_t limit = 0;           ///< different entries per core
};

/// What one core can hold. An absent limit does not bind.
struct CoreLimits {
    std::uint32_t neurons = 1;
    /// Different sources (neurons of this or other cores, and external inputs) with synapses here.
    std::optional<std::uint32_t> incoming_axons;
    /// Sum over the neurons here of the cores that hold their targets (this core included).
    std::optional<std::uint32_t> outgoing_axons;
    std::optional<std::uint64_t> synapse_bits;  ///< by `packing`, which must be set then
    std::shared_ptr<const PackingRule> packing;
    std::vector<Resource> resources;
    std::vector<SharedTable> tables;
};

/// Cores of the chip, on a mesh; hops are Manhattan distances.
struct Mesh {
    std::uint32_t width  = 1;
    std::uint32_t height = 1;
    [[nodiscard]] std::uint64_t cores() const { return std::uint64_t{width} * height; }
};

/// One hyperedge ("net") for each source. Net n < neurons belongs to neuron n; the nets above it
/// are external inputs, which sit on no core.
struct MappingProblem {
    std::string name;  ///< for diagnostics: the file or the network
    std::uint32_t neurons = 0;
    std::vector<std::uint64_t> net_begin{0};    ///< one more than nets
    std::vector<std::uint32_t> targets;         ///< neurons; within a net ascending and distinct
    std::vector<std::uint32_t> synapses;        ///< per target, >= 1; empty: one each
    std::vector<std::uint32_t> spikes;          ///< per net: its rate, in spikes in any fixed time
    std::vector<std::uint32_t> population;      ///< per neuron; ascending is not required
    std::vector<std::string> population_names;  ///< may be empty
    CoreLimits limits;
    std::optional<Mesh> mesh;  ///< absent: the smallest square that holds the cores used

    [[nodiscard]] std::uint32_t nets() const {
        return static_cast<std::uint32_t>(net_begin.size() - 1);
    }
    [[nodiscard]] std::span<const std::uint32_t> net(std::uint32_t index) const {
        return std::span{targets}.subspan(net_begin[index],
                                          net_begin[index + 1] - net_begin[index]);
    }
    /// "neuron 17 (population 'conv1')", for diagnostics.
    [[nodiscard]] std::string describe(NeuronId neuron) const;
};

/// Is the problem well formed, and can each neuron live on an empty core? All faults at once:
/// "map.malformed" (sizes of the arrays, ids out of range, pins not ascending),
/// "map.no-limit" (a limit of 0), "map.packing-missing",
/// "map.neuron-too-big" (one neuron alone exceeds a limit: says neuron, limit and value).
Checked<void> check(const MappingProblem& problem);

/// Makes `targets` of every net ascending and distinct; repeated targets become `synapses` counts.
void normalise(MappingProblem& problem);

}  // namespace spikeloom::mapping
