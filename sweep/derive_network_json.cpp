// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/frontend.hpp"
#include "support/atomic_file.hpp"
#include "sweep/derive_network.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <memory>

namespace spikeloom::sweep {
namespace {

constexpr std::string_view pointer_prefix = "network/";
constexpr const char* bits_setting        = "weights.bits";

std::vector<double> rounded(const std::vector<double>& weights, int bits) {
    double largest = 0;
    for (const double weight : weights)
        largest = std::max(largest, std::abs(weight));
    const double levels = std::exp2(bits - 1) - 1;
    std::vector<double> result(weights);
    for (double& weight : result)
        if (largest > 0) weight = std::round(weight / largest * levels) / levels * largest;
    return result;
}

/// The file's text with every "network/POINTER" replaced.
Result<std::string> patched(const std::filesystem::path& file, const Settings& settings) {
    using Json = nlohmann::ordered_json;
    auto text  = read_file(file);
    if (!text) return text;
    Json json = Json::parse(*text, nullptr, false);
    if (json.is_discarded())
        return fault("sweep.pointer", "settings network/POINTER need a network in JSON",
                     {file.string(), ""});
    for (const auto& [name, value] : settings) {
        if (!name.starts_with(pointer_prefix)) continue;
        const std::string where = name.substr(pointer_prefix.size() - 1);
        try {
            json.at(Json::json_pointer{where}) =
                value.number ? Json(*value.number) : Json(value.text);
        } catch (const Json::exception&) {
            return fault("sweep.pointer", "the network has nothing at " + where,
                         {file.string(), where});
        }
    }
    return json.dump();
}

Checked<ir::Network> read(const std::filesystem::path& file, const Settings& settings, double dt) {
    const bool patches = std::ranges::any_of(
        settings, [](const auto& setting) { return setting.first.starts_with(pointer_prefix); });
    if (!patches) {
        frontend::ReadOptions options;
        if (dt > 0) options.nir.dt = dt;
        return frontend::read_network(file, options);
    }
    const auto text = patched(file, settings);
    if (!text) return tl::unexpected<Diagnostics>{Diagnostics{text.error()}};
    return frontend::parse_json(*text, file.string(), file.parent_path());
}

}  // namespace

Result<void> round_weights(ir::Network& network, int bits) {
    constexpr int least = 2, most = 24;
    if (bits < least || bits > most)
        return fault("sweep.weights",
                     fmt::format("weights.bits must be {} to {}, is {}", least, most, bits));
    for (ir::Projection& projection : network.projections) {
        if (std::holds_alternative<double>(projection.weights)) continue;
        const auto* array = std::get_if<ir::Array>(&projection.weights);
        if (array == nullptr)
            return fault("sweep.weights",
                         fmt::format("the weights of '{}' are drawn, not given: no bits to round",
                                     projection.name),
                         {network.file, projection.name});
        projection.weights = std::make_shared<const std::vector<double>>(rounded(**array, bits));
    }
    return {};
}

bool changes_network(const Settings& settings) {
    return std::ranges::any_of(settings, [](const auto& setting) {
        return setting.first == bits_setting || setting.first.starts_with(pointer_prefix);
    });
}

Checked<void> derive_network(const std::filesystem::path& network, const Settings& settings,
                             double dt, const std::filesystem::path& output) {
    auto derived = read(network, settings, dt);
    if (!derived) return tl::unexpected<Diagnostics>{derived.error()};
    if (const auto bits = settings.find(bits_setting); bits != settings.end()) {
        const auto done =
            round_weights(*derived, static_cast<int>(bits->second.number.value_or(0)));
        if (!done) return tl::unexpected<Diagnostics>{Diagnostics{done.error()}};
    }
    const auto written = frontend::write_json(*derived, output);
    if (!written) return tl::unexpected<Diagnostics>{Diagnostics{written.error()}};
    return {};
}

}  // namespace spikeloom::sweep
