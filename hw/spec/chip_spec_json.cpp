// SPDX-License-Identifier: Apache-2.0
/// Chip files: JSON by schemas/chip.schema.json. Energy tables keep the file's order.
#include "hw/spec/builtin_chips.hpp"
#include "hw/spec/chip_spec.hpp"
#include "support/atomic_file.hpp"
#include "support/fnv.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <charconv>
#include <cmath>
#include <set>

namespace spikeloom::hw {

namespace {

using Json = nlohmann::ordered_json;

/// Reads one chip file; the first fault stays in `error` and makes the rest a no-op.
class ChipReader {
public:
    explicit ChipReader(std::string file) : file_{std::move(file)} {}

    std::optional<Diagnostic> error;

    ChipSpec chip(const Json& root) {
        ChipSpec spec;
        if (!object(root, "")) return spec;
        only(root, "",
             {"format", "name", "target", "description", "capacities", "arithmetic", "timing",
              "topology", "energy"});
        if (text(root, "", "format") != "spikeloom-chip-1") {
            fail("/format", "is not \"spikeloom-chip-1\"");
        }
        spec.name        = text(root, "", "name");
        spec.target      = text(root, "", "target");
        spec.description = text(root, "", "description");
        spec.capacities  = figures(member(root, "capacities"), "/capacities");
        spec.arithmetic  = figures(member(root, "arithmetic"), "/arithmetic");
        spec.timing      = figures(member(root, "timing"), "/timing");
        if (const Json* topology = member(root, "topology")) {
            only(*topology, "/topology", {"kind", "figures", "choices"});
            spec.topology.kind    = text(*topology, "/topology", "kind");
            spec.topology.figures = figures(member(*topology, "figures"), "/topology/figures");
            spec.topology.choices = choices(member(*topology, "choices"), "/topology/choices");
        }
        if (const Json* tables = member(root, "energy")) spec.energy = energy(*tables);
        return spec;
    }

private:
    void fail(const std::string& pointer, const std::string& what) {
        if (error) return;
        error = Diagnostic{"chip.malformed",
                           fmt::format("{} {}", pointer.empty() ? "the chip file" : pointer, what),
                           {file_, pointer}};
    }

    bool object(const Json& json, const std::string& pointer) {
        if (json.is_object()) return true;
        fail(pointer, "is not an object");
        return false;
    }

    void only(const Json& json, const std::string& pointer, const std::set<std::string>& allowed) {
        if (!object(json, pointer)) return;
        for (const auto& [key, value] : json.items()) {
            if (!allowed.contains(key)) fail(pointer + "/" + key, "is not a known field");
        }
    }

    static const Json* member(const Json& json, const char* key) {
        const auto found = json.find(key);
        return found == json.end() ? nullptr : &*found;
    }

    std::string text(const Json& json, const std::string& pointer, const char* key) {
        const Json* value = json.is_object() ? member(json, key) : nullptr;
        if (value == nullptr || !value->is_string() ||
            value->get_ref<const std::string&>().empty()) {
            fail(pointer + "/" + key, "must be a text that is not empty");
            return {};
        }
        return value->get<std::string>();
    }

    Figure figure(const Json& json, const std::string& pointer) {
        only(json, pointer, {"value", "unit", "source", "why"});
        if (error) return {};
        Figure result;
        const Json* value = member(json, "value");
        if (value == nullptr || !value->is_number()) {
            fail(pointer + "/value", "must be a number");
            return {};
        }
        result.value  = value->get<double>();
        result.unit   = text(json, pointer, "unit");
        result.source = text(json, pointer, "source");
        if (member(json, "why") != nullptr) result.why = text(json, pointer, "why");
        if (result.source == "estimate" && result.why.empty()) {
            fail(pointer, "is an estimate and must say why");
        }
        return result;
    }

    Figures figures(const Json* json, const std::string& pointer) {
        Figures result;
        if (json == nullptr || !object(*json, pointer)) return result;
        for (const auto& [key, value] : json->items()) {
            result[key] = figure(value, pointer + "/" + key);
        }
        return result;
    }

    Choice choice(const Json& json, const std::string& pointer) {
        only(json, pointer, {"value", "source", "why"});
        if (error) return {};
        Choice result;
        result.value  = text(json, pointer, "value");
        result.source = text(json, pointer, "source");
        if (member(json, "why") != nullptr) result.why = text(json, pointer, "why");
        if (result.source == "estimate" && result.why.empty()) {
            fail(pointer, "is an estimate and must say why");
        }
        return result;
    }

    Choices choices(const Json* json, const std::string& pointer) {
        Choices result;
        if (json == nullptr || !object(*json, pointer)) return result;
        for (const auto& [key, value] : json->items()) {
            result[key] = choice(value, pointer + "/" + key);
        }
        return result;
    }

    std::vector<EnergyTable> energy(const Json& json) {
        std::vector<EnergyTable> tables;
        if (!object(json, "/energy")) return tables;
        for (const auto& [name, table] : json.items()) {
            const std::string pointer = "/energy/" + name;
            only(table, pointer, {"description", "events", "static_power"});
            if (error) return tables;
            EnergyTable t;
            t.name         = name;
            t.description  = text(table, pointer, "description");
            t.events       = figures(member(table, "events"), pointer + "/events");
            t.static_power = figures(member(table, "static_power"), pointer + "/static_power");
            for (const auto& [counter, f] : t.events) {
                if (f.unit != "pJ") fail(pointer + "/events/" + counter, "must be in pJ");
            }
            for (const auto& [component, f] : t.static_power) {
                if (f.unit != "W") fail(pointer + "/static_power/" + component, "must be in W");
            }
            tables.push_back(std::move(t));
        }
        return tables;
    }

    std::string file_;
};

Json* descend(Json& root, const std::vector<std::string>& parts) {
    Json* node = &root;
    for (const std::string& part : parts) {
        if (!node->is_object()) return nullptr;
        const auto found = node->find(part);
        if (found == node->end()) return nullptr;
        node = &*found;
    }
    return node;
}

/// The figure or choice object that an override's path names: "capacities.neurons",
/// "topology.columns", "topology.routing", "energy.TABLE.COUNTER" or
/// "energy.TABLE.static_power.COMPONENT".
Json* find_figure(Json& root, const std::string& path) {
    std::vector<std::string> parts;
    for (std::size_t at = 0; at <= path.size();) {
        const std::size_t dot = std::min(path.find('.', at), path.size());
        parts.push_back(path.substr(at, dot - at));
        at = dot + 1;
    }
    Json* node = nullptr;
    if (parts.size() == 2 && parts[0] == "topology") {
        node = descend(root, {"topology", "figures", parts[1]});
        if (node == nullptr) node = descend(root, {"topology", "choices", parts[1]});
    } else {
        if (parts.size() == 3 && parts[0] == "energy") parts.insert(parts.begin() + 2, "events");
        node = descend(root, parts);
    }
    return node != nullptr && node->is_object() && node->contains("value") ? node : nullptr;
}

Result<void> apply(Json& root, const std::string& path, const std::string& text,
                   const std::string& file) {
    if (path == "topology.kind" && descend(root, {"topology", "kind"}) != nullptr) {
        root["topology"]["kind"] = text;
        return {};
    }
    Json* figure = find_figure(root, path);
    if (figure == nullptr) {
        return fault("chip.override", fmt::format("the chip has no figure '{}' to set", path),
                     {file, path});
    }
    if ((*figure)["value"].is_string()) {
        (*figure)["value"]  = text;
        (*figure)["source"] = "override";
        return {};
    }
    double value             = 0;
    const char* last         = text.data() + text.size();
    const auto [end, status] = std::from_chars(text.data(), last, value);
    if (status != std::errc{} || end != last || !std::isfinite(value)) {
        return fault("chip.override", fmt::format("'{}' is not a number for '{}'", text, path),
                     {file, path});
    }
    (*figure)["value"]  = value;
    (*figure)["source"] = "override";
    return {};
}

/// Hash of the canonical text (sorted keys, no blanks).
std::uint64_t meaning_hash(const Json& root) {
    return fnv1a(nlohmann::json(root).dump());
}

}  // namespace

Result<ChipSpec> parse_chip(std::string_view text, const std::string& file,
                            const Overrides& overrides) {
    Json root = Json::parse(text.begin(), text.end(), nullptr, false);
    if (root.is_discarded()) return fault("chip.syntax", "the chip file is no JSON", {file, ""});
    ChipReader reader{file};
    reader.chip(root);
    if (reader.error) return tl::unexpected{*reader.error};
    for (const auto& [path, value] : overrides) {
        if (auto done = apply(root, path, value, file); !done) {
            return tl::unexpected{done.error()};
        }
    }
    ChipSpec spec = reader.chip(root);
    if (reader.error) return tl::unexpected{*reader.error};
    spec.hash = meaning_hash(root);
    return spec;
}

std::vector<std::string> builtin_chips() {
    std::vector<std::string> names;
    for (const BuiltinChip& chip : builtin_chip_texts())
        names.emplace_back(chip.name);
    return names;
}

Result<ChipSpec> load_chip(const std::string& name_or_path, const Overrides& overrides) {
    if (name_or_path.find('/') != std::string::npos || name_or_path.ends_with(".json")) {
        auto text = read_file(name_or_path, std::uint64_t{1} << 24);
        if (!text) return tl::unexpected{text.error()};
        return parse_chip(*text, name_or_path, overrides);
    }
    for (const BuiltinChip& chip : builtin_chip_texts()) {
        if (chip.name == name_or_path) {
            return parse_chip(chip.text, "hw/chips/" + name_or_path + ".json", overrides);
        }
    }
    Diagnostic unknown{"chip.unknown", fmt::format("there is no chip '{}'", name_or_path)};
    for (const std::string& name : builtin_chips())
        unknown.notes.push_back("known: " + name);
    return tl::unexpected{std::move(unknown)};
}

}  // namespace spikeloom::hw
