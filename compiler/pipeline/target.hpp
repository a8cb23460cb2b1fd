// SPDX-License-Identifier: Apache-2.0
/// Target: what the compiler must know of a kind of hardware to make an image for it.
#pragma once

#include "compiler/ir/network.hpp"
#include "hw/image/image.hpp"
#include "hw/spec/chip_spec.hpp"
#include "support/result.hpp"
#include "support/spike_csv.hpp"

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
    /// Choices that only some targets know, by name ("weights"); others pass over them.
    std::map<std::string, std::string> choices{};
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

    /// Whether the hardware can learn; false: projections with plasticity are refused.
    [[nodiscard]] virtual bool learns() const { return true; }

    /// Whether the file is of the target's own kind, below the level of networks; then the two
    /// functions after this one take it.
    [[nodiscard]] virtual bool reads(const std::string& path) const;
    /// As compile(), for such a file; the chip is settled.
    [[nodiscard]] virtual Checked<CompileOutput> compile_file(const std::string& path,
                                                              const CompileOptions& options) const;
    /// The input that such a file holds, for an image made from it.
    [[nodiscard]] virtual Checked<SpikeRows> read_input(const std::string& path,
                                                        const hw::HardwareImage& image) const;
    /// Brings figures up to date that follow from others (energies from the supply voltage).
    virtual void derive(hw::ChipSpec& chip) const;
};

}  // namespace spikeloom::compiler
