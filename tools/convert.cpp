// SPDX-License-Identifier: Apache-2.0
/// `spikeloom convert`: one network file into another, or into readable text.
#include "compiler/frontend/json.hpp"
#include "compiler/frontend/nir/nir.hpp"
#include "compiler/ir/print.hpp"
#include "support/atomic_file.hpp"
#include "tools/command.hpp"
#include "tools/options.hpp"

#include <CLI/CLI.hpp>

#include <filesystem>
#include <memory>

namespace spikeloom::tools {
namespace {

struct Flags {
    std::string network;
    std::string output;
    CompileFlags compile;
};

Checked<void> convert(const Flags& flags) {
    const auto network = load_network(flags.network, flags.compile);
    if (!network) return failed(network);
    const std::filesystem::path output{flags.output};
    const auto extension = output.extension();
    if (extension == ".nir") {
        frontend::NirOptions options;
        options.dt = flags.compile.dt > 0 ? std::optional{flags.compile.dt} : network->dt;
        return frontend::write_nir(*network, output, options);
    }
    Result<void> written = {};
    if (flags.output == "-")
        written = print(ir::print(*network));
    else if (extension == ".json")
        written = frontend::write_json(*network, output);
    else if (extension == ".txt")
        written = write_file(output, ir::print(*network));
    else
        return failed("usage.convert", "the output must end in .json, .nir or .txt, or be '-'",
                      {flags.output, ""});
    if (!written) return failed(written);
    return {};
}

}  // namespace

Action add_convert(CLI::App& app) {
    const auto flags = std::make_shared<Flags>();
    app.add_option("NETWORK", flags->network, "network file (.json, .nir)")->required();
    app.add_option("-o,--output", flags->output, ".json, .nir, .txt, or - for text on the terminal")
        ->required();
    app.add_option("--dt", flags->compile.dt, "tick [s], where the file's Delay nodes need it")
        ->check(CLI::PositiveNumber);
    return [flags](const Global&) { return convert(*flags); };
}

}  // namespace spikeloom::tools
