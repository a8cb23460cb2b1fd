// SPDX-License-Identifier: Apache-2.0
#include "compiler/ir/hash.hpp"

#include "support/keyed_rng.hpp"

#include <bit>

namespace spikeloom::ir {
namespace {

/// Words in, one word out; the order counts. Strings and lists are preceded by their length, so
/// that no two networks give the same sequence of words.
class Hasher {
public:
    void add(std::uint64_t word) { state_ = mix64(state_ ^ word) + word; }
    void add(double value) { add(std::bit_cast<std::uint64_t>(value == 0 ? 0.0 : value)); }
    void add(std::string_view text) {
        add(std::uint64_t{text.size()});
        for (const char c : text)
            add(std::uint64_t{static_cast<unsigned char>(c)});
    }
    void add(bool flag) { add(std::uint64_t{flag}); }
    template <class T>
    void add(const std::vector<T>& all) {
        add(std::uint64_t{all.size()});
        for (const T& one : all)
            add_item(one);
    }
    template <class T>
    void add(const std::optional<T>& maybe) {
        add(maybe.has_value());
        if (maybe) add_item(*maybe);
    }
    template <class T>
    void add(const std::map<std::string, T>& all) {
        add(std::uint64_t{all.size()});
        for (const auto& [key, value] : all) {
            add(std::string_view{key});
            add_item(value);
        }
    }
    template <class... T>
    void add_variant(const std::variant<T...>& value) {
        add(std::uint64_t{value.index()});
        std::visit([this](const auto& one) { add_item(one); }, value);
    }
    [[nodiscard]] std::uint64_t result() const { return mix64(state_); }

private:
    void add_item(double x) { add(x); }
    void add_item(std::uint32_t x) { add(std::uint64_t{x}); }
    void add_item(const std::string& x) { add(std::string_view{x}); }
    void add_item(const Array& x) { add(*x); }
    void add_item(const Values& x) { add_variant(x); }
    void add_item(const Normal& n) {
        for (const double x : {n.mean, n.deviation, n.minimum, n.maximum})
            add(x);
    }
    void add_item(const Uniform& u) {
        add(u.minimum);
        add(u.maximum);
    }
    void add_item(const Population& p) {
        add(std::string_view{p.name});
        add(p.shape);
        add(std::string_view{p.model.name});
        add(p.model.parameters);
        add(p.is_output);
        add_item(p.pipeline_offset);
    }
    void add_item(const Projection& p) {
        add(std::string_view{p.name});
        add_item(p.pre.value);
        add_item(p.post.value);
        add_variant(p.connector);
        add_variant(p.weights);
        add_variant(p.delays);
        add(p.plasticity);
    }
    void add_item(const Plasticity& p) {
        add(std::string_view{p.rule});
        add(p.parameters);
    }
    void add_item(const Dense&) {}
    void add_item(const OneToOne&) {}
    void add_item(const Sparse& c) {
        add(*c.pre);
        add(*c.post);
    }
    void add_item(const AllToAll& c) { add(c.allow_self); }
    void add_item(const FixedProbability& c) {
        add(c.probability);
        add(c.allow_self);
    }
    void add_item(const FixedOutdegree& c) {
        add_item(c.outdegree);
        add(c.allow_self);
    }
    void add_item(const FixedTotalNumber& c) { add(c.count); }
    void add_item(const Conv2d& c) {
        for (const std::uint32_t x :
             {c.kernel_y, c.kernel_x, c.out_channels, c.stride_y, c.stride_x, c.pad_top,
              c.pad_bottom, c.pad_left, c.pad_right, c.dilation_y, c.dilation_x, c.groups})
            add_item(x);
    }
    void add_item(const Pool2d& c) {
        for (const std::uint32_t x :
             {c.kernel_y, c.kernel_x, c.stride_y, c.stride_x, c.pad_y, c.pad_x})
            add_item(x);
    }

    std::uint64_t state_ = 0;
};

}  // namespace

std::uint64_t hash(const Network& network) {
    Hasher hasher;
    hasher.add(std::string_view{network.name});
    hasher.add(network.seed);
    hasher.add(network.dt);
    hasher.add(network.reset);
    hasher.add(network.populations);
    hasher.add(network.projections);
    return hasher.result();
}

std::uint64_t hash(const std::vector<double>& values) {
    Hasher hasher;
    hasher.add(values);
    return hasher.result();
}

}  // namespace spikeloom::ir
