// SPDX-License-Identifier: Apache-2.0
/// A number that tells networks apart.
#pragma once

#include "compiler/ir/network.hpp"

#include <cstdint>

namespace spikeloom::ir {

/// 64-bit hash of everything that a network says, its seed included, save the file it came from.
/// The same on every run, machine and way of writing the file (JSON layout, inline or sidecar
/// arrays). Not cryptographic.
std::uint64_t hash(const Network& network);

/// Hash of the bits of an array's values; -0 counts as 0.
std::uint64_t hash(const std::vector<double>& values);

}  // namespace spikeloom::ir
