// SPDX-License-Identifier: Apache-2.0
/// Reads the networks that Lava-DL writes for Loihi (`.net`, HDF5: lava/lib/dl/netx) into a
/// Network.
///
/// The file has /layer/0, /layer/1, ... each with `type`, `shape` (channels, height, width) and, by
/// type, `neuron` {type, iDecay, vDecay, vThMant, refDelay}, `weight`, `bias`, `stride`, `padding`,
/// `dilation`, `groups`. What it becomes keeps the chip's integers: dt is 1, layer N is the
/// population "layerN" of `cuba_lif` neurons that lose iDecay/4096 and vDecay/4096 a tick, and
/// whose weights, thresholds and biases count weight units (2^6 on the chip). The bias enters as
/// v_leak, which nothing filters. Every edge takes one tick and makes its layer one tick late
/// (pipeline_offset).
#pragma once

#include "compiler/frontend/nir/raw_graph.hpp"
#include "compiler/ir/network.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace spikeloom::frontend {

struct LavaOptions {
    nir::ReadLimits limits{};
};

/// Layer types: `input`, `conv`, `dense`, `flatten`. An input layer with a LOIHI or CUBA neuron is
/// a population that its bias drives (for a pixel x of a picture: 2 w x - w + b, with the layer's
/// `weight` and `bias`); its bias is 0 until set_input_bias(). Without a neuron it is a source.
/// Errors: those of reading HDF5 ("nir.not-hdf5", "nir.corrupt", ...), "lava.missing" (a field),
/// "lava.value" (of a wrong kind, size or range), "lava.layer" and "lava.neuron" (a type that is
/// not supported), "lava.delay" (delays other than 0), "lava.shape" (layers do not fit each other),
/// and those of ir::check().
Checked<ir::Network> parse_lava(std::string_view bytes, const std::string& file,
                                const LavaOptions& options = {});
Checked<ir::Network> read_lava(const std::filesystem::path& path, const LavaOptions& options = {});

/// Sets the bias of the neurons of a population that parse_lava() made, in weight units, row-major
/// over its shape. Error: "lava.value" (another number of values than neurons).
Result<void> set_input_bias(ir::Network& network, PopulationId population,
                            const std::vector<double>& bias);

}  // namespace spikeloom::frontend
