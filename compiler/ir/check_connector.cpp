// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/checks.hpp"
#include "compiler/ir/expand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <limits>

namespace spikeloom::ir {
namespace {

constexpr double largest_weight     = 1e30;
constexpr std::uint64_t longest_row = max_neurons;

/// What weights and delays of one connector must look like.
struct ElementRule {
    std::optional<std::uint64_t> length;  ///< of arrays; none: one number only
    bool distributions = true;
};

class ConnectorCheck {
public:
    ConnectorCheck(const Network& network, const Projection& projection, const std::string& pointer,
                   Faults& faults)
        : pre_{network.at(projection.pre)},
          post_{network.at(projection.post)},
          pointer_{pointer_to(pointer, "connector")},
          faults_{faults} {}

    ElementRule operator()(const Dense&) const { return {pre_.size() * post_.size()}; }

    ElementRule operator()(const Sparse& c) const {
        if (!c.pre || !c.post || c.pre->size() != c.post->size()) {
            complain("the lists of pre and post neurons differ in length");
            return {std::nullopt};
        }
        check_indices(*c.pre, pre_, "pre");
        check_indices(*c.post, post_, "post");
        return {c.pre->size()};
    }

    ElementRule operator()(const OneToOne&) const {
        if (pre_.size() != post_.size())
            complain(
                fmt::format("'{}' has {} neurons and '{}' has {}; one_to_one needs equal sizes",
                            pre_.name, pre_.size(), post_.name, post_.size()));
        return {pre_.size()};
    }

    ElementRule operator()(const AllToAll&) const { return {std::nullopt}; }

    ElementRule operator()(const FixedProbability& c) const {
        if (!(c.probability >= 0 && c.probability <= 1))
            complain(fmt::format("the probability {} is not in the range 0 to 1",
                                 text_of(c.probability)));
        return {std::nullopt};
    }

    ElementRule operator()(const FixedOutdegree& c) const {
        if (c.outdegree > longest_row)
            complain(
                fmt::format("the outdegree {} is above the limit of {}", c.outdegree, longest_row));
        if (!c.allow_self && &pre_ == &post_ && pre_.size() == 1 && c.outdegree > 0)
            complain("a single neuron that may not connect to itself has no target");
        return {std::nullopt};
    }

    ElementRule operator()(const FixedTotalNumber& c) const {
        if (c.count / longest_row > pre_.size())
            complain(fmt::format("the count {} is above the limit of {} a neuron", c.count,
                                 longest_row));
        return {std::nullopt};
    }

    ElementRule operator()(const Conv2d& c) const {
        const std::array windows{c.kernel_y, c.kernel_x,   c.stride_y,
                                 c.stride_x, c.dilation_y, c.dilation_x};
        const std::array pads{c.pad_top, c.pad_bottom, c.pad_left, c.pad_right};
        if (!has_three_extents() || !window_is_sane(windows, pads)) return {std::nullopt};
        if (c.groups == 0 || c.out_channels == 0) {
            complain("groups and channels must be above 0");
            return {std::nullopt};
        }
        const std::uint32_t channels = pre_.shape[0];
        if (channels % c.groups != 0 || c.out_channels % c.groups != 0)
            complain(fmt::format("{} input and {} output channels cannot be split into {} groups",
                                 channels, c.out_channels, c.groups));
        const std::int64_t height =
            extent({pre_.shape[1], c.kernel_y, c.stride_y, c.dilation_y}, c.pad_top, c.pad_bottom);
        const std::int64_t width =
            extent({pre_.shape[2], c.kernel_x, c.stride_x, c.dilation_x}, c.pad_left, c.pad_right);
        expect_post_shape(c.out_channels, height, width);
        return {product({c.out_channels, channels / c.groups, c.kernel_y, c.kernel_x})};
    }

    ElementRule operator()(const Pool2d& c) const {
        const std::array windows{c.kernel_y, c.kernel_x, c.stride_y, c.stride_x};
        const std::array pads{c.pad_y, c.pad_x};
        if (!has_three_extents() || !window_is_sane(windows, pads)) return {std::nullopt, false};
        expect_post_shape(pre_.shape[0],
                          extent({pre_.shape[1], c.kernel_y, c.stride_y, 1}, c.pad_y, c.pad_y),
                          extent({pre_.shape[2], c.kernel_x, c.stride_x, 1}, c.pad_x, c.pad_x));
        return {std::nullopt, false};
    }

private:
    struct Window {
        std::int64_t in, kernel, stride, dilation;
    };

    static std::int64_t extent(const Window& w, std::int64_t before, std::int64_t after) {
        const std::int64_t room = w.in + before + after - w.dilation * (w.kernel - 1) - 1;
        return room < 0 ? 0 : room / w.stride + 1;
    }

    void complain(const std::string& message) const { faults_.add("connector", pointer_, message); }

    [[nodiscard]] bool has_three_extents() const {
        const bool good = pre_.shape.size() == 3 && post_.shape.size() == 3;
        if (!good)
            complain(
                fmt::format("needs shapes [channels, height, width]; '{}' has {} extents and "
                            "'{}' has {}",
                            pre_.name, pre_.shape.size(), post_.name, post_.shape.size()));
        return good;
    }

    [[nodiscard]] bool window_is_sane(std::span<const std::uint32_t> windows,
                                      std::span<const std::uint32_t> pads) const {
        const auto small = [](std::uint32_t x) { return x <= max_window; };
        const bool good = std::ranges::all_of(windows, [&](auto x) { return x > 0 && small(x); }) &&
                          std::ranges::all_of(pads, small);
        if (!good)
            complain(fmt::format("kernel, stride and dilation must be from 1 to {}, padding from 0",
                                 max_window));
        return good;
    }

    /// Saturates, so that no array has that length.
    static std::uint64_t product(std::initializer_list<std::uint64_t> factors) {
        std::uint64_t all = 1;
        for (const std::uint64_t factor : factors)
            if (__builtin_mul_overflow(all, factor, &all))
                return std::numeric_limits<std::uint64_t>::max();
        return all;
    }

    void expect_post_shape(std::int64_t channels, std::int64_t height, std::int64_t width) const {
        if (post_.shape[0] == channels && post_.shape[1] == height && post_.shape[2] == width)
            return;
        complain(fmt::format("makes the shape [{}, {}, {}] but '{}' has [{}, {}, {}]", channels,
                             height, width, post_.name, post_.shape[0], post_.shape[1],
                             post_.shape[2]));
    }

    void check_indices(const std::vector<std::uint32_t>& indices, const Population& population,
                       std::string_view end) const {
        const std::uint64_t size = population.size();
        const auto bad = std::ranges::find_if(indices, [&](std::uint32_t i) { return i >= size; });
        if (bad == indices.end()) return;
        faults_.add(
            "index", fmt::format("{}/{}", pointer_to(pointer_, end), bad - indices.begin()),
            fmt::format("neuron {} does not exist; '{}' has {}", *bad, population.name, size));
    }

    const Population& pre_;
    const Population& post_;
    std::string pointer_;
    Faults& faults_;
};

}  // namespace

void check_connector(const Network& network, const Projection& projection,
                     const std::string& pointer, Faults& faults) {
    const std::size_t before = faults.count();
    const ElementRule rule =
        std::visit(ConnectorCheck{network, projection, pointer, faults}, projection.connector);
    if (faults.count() != before) return;
    check_values(projection.weights,
                 {rule.length, -largest_weight, largest_weight, false, rule.distributions},
                 pointer_to(pointer, "weights"), faults);
    check_values(projection.delays, {rule.length, 1, max_delay, true, rule.distributions, "delay"},
                 pointer_to(pointer, "delays"), faults);
}

}  // namespace spikeloom::ir
