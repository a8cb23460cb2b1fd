// SPDX-License-Identifier: Apache-2.0
/// Graphs put together from the fuzzer's bytes: any node types, parameters, shapes and edges. Read
/// to a network or refused; a network is written as NIR again where NIR has the words.
#include "compiler/frontend/nir/nir.hpp"
#include "compiler/frontend/nir/raw_array.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

using namespace spikeloom;
using namespace spikeloom::frontend::nir;

/// Hands out the bytes one after the other, zeros behind the end.
class Bytes {
public:
    Bytes(const std::uint8_t* data, std::size_t size) : data_{data}, size_{size} {}
    std::uint8_t next() { return at_ < size_ ? data_[at_++] : std::uint8_t{0}; }
    std::uint8_t below(std::uint8_t bound) { return static_cast<std::uint8_t>(next() % bound); }
    [[nodiscard]] bool is_over() const { return at_ >= size_; }

private:
    const std::uint8_t* data_;
    std::size_t size_;
    std::size_t at_ = 0;
};

constexpr std::array types{"Input", "Output",    "NIRGraph",  "Affine",  "Linear",
                           "Scale", "Conv1d",    "Conv2d",    "Flatten", "SumPool2d",
                           "Delay", "AvgPool2d", "Threshold", "I",       "IF",
                           "LI",    "LIF",       "CubaLI",    "CubaLIF", "Other"};
constexpr std::array parameters{
    "shape",   "weight",      "bias",    "scale",     "input_shape", "stride",
    "padding", "groups",      "delay",   "r",         "kernel_size", "dilation",
    "v_leak",  "v_threshold", "tau",     "w_in",      "tau_syn",     "start_dim",
    "end_dim", "tau_mem",     "v_reset", "threshold", "input_type"};
constexpr std::array names{"a", "b", "c", "d", "input", "output"};

RawArray make_array(Bytes& bytes) {
    const std::uint8_t kind = bytes.below(8);
    if (kind == 7) return make_text(bytes.below(2) == 0 ? "same" : "valid");
    std::vector<std::uint64_t> shape;
    std::uint64_t count = 1;
    for (std::uint8_t rank = bytes.below(5); rank > 0; --rank) {
        shape.push_back(bytes.below(4) + (bytes.below(16) != 0 ? 1U : 0U));
        count *= shape.back();
    }
    std::vector<std::int64_t> values(count);
    for (std::int64_t& value : values)
        value = static_cast<std::int8_t>(bytes.next());
    if (kind < 4) return make_integers(values, shape);
    std::vector<double> reals(values.begin(), values.end());
    for (double& real : reals)
        real /= kind == 6 ? 0.0 : 4.0;
    return make_real(reals, shape);
}

RawNode make_node(Bytes& bytes, int depth) {
    RawNode node;
    node.name = names[bytes.below(names.size())];
    node.type = types[bytes.below(types.size())];
    for (std::uint8_t k = bytes.below(9); k > 0; --k)
        node.parameters.insert_or_assign(parameters[bytes.below(parameters.size())],
                                         make_array(bytes));
    if (node.type != "NIRGraph" || depth == 0) return node;
    for (std::uint8_t k = bytes.below(7); k > 0 && !bytes.is_over(); --k) {
        RawNode child = make_node(bytes, depth - 1);
        if (std::ranges::find(node.nodes, child.name, &RawNode::name) == node.nodes.end())
            node.nodes.push_back(std::move(child));
    }
    std::ranges::sort(node.nodes, {}, &RawNode::name);
    for (std::uint8_t k = bytes.below(12); k > 0 && !bytes.is_over(); --k)
        node.edges.emplace_back(names[bytes.below(names.size())], names[bytes.below(names.size())]);
    return node;
}

void require(bool truth) {
    if (!truth) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    Bytes bytes{data, size};
    RawGraph graph;
    graph.root      = make_node(bytes, 3);
    graph.root.name = "";
    frontend::NirOptions options;
    options.dt         = 0.25;
    const auto network = frontend::network_from(graph, options);
    if (!network) {
        require(!network.error().empty());
        return 0;
    }
    require(ir::check(*network).has_value());
    const auto written = frontend::graph_from(*network, options);
    if (!written) return 0;
    require(frontend::network_from(*written, options).has_value());
    return 0;
}
