// SPDX-License-Identifier: Apache-2.0
/// Writes a few small NIR files for the fuzzer to begin with. Usage: nir_fuzz_corpus FOLDER
#include "support/atomic_file.hpp"
#include "tests/compiler/frontend/nir/graph_builder.hpp"
#include "tests/compiler/frontend/nir/hdf5_maker.hpp"

#include <filesystem>

using namespace spikeloom;
using namespace spikeloom::frontend::nir;
using namespace spikeloom::frontend::nir::testing;

namespace {

std::string convolutional() {
    RawNode conv       = node("c", "Conv2d",
                              {{"weight", ramp(1, {2, 1, 3, 3})},
                               {"bias", ramp(1, {2})},
                               {"padding", make_text("same")},
                               {"input_shape", integers_of({6, 6})}});
    const RawNode pool = node("p", "SumPool2d", {{"kernel_size", integer(2)}});
    return format_raw(chain({input({1, 6, 6}), std::move(conv), neurons("n", {2, 6, 6}), pool,
                             neurons("m", {2, 3, 3}), output({2, 3, 3})}))
        .value();
}

std::string nested_graph() {
    const RawNode inner =
        nested("h", {input({2}), neurons("n", {2}), linear("w", 2, 2), output({2})},
               {{"input", "n"}, {"n", "w"}, {"w", "n"}, {"n", "output"}});
    RawGraph graph = chain({input({2}), inner, neurons("m", {2}), output({2})});
    graph.root.metadata.emplace();
    graph.root.metadata->name = "metadata";
    graph.root.metadata->arrays.emplace("note", make_text("text"));
    return format_raw(graph).value();
}

std::string compressed() {
    return format_raw(chain({input({40}), linear("w", 40, 40), neurons("n", {40}), output({40})}),
                      {9})
        .value();
}

std::string by_hand() {
    Hdf5Maker file;
    file.lif_frame();
    file.doubles("/node/nodes/lif/tau", {2}, {});
    file.doubles("/node/nodes/lif/r", {3}, {1}, H5T_IEEE_F32BE);
    return file.bytes();
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::filesystem::path folder{argv[1]};
    std::filesystem::create_directories(folder);
    const bool good = write_file(folder / "convolutional.nir", convolutional()) &&
                      write_file(folder / "nested.nir", nested_graph()) &&
                      write_file(folder / "compressed.nir", compressed()) &&
                      write_file(folder / "by_hand.nir", by_hand());
    return good ? 0 : 1;
}
