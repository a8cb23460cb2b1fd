// SPDX-License-Identifier: Apache-2.0
/// Second step: real numbers become the cores' integers, weights become lines.
///
/// A line is one axon's worth of a presynaptic element: its spikes, after a delay, on an axon of
/// one of four types. A neuron has one weight for each type, so a weight that it wants from an
/// element is the sum of the weights of those lines of the element that it listens to.
#pragma once

#include "backends/truenorth/legalise.hpp"
#include "simulator/neuron/truenorth.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace spikeloom::backends::truenorth {

/// How weights are brought to four values a neuron.
enum class WeightCode {
    cluster,  ///< the four values that fit best; one line for each synapse
    slice     ///< whole numbers in bits; several lines for each synapse, exact
};

struct CodingOptions {
    WeightCode code          = WeightCode::cluster;
    std::uint32_t slice_bits = 4;    ///< 2..8, where fewer are not exact
    std::uint32_t axons      = 256;  ///< of a core
};

/// Presynaptic end of a term: a node, or a source element with this bit set.
inline constexpr std::uint32_t source_bit = 0x80000000U;

/// A node listens to one line.
struct Term {
    std::uint32_t pre   = 0;
    std::uint16_t delay = 1;  ///< ticks from spike (or event, plus 1) to arrival
    std::uint8_t type   = 0;
    std::uint8_t copy   = 0;  ///< several lines of one type
    friend auto operator<=>(const Term&, const Term&) = default;
};

/// A neuron of the network, or one that was put in to sum or to split.
struct Node {
    neuron::truenorth::Parameters parameters;
    std::int32_t potential   = 0;
    std::uint32_t population = 0;
    bool fires               = true;
    std::vector<Term> terms;  ///< distinct
};

struct CodedNetwork {
    std::vector<Node> nodes;    ///< the network's neurons first, in their order
    std::vector<double> scale;  ///< by population: integer = network value x scale
    std::vector<hw::QuantisationEntry> report;
    std::vector<std::string> warnings;
};

/// Types and multiplicities whose sums are all whole numbers of `bits` bits, two's complement.
struct SliceCode {
    std::array<std::int32_t, 4> value{};
    std::array<std::uint32_t, 4> copies{};
};
SliceCode slice_code(std::uint32_t bits);
/// The same for magnitudes with a sign, of `bits` bits together: nothing that cancels out, which is
/// what partial sums need.
SliceCode signed_slice_code(std::uint32_t bits);
/// How many copies of each type make `number`; it must be within the code's range.
std::array<std::uint32_t, 4> slices_of(std::int32_t number, const SliceCode& code);

/// At most four whole numbers within +-255 for values of one neuron, ascending, and for each value
/// the nearest of them.
struct Clusters {
    std::vector<std::int32_t> centre;
    std::vector<std::uint8_t> of;
};
Clusters cluster(const std::vector<double>& values);

/// Errors: "truenorth.range" (weights vanish beside the threshold or leak).
Checked<CodedNetwork> code_network(const LegalNetwork& legal, const ir::Network& network,
                                   const CodingOptions& options);

}  // namespace spikeloom::backends::truenorth
