// SPDX-License-Identifier: Apache-2.0
/// Reads a network file of any known form.
#pragma once

#include "compiler/frontend/json.hpp"
#include "compiler/frontend/lava/lava.hpp"
#include "compiler/frontend/nir/nir.hpp"

namespace spikeloom::frontend {

struct ReadOptions {
    JsonOptions json;
    NirOptions nir;
    LavaOptions lava;
};

/// Chooses the reader: `.net` is Lava-DL's by its name; else by the first bytes of the file: HDF5
/// is read as NIR, text that begins with '{' as JSON. Other content goes by the extension (.nir,
/// .json), so that the reader says what is wrong with it; "network.unknown-format" when that tells
/// nothing either.
Checked<ir::Network> read_network(const std::filesystem::path& path,
                                  const ReadOptions& options = {});

}  // namespace spikeloom::frontend
