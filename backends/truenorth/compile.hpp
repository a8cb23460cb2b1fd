// SPDX-License-Identifier: Apache-2.0
/// From a network to an image: legalise, code the weights, map, lay out relays, encode.
#pragma once

#include "compiler/pipeline/target.hpp"

namespace spikeloom::backends::truenorth {

/// As compiler::Target::compile(). Errors: those of the passes, see docs/targets/truenorth.md.
Checked<compiler::CompileOutput> compile_network(const ir::Network& network,
                                                 const compiler::CompileOptions& options);

}  // namespace spikeloom::backends::truenorth
