// SPDX-License-Identifier: Apache-2.0
/// The synapses of one projection, packed, and their delivery into the rings of the target
/// population. Layout and reasons: docs/performance.md.
///
/// One stream of bytes for each thread's share of the target blocks. A row (the synapses of one pre
/// element in that share) is a sequence of chunks, one for each block that it reaches, ascending:
/// header, then the 16-bit cells (delay and target within the block), then the weights.
#pragma once

#include "compiler/ir/expand.hpp"
#include "simulator/golden/buffer.hpp"
#include "simulator/golden/emission.hpp"
#include "simulator/golden/geometry.hpp"
#include "simulator/golden/traces.hpp"
#include "simulator/neuron/float_models.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace spikeloom::golden {

struct ChunkView;

/// How the weights of a projection are kept. What does not fit `single` exactly is rounded to it.
enum class WeightFormat : std::uint8_t {
    constant,  ///< one weight for all synapses: 2 bytes a synapse
    single,    ///< float32: 6 bytes
    exact,     ///< float64: 10 bytes
};

/// Bytes of one static synapse without the chunk header.
std::uint32_t synapse_bytes(WeightFormat format);

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
        std::uint32_t parts = 1;        ///< threads
        std::optional<StoreRule> rule;  ///< absent: weights stand still
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
    [[nodiscard]] std::uint64_t synapses() const { return synapses_; }
    [[nodiscard]] std::uint64_t bytes() const;
    [[nodiscard]] const Shape& shape() const { return shape_; }

private:
    struct Part {
        Geometry::Share blocks{};
        Pages stream;
        std::uint64_t used = 0;                ///< bytes of the stream
        std::vector<std::uint64_t> row_begin;  ///< pre_size + 1
        std::vector<PreTrace> pre_traces;      ///< plastic stores
    };
    /// Position in a row: at the cells of the chunk for `block`. Its weights follow the cells.
    struct Cursor {
        std::byte* cells;
        const std::byte* end;  ///< of the row
        double value;          ///< emitted
        std::uint32_t block;
        std::uint32_t count;
        std::uint32_t pre;
    };

    [[nodiscard]] std::uint64_t chunk_bytes(std::uint32_t count) const;
    void append_chunk(Part& part, std::uint32_t skip, std::span<const ir::Synapse> chunk);
    void read_header(Cursor& cursor, std::byte* at) const;
    bool start_row(const Part& part, std::uint32_t pre, Cursor& cursor) const;
    bool next_chunk(Cursor& cursor) const;
    void collect(const Part& part, std::span<const Emission> emissions,
                 std::vector<Cursor>& cursors) const;
    [[nodiscard]] ChunkView chunk_view(const Cursor& cursor, const DeliveryContext& context) const;
    void deliver_chunk(const Cursor& cursor, const DeliveryContext& context) const;
    void learn(const Cursor& cursor, const DeliveryContext& context, std::uint32_t repeats) const;
    void bump_traces(Part& part, std::span<const Emission> emissions, Stamp now) const;

    Shape shape_;
    std::vector<Part> parts_;
    std::vector<std::vector<Cursor>> scratch_;  ///< by part
    std::uint64_t synapses_ = 0;
    std::uint32_t rows_     = 0;
};

}  // namespace spikeloom::golden
