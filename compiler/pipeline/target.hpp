// SPDX-License-Identifier: Apache-2.0
/// Target: what the compiler must know of a kind of hardware to make an image for it.
#pragma once

#include "compiler/ir/network.hpp"
#include "hw/image/image.hpp"
#include "support/result.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::compiler {

/// How a network is to be compiled. Every field ends up in the image's options.
struct CompileOptions {
    std::string chip;            ///< configuration or parameter set; empty: the target's default
    double dt              = 0;  ///< [s]; 0: the network's own, else 1 ms with a warning
    std::string integrator = "euler";  ///< "euler" or "exact"
    std::string
        reset;  ///< "value", "subtract"; empty: the network's own, else "value" with a warning
    std::uint64_t seed = 0;  ///< in place of the network's own; 0: the network's own
    std::map<std::string, std::string> sets;  ///< --set PATH=VALUE
};

struct CompileOutput {
    hw::HardwareImage image;
    std::vector<std::string> warnings;
};

class Target {
public:
    virtual ~Target()                                      = default;
    [[nodiscard]] virtual std::string_view name() const    = 0;
    [[nodiscard]] virtual std::string_view summary() const = 0;
    /// Chips (configurations) that `--chip` may name; the first is the default.
    [[nodiscard]] virtual std::vector<std::string> chips() const = 0;
    /// Limits of a chip by resource name, for `spikeloom targets`.
    [[nodiscard]] virtual Result<std::map<std::string, std::uint64_t>> limits(
        std::string_view chip) const = 0;
    /// Legalises, quantises, maps and encodes. Refuses what does not fit with limit and actual
    /// value.
    /// - the network has passed ir::check()
    /// - same input, same bytes
    [[nodiscard]] virtual Checked<CompileOutput> compile(const ir::Network& network,
                                                         const CompileOptions& options) const = 0;
};

}  // namespace spikeloom::compiler
