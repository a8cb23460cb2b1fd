// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/json.hpp"
#include "support/atomic_file.hpp"
#include "support/npy.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <limits>

namespace spikeloom::frontend {
namespace {

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += {'\\', c};
        else if (static_cast<unsigned char>(c) < 0x20)
            out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
        else
            out += c;
    }
    return out + '"';
}

/// Where long arrays go.
class Sidecars {
public:
    struct File {
        std::string name;
        NpyArray array;
    };

    Sidecars(std::string stem, std::uint64_t longest_inline)
        : stem_{std::move(stem)}, longest_inline_{longest_inline} {}

    template <class T>
    std::string text_of(const std::vector<T>& all, NpyType type) {
        if (all.size() <= longest_inline_) return fmt::format("[{}]", fmt::join(all, ", "));
        const std::string name = fmt::format("{}.{}.npy", stem_, files_.size());
        files_.push_back({name, {type, {all.size()}, {all.begin(), all.end()}}});
        return fmt::format("{{\"npy\": {}}}", json_string(name));
    }
    [[nodiscard]] const std::vector<File>& files() const { return files_; }

private:
    std::string stem_;
    std::uint64_t longest_inline_;
    std::vector<File> files_;
};

class NetworkWriter {
public:
    NetworkWriter(const ir::Network& network, Sidecars& sidecars)
        : network_{network}, sidecars_{sidecars} {}

    std::string run() {
        std::string text = fmt::format("{{\n  \"version\": 1,\n  \"name\": {},\n  \"seed\": {},\n",
                                       json_string(network_.name), network_.seed);
        if (network_.dt) text += fmt::format("  \"dt\": {},\n", *network_.dt);
        if (network_.reset) text += fmt::format("  \"reset\": {},\n", json_string(*network_.reset));
        std::vector<std::string> populations, projections;
        for (const ir::Population& population : network_.populations)
            populations.push_back(object(population));
        for (const ir::Projection& projection : network_.projections)
            projections.push_back(object(projection));
        text += fmt::format("  \"populations\": [\n{}\n  ],\n", fmt::join(populations, ",\n"));
        text += fmt::format("  \"projections\": [\n{}\n  ]\n}}\n", fmt::join(projections, ",\n"));
        return text;
    }

    std::string operator()(double value) const { return fmt::format("{}", value); }
    std::string operator()(const ir::Array& array) const {
        return sidecars_.text_of(*array, NpyType::float64);
    }
    std::string operator()(const ir::Normal& n) const {
        return fmt::format(
            R"({{"distribution": "normal", "mean": {}, "deviation": {}, "minimum": {}, "maximum": {}}})",
            n.mean, n.deviation, finite(n.minimum), finite(n.maximum));
    }
    std::string operator()(const ir::Uniform& u) const {
        return fmt::format(R"({{"distribution": "uniform", "minimum": {}, "maximum": {}}})",
                           u.minimum, u.maximum);
    }

    std::string operator()(const ir::Dense&) const { return "\"dense\""; }
    std::string operator()(const ir::OneToOne&) const { return "\"one_to_one\""; }
    std::string operator()(const ir::Sparse& c) const {
        return fmt::format(R"({{"type": "sparse", "pre": {}, "post": {}}})",
                           sidecars_.text_of(*c.pre, NpyType::uint32),
                           sidecars_.text_of(*c.post, NpyType::uint32));
    }
    std::string operator()(const ir::AllToAll& c) const {
        return fmt::format(R"({{"type": "all_to_all", "allow_self": {}}})", c.allow_self);
    }
    std::string operator()(const ir::FixedProbability& c) const {
        return fmt::format(
            R"({{"type": "fixed_probability", "probability": {}, "allow_self": {}}})",
            c.probability, c.allow_self);
    }
    std::string operator()(const ir::FixedOutdegree& c) const {
        return fmt::format(R"({{"type": "fixed_outdegree", "outdegree": {}, "allow_self": {}}})",
                           c.outdegree, c.allow_self);
    }
    std::string operator()(const ir::FixedTotalNumber& c) const {
        return fmt::format(R"({{"type": "fixed_total_number", "count": {}}})", c.count);
    }
    std::string operator()(const ir::Conv2d& c) const {
        return fmt::format(
            R"({{"type": "conv2d", "kernel": [{}, {}], "out_channels": {}, "stride": [{}, {}], )"
            R"("padding": [{}, {}, {}, {}], "dilation": [{}, {}], "groups": {}}})",
            c.kernel_y, c.kernel_x, c.out_channels, c.stride_y, c.stride_x, c.pad_top, c.pad_bottom,
            c.pad_left, c.pad_right, c.dilation_y, c.dilation_x, c.groups);
    }
    std::string operator()(const ir::Pool2d& c) const {
        return fmt::format(
            R"({{"type": "pool2d", "kernel": [{}, {}], "stride": [{}, {}], "padding": [{}, {}]}})",
            c.kernel_y, c.kernel_x, c.stride_y, c.stride_x, c.pad_y, c.pad_x);
    }

private:
    /// JSON has no infinity; the largest double bounds nothing either.
    static double finite(double x) {
        constexpr double largest = std::numeric_limits<double>::max();
        return std::clamp(x, -largest, largest);
    }

    template <class Variant>
    std::string text_of(const Variant& value) {
        return std::visit(*this, value);
    }

    std::string object(const ir::Population& population) {
        std::string text = fmt::format(
            "    {{\"name\": {}, \"shape\": [{}], \"model\": {}", json_string(population.name),
            fmt::join(population.shape, ", "), json_string(population.model.name));
        if (!population.model.parameters.empty()) {
            std::vector<std::string> members;
            for (const auto& [name, values] : population.model.parameters)
                members.push_back(fmt::format("{}: {}", json_string(name), text_of(values)));
            text += fmt::format(",\n     \"parameters\": {{{}}}", fmt::join(members, ", "));
        }
        if (population.is_output) text += ", \"output\": true";
        if (population.pipeline_offset != 0)
            text += fmt::format(", \"pipeline_offset\": {}", population.pipeline_offset);
        return text + '}';
    }

    std::string object(const ir::Projection& projection) {
        std::string text = fmt::format(
            "    {{\"name\": {}, \"pre\": {}, \"post\": {},\n     \"connector\": {},\n"
            "     \"weights\": {}, \"delays\": {}",
            json_string(projection.name), json_string(network_.at(projection.pre).name),
            json_string(network_.at(projection.post).name), text_of(projection.connector),
            text_of(projection.weights), text_of(projection.delays));
        if (projection.plasticity) {
            std::vector<std::string> members;
            for (const auto& [name, value] : projection.plasticity->parameters)
                members.push_back(fmt::format("{}: {}", json_string(name), value));
            text += fmt::format(",\n     \"plasticity\": {{\"rule\": {}, \"parameters\": {{{}}}}}",
                                json_string(projection.plasticity->rule), fmt::join(members, ", "));
        }
        return text + '}';
    }

    const ir::Network& network_;
    Sidecars& sidecars_;
};

}  // namespace

std::string format_json(const ir::Network& network) {
    Sidecars none{"", std::numeric_limits<std::uint64_t>::max()};
    return NetworkWriter{network, none}.run();
}

Result<void> write_json(const ir::Network& network, const std::filesystem::path& path,
                        const JsonWriteOptions& options) {
    Sidecars sidecars{path.stem().string(), options.longest_inline_array};
    const std::string text = NetworkWriter{network, sidecars}.run();
    for (const Sidecars::File& file : sidecars.files())
        if (auto written = write_npy(path.parent_path() / file.name, file.array); !written)
            return written;
    return write_file(path, text);
}

}  // namespace spikeloom::frontend
