// SPDX-License-Identifier: Apache-2.0
/// Tries work that may kill its process; for the .cpp files of this folder only.
#pragma once

#include <functional>

namespace spikeloom::frontend::nir::hdf5 {

enum class Verdict {
    fine,     ///< the work came to its end (or could not be tried)
    crashed,  ///< it would have ended this process
    endless,  ///< it took more than its time on the processor
};

/// Does the work in a child process, of which nothing but the verdict is left. libhdf5 crashes on
/// some damaged files; what it survived there it survives here, for it is deterministic.
Verdict probe(const std::function<void()>& work, unsigned seconds);

}  // namespace spikeloom::frontend::nir::hdf5
