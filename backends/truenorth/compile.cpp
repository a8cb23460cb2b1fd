// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/compile.hpp"

namespace spikeloom::backends::truenorth {

Checked<compiler::CompileOutput> compile_network(const ir::Network& network,
                                                 const compiler::CompileOptions&) {
    return tl::unexpected{Diagnostics{{"truenorth.network", "not yet", {network.file, ""}, {}}}};
}

}  // namespace spikeloom::backends::truenorth
