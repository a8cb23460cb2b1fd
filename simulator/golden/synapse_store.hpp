// SPDX-License-Identifier: Apache-2.0
/// The synapses of one projection in float arithmetic, and their delivery into the rings of the
/// target population. Inside of simulator/golden only.
#pragma once

#include "compiler/ir/expand.hpp"
#include "simulator/golden/chunk_kernels.hpp"
#include "simulator/golden/chunk_stream.hpp"
#include "simulator/golden/traces.hpp"
#include "simulator/neuron/float_models.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace spikeloom::golden {

/// How the weights of a projection are kept. What does not fit exactly is rounded.
enum class WeightFormat : std::uint8_t {
    constant,  ///< one weight for all synapses: 2 bytes a synapse
    packed,    ///< 24 bits, a whole number of steps: 5 bytes
    single,    ///< float32: 6 bytes
    exact,     ///< float64: 10 bytes
};

/// Bytes of one static synapse without the chunk header.
std::uint32_t synapse_bytes(WeightFormat format);

/// Step of WeightFormat::packed for weights of at most `bound`: a power of two, so that a packed
/// weight is also a float32 number.
double packed_step(double bound);

/// Counts of one delivery.
struct Delivered {
    std::uint64_t events  = 0;
    std::uint64_t updates = 0;
};

/// Where and when a delivery goes.
struct DeliveryContext {
    double* ring           = nullptr;  ///< of the target population
    const PostTraces* post = nullptr;  ///< of the target population; plastic stores only
    std::uint64_t emission = 0;        ///< tick of emission
};

/// Pair STDP of one projection.
struct StoreRule {
    neuron::PairRule pair;
    DecayTable pre_left;
};

class SynapseStore {
public:
    struct Shape {
        std::uint32_t pre_size = 0;
        Geometry target{};
        WeightFormat format = WeightFormat::single;
        double constant     = 0;        ///< the weight of WeightFormat::constant
        double step         = 0;        ///< of WeightFormat::packed
        std::uint32_t parts = 1;        ///< threads
        std::optional<StoreRule> rule;  ///< absent: weights stand still
        /// Each element has one synapse, onto the element of its own number, over this delay and
        /// with the constant weight: nothing is stored.
        std::optional<std::uint32_t> direct_delay{};
    };

    explicit SynapseStore(const Shape& shape, std::uint64_t expected_synapses);

    /// Appends the row of the next pre element; synapses ascend by post. Rows of all elements must
    /// be given, in order.
    void append_row(std::span<const ir::Synapse> row);
    /// After the last row.
    void finish();

    /// Delivers what the pre population emitted into the blocks of `part`. In a plastic store each
    /// weight first catches up with the post spikes since the row's last event and is depressed; an
    /// integer value of n counts as n events.
    Delivered deliver(std::uint32_t part, std::span<const Emission> emissions,
                      const DeliveryContext& context);
    /// Brings all weights of `part` up to date with the post spikes up to the tick of emission.
    void catch_up(std::uint32_t part, const DeliveryContext& context);
    /// Pre trace of a row at a tick.
    [[nodiscard]] double pre_trace(std::uint32_t pre, std::uint64_t tick) const;

    /// Weights in order of ir::for_each_row.
    [[nodiscard]] std::vector<double> weights() const;
    [[nodiscard]] std::uint64_t synapses() const {
        return shape_.direct_delay ? shape_.pre_size : stream_.synapses();
    }
    [[nodiscard]] std::uint64_t bytes() const;
    [[nodiscard]] const Shape& shape() const { return shape_; }

private:
    using Cursor = ChunkStream::Cursor;
    /// What one thread learns with.
    struct Part {
        std::vector<PreTrace> pre_traces;
        std::vector<double> post_now;  ///< traces of one block at the tick of emission
    };

    [[nodiscard]] FloatChunk chunk_view(const Cursor& cursor, const DeliveryContext& context) const;
    Delivered deliver_direct(std::uint32_t part, std::span<const Emission> emissions,
                             const DeliveryContext& context) const;
    void deliver_static(const Cursor& cursor, const DeliveryContext& context) const;
    void learn(const Part& part, const Cursor& cursor, const DeliveryContext& context,
               std::uint32_t repeats, const double* post_now) const;
    /// Post traces of a block, where so much arrives there that looking them up one by one takes
    /// longer; else null.
    const double* traces_of_block(Part& part, std::uint32_t block, std::span<const Cursor> cursors,
                                  const DeliveryContext& context) const;
    void bump_traces(Part& part, std::span<const Emission> emissions, Stamp now) const;
    [[nodiscard]] double weight_at(const Cursor& cursor, std::uint32_t k) const;

    Shape shape_;
    ChunkStream stream_;
    std::vector<Part> parts_;  ///< plastic stores
};

}  // namespace spikeloom::golden
