// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/graph.hpp"
#include "compiler/frontend/nir/raw_array.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace spikeloom::frontend::nir {
namespace {

enum class Sign { any, not_negative, positive };

struct TensorRule {
    std::string_view name;
    Sign sign     = Sign::any;
    bool required = true;
};

struct TypeRule {
    std::string_view type;
    NodeKind kind;
    std::string_view model;
    std::span<const TensorRule> tensors;
    std::span<const std::string_view> others;  ///< parameters that are not tensors
};

constexpr TensorRule r{"r"};
constexpr TensorRule tau{"tau", Sign::positive};
constexpr TensorRule tau_syn{"tau_syn", Sign::positive};
constexpr TensorRule tau_mem{"tau_mem", Sign::positive};
constexpr TensorRule v_leak{"v_leak"};
constexpr TensorRule v_threshold{"v_threshold"};
constexpr TensorRule v_reset{"v_reset", Sign::any, false};
constexpr TensorRule w_in{"w_in", Sign::any, false};
constexpr TensorRule weight{"weight"};
constexpr TensorRule bias{"bias"};
constexpr TensorRule no_bias{"bias", Sign::any, false};

constexpr std::array affine_tensors{weight, bias};
constexpr std::array linear_tensors{weight};
constexpr std::array conv_tensors{weight, no_bias};
constexpr std::array scale_tensors{TensorRule{"scale"}};
constexpr std::array delay_tensors{TensorRule{"delay", Sign::not_negative}};
constexpr std::array threshold_tensors{TensorRule{"threshold"}};
constexpr std::array i_tensors{r};
constexpr std::array if_tensors{r, v_threshold, v_reset};
constexpr std::array li_tensors{tau, r, v_leak};
constexpr std::array lif_tensors{tau, r, v_leak, v_threshold, v_reset};
constexpr std::array cuba_li_tensors{tau_syn, tau_mem, r, v_leak, w_in};
constexpr std::array cuba_lif_tensors{tau_syn, tau_mem, r, v_leak, w_in, v_threshold, v_reset};

using Names = std::string_view;
constexpr std::array shape_others{Names{"shape"}};
constexpr std::array conv_others{Names{"input_shape"}, Names{"stride"}, Names{"padding"},
                                 Names{"dilation"}, Names{"groups"}};
constexpr std::array pool_others{Names{"kernel_size"}, Names{"stride"}, Names{"padding"}};
constexpr std::array flatten_others{Names{"start_dim"}, Names{"end_dim"}, Names{"input_type"}};

constexpr std::array all_types{
    TypeRule{"Input", NodeKind::source, "spike_source", {}, shape_others},
    TypeRule{"Output", NodeKind::sink, "", {}, shape_others},
    TypeRule{"Affine", NodeKind::affine, "", affine_tensors, {}},
    TypeRule{"Linear", NodeKind::affine, "", linear_tensors, {}},
    TypeRule{"Scale", NodeKind::scale, "", scale_tensors, {}},
    TypeRule{"Conv1d", NodeKind::convolution, "", conv_tensors, conv_others},
    TypeRule{"Conv2d", NodeKind::convolution, "", conv_tensors, conv_others},
    TypeRule{"SumPool2d", NodeKind::pool, "", {}, pool_others},
    TypeRule{"AvgPool2d", NodeKind::pool, "", {}, pool_others},
    TypeRule{"Flatten", NodeKind::flatten, "", {}, flatten_others},
    TypeRule{"Delay", NodeKind::delay, "", delay_tensors, {}},
    TypeRule{"Threshold", NodeKind::neuron, "threshold", threshold_tensors, {}},
    TypeRule{"I", NodeKind::neuron, "i", i_tensors, {}},
    TypeRule{"IF", NodeKind::neuron, "if", if_tensors, {}},
    TypeRule{"LI", NodeKind::neuron, "li", li_tensors, {}},
    TypeRule{"LIF", NodeKind::neuron, "lif", lif_tensors, {}},
    TypeRule{"CubaLI", NodeKind::neuron, "cuba_li", cuba_li_tensors, {}},
    TypeRule{"CubaLIF", NodeKind::neuron, "cuba_lif", cuba_lif_tensors, {}},
};

constexpr std::int64_t largest_extent = std::int64_t{1} << 32;
constexpr std::int64_t largest_window = std::int64_t{1} << 20;

struct Range {
    std::int64_t minimum, maximum;
};

class Decoder {
public:
    Decoder(const RawNode& raw, Node& node, const std::string& file,
            const std::set<std::string>& blamed, Findings& findings)
        : raw_{raw}, node_{node}, file_{file}, blamed_{blamed}, findings_{findings} {}

    void decode() {
        const auto* rule = std::ranges::find(all_types, raw_.type, &TypeRule::type);
        if (rule == all_types.end()) return complain_of_type();
        rule_       = rule;
        node_.kind  = rule->kind;
        node_.model = rule->model;
        for (const TensorRule& tensor : rule->tensors)
            read_tensor(tensor);
        read_others();
        warn_of_ignored();
        if (failed_) node_.kind = NodeKind::unknown;
    }

private:
    [[nodiscard]] std::string path_of(std::string_view name) const {
        return fmt::format("{}/{}", node_.path, name);
    }

    void complain(const std::string& code, std::string_view name, const std::string& message) {
        failed_ = true;
        findings_.faults.push_back({code, message, {file_, path_of(name)}, {}});
    }

    void complain_of_type() {
        if (blamed_.contains(path_of("type"))) return;
        complain("nir.unknown-type", "type", fmt::format("'{}' is not a NIR node type", raw_.type));
    }

    /// The parameter's array; null where it is absent, with a fault where it must not be.
    const RawArray* find(std::string_view name, bool required) {
        const auto found = raw_.parameters.find(std::string{name});
        if (found != raw_.parameters.end() && !found->second.is_null) return &found->second;
        if (blamed_.contains(path_of(name)))
            failed_ = true;
        else if (required)
            complain("nir.missing", name,
                     fmt::format("a node of type {} needs '{}'", node_.type, name));
        return nullptr;
    }

    void read_tensor(const TensorRule& rule) {
        const RawArray* array = find(rule.name, rule.required);
        if (array == nullptr) return;
        auto values = numbers(*array);
        if (!values) return complain("nir.type", rule.name, "numbers are expected, not text");
        if (values->empty()) return complain("nir.shape", rule.name, "the array is empty");
        const auto bad = std::ranges::find_if(
            *values, [&](double x) { return !std::isfinite(x) || !fits(x, rule.sign); });
        if (bad != values->end())
            return complain("nir.value", rule.name,
                            fmt::format("element {} is {}; {} is expected", bad - values->begin(),
                                        *bad, expectation(rule.sign)));
        node_.tensors.emplace(rule.name, Tensor{array->shape, std::move(*values)});
    }

    static bool fits(double x, Sign sign) {
        return sign == Sign::any || x > 0 || (sign == Sign::not_negative && x == 0);
    }
    static std::string_view expectation(Sign sign) {
        if (sign == Sign::positive) return "a finite number above 0";
        return sign == Sign::not_negative ? "a finite number, 0 or above" : "a finite number";
    }

    /// Integers within a range, or nothing; with a fault where they are wrong.
    std::optional<std::vector<std::int64_t>> read_integers(std::string_view name, Range range,
                                                           bool required) {
        const RawArray* array = find(name, required);
        if (array == nullptr) return std::nullopt;
        auto values = integers(*array);
        if (!values) {
            complain("nir.type", name, "whole numbers are expected");
            return std::nullopt;
        }
        const auto bad = std::ranges::find_if(
            *values, [&](std::int64_t x) { return x < range.minimum || x > range.maximum; });
        if (bad == values->end()) return values;
        complain("nir.value", name,
                 fmt::format("{} is not from {} to {}", *bad, range.minimum, range.maximum));
        return std::nullopt;
    }

    std::optional<Shape> read_shape(std::string_view name, bool required) {
        const auto extents = read_integers(name, {1, largest_extent}, required);
        if (!extents) return std::nullopt;
        return Shape(extents->begin(), extents->end());
    }

    void read_others() {
        switch (node_.kind) {
            case NodeKind::source:
            case NodeKind::sink:
                node_.given = read_shape("shape", true);
                break;
            case NodeKind::convolution:
                return read_convolution();
            case NodeKind::pool:
                return read_pool();
            case NodeKind::flatten:
                node_.given     = read_shape("input_type", false);
                node_.start_dim = read_scalar("start_dim", {-32, 32}).value_or(1);
                node_.end_dim   = read_scalar("end_dim", {-32, 32}).value_or(-1);
                break;
            default:
                break;
        }
    }

    std::optional<std::int64_t> read_scalar(std::string_view name, Range range) {
        const auto values = read_integers(name, range, false);
        if (!values) return std::nullopt;
        if (values->size() == 1) return values->front();
        complain("nir.shape", name, fmt::format("one number is expected, not {}", values->size()));
        return std::nullopt;
    }

    /// One number for all axes or one per axis; axis 0 of a Conv1d keeps its value.
    void read_axes(std::string_view name, Range range, std::array<std::uint32_t, 2>& axes) {
        const auto values = read_integers(name, range, false);
        if (!values) return;
        const std::size_t count = node_.two_axes ? 2 : 1;
        if (values->size() != 1 && values->size() != count)
            return complain("nir.shape", name,
                            fmt::format("{} numbers where 1{} are expected", values->size(),
                                        node_.two_axes ? " or 2" : ""));
        if (node_.two_axes) axes[0] = static_cast<std::uint32_t>(values->front());
        axes[1] = static_cast<std::uint32_t>(values->back());
    }

    void read_convolution() {
        node_.two_axes         = node_.type == "Conv2d";
        const std::size_t rank = node_.two_axes ? 4 : 3;
        Window& w              = node_.window;
        read_axes("stride", {1, largest_window}, w.stride);
        read_axes("dilation", {1, largest_window}, w.dilation);
        const auto groups = read_scalar("groups", {1, largest_window}).value_or(1);
        w.groups          = static_cast<std::uint32_t>(groups);
        read_input_shape();
        const Tensor* kernel = node_.tensor("weight");
        if (kernel == nullptr) return;
        if (kernel->shape.size() != rank || size_of(kernel->shape) > UINT32_MAX)
            return complain(
                "nir.shape", "weight",
                fmt::format("{} of shape {}; {} is expected", node_.type, shape_text(kernel->shape),
                            node_.two_axes ? "(out, in / groups, y, x)" : "(out, in / groups, x)"));
        if (node_.two_axes) w.kernel[0] = static_cast<std::uint32_t>(kernel->shape[2]);
        w.kernel[1] = static_cast<std::uint32_t>(kernel->shape[rank - 1]);
        check_channels(*kernel);
        read_padding();
    }

    /// (y, x), or (x) for a Conv1d; one number for both axes is accepted.
    void read_input_shape() {
        auto given = read_shape("input_shape", false);
        if (!given) return;
        const std::size_t axes = node_.two_axes ? 2 : 1;
        if (given->size() == 1 && axes == 2) given->push_back(given->front());
        if (given->size() != axes)
            return complain("nir.shape", "input_shape",
                            fmt::format("{} extents where {} are expected", given->size(), axes));
        node_.given = std::move(given);
    }

    void check_channels(const Tensor& kernel) {
        const std::uint64_t out = kernel.shape[0];
        if (out % node_.window.groups != 0)
            complain("nir.value", "groups",
                     fmt::format("{} output channels cannot be split into {} groups", out,
                                 node_.window.groups));
        const Tensor* offsets = node_.tensor("bias");
        if (offsets != nullptr && offsets->values.size() != out && offsets->values.size() != 1)
            complain("nir.shape", "bias",
                     fmt::format("{} biases for {} output channels", offsets->values.size(), out));
    }

    void read_padding() {
        Window& w             = node_.window;
        const RawArray* array = find("padding", false);
        if (array == nullptr) return;
        const auto word = text_at(*array, 0);
        if (!word) {
            read_axes("padding", {0, largest_window}, w.pad_before);
            w.pad_after = w.pad_before;
        } else if (*word == "same") {
            pad_to_same();
        } else if (*word != "valid") {
            complain("nir.value", "padding",
                     fmt::format("'{}' is neither 'same' nor 'valid' nor numbers", *word));
        }
    }

    /// The output has the extents of the input; an odd rest is padded at the end.
    void pad_to_same() {
        Window& w = node_.window;
        if (w.stride != std::array<std::uint32_t, 2>{1, 1})
            return complain("nir.value", "padding", "'same' goes with a stride of 1 only");
        for (std::size_t axis = node_.two_axes ? 0 : 1; axis < 2; ++axis) {
            const std::uint64_t total = std::uint64_t{w.dilation[axis]} * (w.kernel[axis] - 1);
            if (total > static_cast<std::uint64_t>(largest_window))
                return complain("nir.value", "dilation", "the dilated kernel is too large");
            w.pad_before[axis] = static_cast<std::uint32_t>(total / 2);
            w.pad_after[axis]  = static_cast<std::uint32_t>(total - total / 2);
        }
    }

    void read_pool() {
        Window& w = node_.window;
        if (find("kernel_size", true) == nullptr) return;
        read_axes("kernel_size", {1, largest_window}, w.kernel);
        w.stride = w.kernel;  // as torch does where no stride is given
        read_axes("stride", {1, largest_window}, w.stride);
        read_axes("padding", {0, largest_window}, w.pad_before);
        w.pad_after = w.pad_before;
    }

    void warn_of_ignored() {
        for (const auto& [name, array] : raw_.parameters) {
            const bool known = std::ranges::find(rule_->tensors, name, &TensorRule::name) !=
                                   rule_->tensors.end() ||
                               std::ranges::find(rule_->others, name) != rule_->others.end();
            if (!known)
                findings_.warnings.push_back(
                    {"nir.ignored",
                     fmt::format("a node of type {} has no '{}'; ignored", node_.type, name),
                     {file_, path_of(name)},
                     {}});
        }
    }

    const RawNode& raw_;
    Node& node_;
    const std::string& file_;
    const std::set<std::string>& blamed_;
    Findings& findings_;
    const TypeRule* rule_ = nullptr;
    bool failed_          = false;
};

}  // namespace

Node decode_node(const RawNode& raw, const std::string& file, const std::string& path,
                 const std::set<std::string>& blamed, Findings& findings) {
    Node node;
    node.name = raw.name;
    node.path = path;
    node.type = raw.type;
    Decoder{raw, node, file, blamed, findings}.decode();
    return node;
}

}  // namespace spikeloom::frontend::nir
