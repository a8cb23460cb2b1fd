// SPDX-License-Identifier: Apache-2.0
/// Network: populations of neurons and the projections between them, free of any hardware.
///
/// Time: delays are in ticks, time constants in seconds. A spike emitted in tick t over a synapse
/// of delay d >= 1 arrives in tick t + d. A spike of a *source* population is an external event:
/// stamped t, it arrives over delay d in tick t + d - 1, that is, in tick t over the shortest
/// delay.
#pragma once

#include "support/ids.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace spikeloom::ir {

/// Immutable array shared between copies of a Network.
using Array = std::shared_ptr<const std::vector<double>>;

/// Normal distribution, drawn again until minimum <= x <= maximum.
struct Normal {
    double mean      = 0;
    double deviation = 1;
    double minimum   = -1e300;
    double maximum   = 1e300;
};

/// Uniform in [minimum, maximum]; for delays the integers of that range.
struct Uniform {
    double minimum = 0;
    double maximum = 1;
};

/// One number for all elements, one for each (row-major over the owner's shape), or drawn by the
/// keyed RNG from (network seed, owner, element).
using Values = std::variant<double, Array, Normal, Uniform>;

/// Neuron model by its name in compiler/ir/models.hpp, with the parameters that the user gave; the
/// rest take the defaults of the model's description.
struct NeuronModel {
    std::string name;
    std::map<std::string, Values> parameters;
};

struct Population {
    std::string name;                  ///< unique; NIR node path joined by '.'
    std::vector<std::uint32_t> shape;  ///< row-major, at least one extent, all > 0
    NeuronModel model;
    bool is_output = false;
    /// Ticks by which this population's spikes are late against the network as written, caused by
    /// retiming zero-delay edges (0 for what the sources drive directly).
    std::uint32_t pipeline_offset = 0;

    [[nodiscard]] std::uint64_t size() const;
};

/// Every pre to every post; weights row-major (post, pre), as in y = W x.
struct Dense {};

/// Coordinate list; weights and delays have one element per entry, in this order.
/// The same pair may occur more than once; each entry is a synapse.
struct Sparse {
    std::shared_ptr<const std::vector<std::uint32_t>> pre;
    std::shared_ptr<const std::vector<std::uint32_t>> post;
};

struct OneToOne {};  ///< sizes equal; weights have one element per pair
struct AllToAll {
    bool allow_self = true;
};  ///< one weight for all or a distribution

/// Each pair with probability p, drawn by the keyed RNG.
struct FixedProbability {
    double probability = 0;
    bool allow_self    = true;
};

/// Each pre neuron draws `outdegree` targets with replacement.
struct FixedOutdegree {
    std::uint32_t outdegree = 0;
    bool allow_self         = true;
};

/// `count` synapses, both ends drawn uniformly with replacement.
struct FixedTotalNumber {
    std::uint64_t count = 0;
};

/// Cross-correlation as in torch.nn.Conv2d. Pre shape (Ci, H, W), post shape (Co, H', W') with
/// H' = floor((H + top + bottom - dilation (Ky - 1) - 1) / stride) + 1. Weights (Co, Ci / groups,
/// Ky, Kx) row-major; the same weight serves every position.
struct Conv2d {
    std::uint32_t kernel_y = 1, kernel_x = 1;
    std::uint32_t out_channels = 1;
    std::uint32_t stride_y = 1, stride_x = 1;
    std::uint32_t pad_top = 0, pad_bottom = 0, pad_left = 0, pad_right = 0;
    std::uint32_t dilation_y = 1, dilation_x = 1;
    std::uint32_t groups = 1;
};

/// Sum over a window, channel by channel; scale by one weight (1 / window for an average).
struct Pool2d {
    std::uint32_t kernel_y = 1, kernel_x = 1;
    std::uint32_t stride_y = 1, stride_x = 1;
    std::uint32_t pad_y = 0, pad_x = 0;
};

using Connector = std::variant<Dense, Sparse, OneToOne, AllToAll, FixedProbability, FixedOutdegree,
                               FixedTotalNumber, Conv2d, Pool2d>;

/// Plasticity rule by name with its parameters. `stdp_pair`: tau_plus, tau_minus [s], a_plus,
/// a_minus, w_min, w_max in weight units. Pairing is by emission times at the two neurons (the
/// delay acts on delivery only), all to all: a post spike adds a_plus x, a pre spike subtracts
/// a_minus y, where x and y are the pre and post traces. Pre and post in the same tick count as
/// post before pre.
struct Plasticity {
    std::string rule;
    std::map<std::string, double> parameters;
};

struct Projection {
    std::string name;  ///< unique; defaults to "pre->post"
    PopulationId pre;
    PopulationId post;
    Connector connector;
    Values weights = 1.0;
    Values delays  = 1.0;  ///< ticks, integers >= 1
    std::optional<Plasticity> plasticity;
};

/// A whole network. Plain data; the front ends fill it, check() judges it, nobody else changes it.
struct Network {
    std::string name;
    std::string file;                  ///< where it was read from, for diagnostics
    std::uint64_t seed = 0;            ///< key of all distributions and procedural connectors
    std::optional<double> dt;          ///< [s], where the file says it
    std::optional<std::string> reset;  ///< "value" or "subtract", where the file says it
    std::vector<Population> populations;
    std::vector<Projection> projections;

    [[nodiscard]] const Population& at(PopulationId id) const { return populations[id.value]; }
    [[nodiscard]] std::optional<PopulationId> find(std::string_view population_name) const;
    /// Id of the first neuron of a population, counted through all populations in order.
    [[nodiscard]] NeuronId first_neuron(PopulationId id) const;
    [[nodiscard]] std::uint64_t neuron_count() const;
};

inline constexpr std::uint64_t max_neurons  = std::uint64_t{1} << 24;  ///< of a whole network
inline constexpr std::uint32_t max_delay    = 65535;                   ///< [ticks]
inline constexpr std::uint32_t max_window   = 4096;  ///< kernel, stride, dilation and padding
inline constexpr std::uint64_t max_synapses = std::uint64_t{1} << 40;  ///< of a whole network

/// Structural faults, all of them: names, sizes, parameter names and lengths, NaN and infinite
/// values, connector shapes, delay ranges, plasticity rules. Codes "network.*"; locations are
/// JSON pointers into the network file's form ("/populations/3/parameters/tau_mem").
Checked<void> check(const Network& network);

}  // namespace spikeloom::ir
