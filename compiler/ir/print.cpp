// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/print.hpp"

#include "compiler/ir/hash.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

namespace spikeloom::ir {
namespace {

constexpr std::size_t shown_elements = 8;

template <class T>
std::string print_list(const std::vector<T>& all) {
    const std::size_t shown = std::min(all.size(), shown_elements);
    std::string text        = fmt::format("[{}", fmt::join(all.begin(), all.begin() + shown, ", "));
    if (shown < all.size())
        text += fmt::format(", ...] ({} elements, hash {:016x})", all.size(),
                            hash(std::vector<double>(all.begin(), all.end())));
    else
        text += ']';
    return text;
}

struct ValuesPrinter {
    std::string operator()(double value) const { return fmt::format("{}", value); }
    std::string operator()(const Array& array) const { return print_list(*array); }
    std::string operator()(const Uniform& u) const {
        return fmt::format("uniform {} to {}", u.minimum, u.maximum);
    }
    std::string operator()(const Normal& n) const {
        return fmt::format("normal mean {} deviation {} within {} to {}", n.mean, n.deviation,
                           n.minimum, n.maximum);
    }
};

std::string print_values(const Values& values) {
    return std::visit(ValuesPrinter{}, values);
}

std::string_view without_self(bool allow_self) {
    return allow_self ? "" : " without self";
}

struct ConnectorPrinter {
    std::string operator()(const Dense&) const { return "dense"; }
    std::string operator()(const OneToOne&) const { return "one_to_one"; }
    std::string operator()(const Sparse& c) const {
        return fmt::format("sparse pre {} post {}", print_list(*c.pre), print_list(*c.post));
    }
    std::string operator()(const AllToAll& c) const {
        return fmt::format("all_to_all{}", without_self(c.allow_self));
    }
    std::string operator()(const FixedProbability& c) const {
        return fmt::format("fixed_probability {}{}", c.probability, without_self(c.allow_self));
    }
    std::string operator()(const FixedOutdegree& c) const {
        return fmt::format("fixed_outdegree {}{}", c.outdegree, without_self(c.allow_self));
    }
    std::string operator()(const FixedTotalNumber& c) const {
        return fmt::format("fixed_total_number {}", c.count);
    }
    std::string operator()(const Conv2d& c) const {
        return fmt::format(
            "conv2d kernel {}x{} out_channels {} stride {}x{} padding {},{},{},{} dilation {}x{} "
            "groups {}",
            c.kernel_y, c.kernel_x, c.out_channels, c.stride_y, c.stride_x, c.pad_top, c.pad_bottom,
            c.pad_left, c.pad_right, c.dilation_y, c.dilation_x, c.groups);
    }
    std::string operator()(const Pool2d& c) const {
        return fmt::format("pool2d kernel {}x{} stride {}x{} padding {}x{}", c.kernel_y, c.kernel_x,
                           c.stride_y, c.stride_x, c.pad_y, c.pad_x);
    }
};

std::string print_population(const Population& population) {
    std::string text = fmt::format("population '{}' {} [{}]", population.name,
                                   population.model.name, fmt::join(population.shape, ", "));
    if (population.is_output) text += " output";
    if (population.pipeline_offset != 0)
        text += fmt::format(" pipeline_offset {}", population.pipeline_offset);
    text += '\n';
    for (const auto& [name, values] : population.model.parameters)
        text += fmt::format("  {} {}\n", name, print_values(values));
    return text;
}

std::string print_projection(const Network& network, const Projection& projection) {
    std::string text =
        fmt::format("projection '{}' '{}' -> '{}'\n", projection.name,
                    network.at(projection.pre).name, network.at(projection.post).name);
    text += fmt::format("  {}\n", print(projection.connector));
    text += fmt::format("  weights {}\n", print_values(projection.weights));
    text += fmt::format("  delays {}\n", print_values(projection.delays));
    if (!projection.plasticity) return text;
    text += fmt::format("  {}", projection.plasticity->rule);
    for (const auto& [name, value] : projection.plasticity->parameters)
        text += fmt::format(" {} {}", name, value);
    return text + '\n';
}

}  // namespace

std::string print(const Connector& connector) {
    return std::visit(ConnectorPrinter{}, connector);
}

std::string print(const Network& network) {
    std::string text = fmt::format("network '{}' seed {}", network.name, network.seed);
    if (network.dt) text += fmt::format(" dt {}", *network.dt);
    if (network.reset) text += fmt::format(" reset {}", *network.reset);
    text += '\n';
    for (const Population& population : network.populations)
        text += print_population(population);
    for (const Projection& projection : network.projections)
        text += print_projection(network, projection);
    return text;
}

}  // namespace spikeloom::ir
