// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/cores.hpp"
#include "support/atomic_file.hpp"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace spikeloom::backends::truenorth {

namespace tn = neuron::truenorth;
using Json   = nlohmann::json;

namespace {

constexpr std::size_t most_faults          = 12;
constexpr std::uint64_t longest_file       = std::uint64_t{1} << 32;
constexpr std::int64_t longest_run         = 1 << 24;  ///< [ticks] of inputs
constexpr std::int64_t longest_neuron_wait = slots - 2;

struct Range {
    std::int64_t minimum, maximum;
};

/// Two's complement numbers of so many bits.
Range signed_bits(std::int32_t width) {
    const std::int64_t limit = std::int64_t{1} << (width - 1);
    return {-limit, limit - 1};
}

class CoresReader {
public:
    CoresReader(std::string file, const Machine& machine)
        : file_{std::move(file)}, machine_{machine} {
        out_.program.machine = machine;
        levels_              = signed_bits(machine.potential_width);
    }

    Checked<CoresFile> read(const Json& root) {
        if (!root.is_object()) {
            fail("cores.type", "", "the file must hold one object");
            return tl::unexpected{std::move(faults_)};
        }
        axons_   = integer(root, "", "axons_per_core", {1, machine_.axons}).value_or(1);
        neurons_ = integer(root, "", "neurons_per_core", {1, machine_.neurons}).value_or(1);
        columns_ = integer(root, "", "cores_x", {1, machine_.width}).value_or(1);
        rows_    = integer(root, "", "cores_y", {1, machine_.height}).value_or(1);
        read_output(root);
        if (faults_.empty()) read_cores(root);
        if (faults_.empty()) read_inputs(root);
        if (!faults_.empty()) return tl::unexpected{std::move(faults_)};
        out_.program.machine.axons   = static_cast<std::uint32_t>(axons_);
        out_.program.machine.neurons = static_cast<std::uint32_t>(neurons_);
        for (std::size_t c = 0; c < out_.program.cores.size(); ++c)
            for (std::int64_t a = 0; a < axons_; ++a) {
                out_.program.inputs.push_back(
                    {static_cast<std::uint32_t>(c), static_cast<std::uint8_t>(a), 0});
                out_.program.input_begin.push_back(
                    static_cast<std::uint32_t>(out_.program.inputs.size()));
            }
        return std::move(out_);
    }

private:
    using Place = std::pair<std::int64_t, std::int64_t>;

    void fail(std::string code, const std::string& pointer, std::string message) {
        if (faults_.size() < most_faults)
            faults_.push_back({std::move(code), std::move(message), {file_, pointer}, {}});
    }
    [[nodiscard]] bool full() const { return faults_.size() >= most_faults; }

    std::optional<std::int64_t> number(const Json& value, const std::string& pointer, Range range) {
        if (!value.is_number_integer()) {
            fail("cores.type", pointer,
                 fmt::format("must be a whole number, not {}", value.type_name()));
            return std::nullopt;
        }
        const bool huge = value.is_number_unsigned() &&
                          value.get<std::uint64_t>() >
                              static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
        const std::int64_t n =
            huge ? std::numeric_limits<std::int64_t>::max() : value.get<std::int64_t>();
        if (n >= range.minimum && n <= range.maximum) return n;
        fail("cores.range", pointer,
             fmt::format("must be from {} to {}, not {}", range.minimum, range.maximum,
                         value.dump()));
        return std::nullopt;
    }

    const Json* member(const Json& owner, const std::string& pointer, const char* key) {
        const auto found = owner.find(key);
        if (found != owner.end()) return &*found;
        fail("cores.missing", pointer, fmt::format("'{}' is missing", key));
        return nullptr;
    }

    std::optional<std::int64_t> integer(const Json& owner, const std::string& pointer,
                                        const char* key, Range range) {
        const Json* value = member(owner, pointer, key);
        if (value == nullptr) return std::nullopt;
        return number(*value, pointer + "/" + key, range);
    }
    std::int64_t integer_or(const Json& owner, const std::string& pointer, const char* key,
                            Range range, std::int64_t absent) {
        if (!owner.contains(key)) return absent;
        return number(owner.at(key), pointer + "/" + key, range).value_or(absent);
    }
    bool flag(const Json& owner, const std::string& pointer, const char* key) {
        if (!owner.contains(key)) return false;
        const Json& value = owner.at(key);
        if (value.is_boolean()) return value.get<bool>();
        fail("cores.type", pointer + "/" + key, "must be true or false");
        return false;
    }

    const Json* list(const Json& owner, const std::string& pointer, const char* key) {
        const Json* value = member(owner, pointer, key);
        if (value == nullptr || value->is_array()) return value;
        fail("cores.type", pointer + "/" + key,
             fmt::format("must be a list, not {}", value->type_name()));
        return nullptr;
    }

    void read_output(const Json& root) {
        if (!root.contains("output_bus")) return;
        const Json& bus = root.at("output_bus");
        if (!bus.is_object()) return fail("cores.type", "/output_bus", "must be an object");
        const auto x = integer(bus, "/output_bus", "x", {-reach, machine_.width + reach});
        const auto y = integer(bus, "/output_bus", "y", {-reach, machine_.height + reach});
        const auto n = integer(bus, "/output_bus", "outputs", {1, core_axons});
        if (!x || !y || !n) return;
        bus_         = Place{*x, *y};
        out_.outputs = static_cast<std::uint32_t>(*n);
    }

    // --- cores ---------------------------------------------------------------------------------

    void read_cores(const Json& root) {
        const Json* cores = list(root, "", "cores");
        if (cores == nullptr) return;
        if (cores->empty()) return fail("cores.missing", "/cores", "there is no core");
        for (std::size_t c = 0; c < cores->size() && !full(); ++c)
            read_place((*cores)[c], fmt::format("/cores/{}", c));
        if (!faults_.empty()) return;
        for (std::size_t c = 0; c < cores->size() && !full(); ++c)
            read_core((*cores)[c], fmt::format("/cores/{}", c), out_.program.cores[c]);
    }

    void read_place(const Json& core, const std::string& pointer) {
        if (!core.is_object()) return fail("cores.type", pointer, "must be an object");
        const auto x = integer(core, pointer, "x", {0, columns_ - 1});
        const auto y = integer(core, pointer, "y", {0, rows_ - 1});
        if (!x || !y) return;
        if (bus_ && *bus_ == Place{*x, *y})
            return fail("cores.place", pointer,
                        fmt::format("({}, {}) is the place of the output bus", *x, *y));
        const auto index = static_cast<std::uint32_t>(out_.program.cores.size());
        if (const auto [at, is_new] = at_.try_emplace(Place{*x, *y}, index); !is_new)
            return fail("cores.place", pointer,
                        fmt::format("core {} is at ({}, {}) already", at->second, *x, *y));
        CoreProgram& program = out_.program.cores.emplace_back();
        program.x            = static_cast<std::uint16_t>(*x);
        program.y            = static_cast<std::uint16_t>(*y);
    }

    void read_core(const Json& core, const std::string& pointer, CoreProgram& program) {
        const Json* types   = list(core, pointer, "axon_types");
        const Json* neurons = list(core, pointer, "neurons");
        if (types == nullptr || neurons == nullptr) return;
        if (types->size() != static_cast<std::size_t>(axons_))
            return fail("cores.range", pointer + "/axon_types",
                        fmt::format("must have a type for each of {} axons, not {}", axons_,
                                    types->size()));
        if (neurons->size() > static_cast<std::size_t>(neurons_))
            return fail(
                "cores.range", pointer + "/neurons",
                fmt::format("{} neurons, limit {} (neurons_per_core)", neurons->size(), neurons_));
        program.rows.resize(types->size());
        for (std::size_t a = 0; a < types->size(); ++a) {
            const auto type =
                number((*types)[a], fmt::format("{}/axon_types/{}", pointer, a), {0, 3});
            program.axon_types.push_back(static_cast<std::uint8_t>(type.value_or(0)));
        }
        program.neurons.resize(neurons->size());
        for (std::size_t n = 0; n < neurons->size() && !full(); ++n)
            read_neuron((*neurons)[n], fmt::format("{}/neurons/{}", pointer, n), program, n);
    }

    void read_neuron(const Json& from, const std::string& pointer, CoreProgram& core,
                     std::size_t slot) {
        if (!from.is_object()) return fail("cores.type", pointer, "must be an object");
        NeuronProgram& n  = core.neurons[slot];
        tn::Parameters& p = n.parameters;
        read_crossbar(from, pointer, core, slot);
        read_weights(from, pointer, p);
        const Range byte{0, tn::mask_max};
        const auto level = [&](const char* key) {
            return static_cast<std::int32_t>(integer(from, pointer, key, levels_).value_or(0));
        };
        p.threshold          = level("positive_threshold");
        p.negative_threshold = -level("negative_threshold");
        p.reset_value        = level("reset_potential");
        n.potential = static_cast<std::int32_t>(integer_or(from, pointer, "potential", levels_, 0));
        p.leak =
            static_cast<std::int16_t>(integer(from, pointer, "leak", signed_bits(9)).value_or(0));
        p.reset = static_cast<tn::Reset>(integer(from, pointer, "reset_mode", {0, 2}).value_or(0));
        p.stochastic_leak = flag(from, pointer, "stochastic_leak");
        p.leak_reversal   = flag(from, pointer, "leak_reversal");
        p.saturates       = flag(from, pointer, "saturates");
        p.mask_bits =
            static_cast<std::uint8_t>(integer_or(from, pointer, "threshold_mask_bits", byte, 0));
        read_target(from, pointer, core, n.to);
    }

    void read_weights(const Json& from, const std::string& pointer, tn::Parameters& p) {
        const Json* weights = list(from, pointer, "weights");
        if (weights == nullptr) return;
        if (weights->size() != tn::axon_types)
            return fail("cores.range", pointer + "/weights",
                        fmt::format("must have {} weights, one for each type, not {}",
                                    tn::axon_types, weights->size()));
        for (std::size_t g = 0; g < tn::axon_types; ++g)
            p.weight[g] = static_cast<std::int16_t>(
                number((*weights)[g], fmt::format("{}/weights/{}", pointer, g), signed_bits(9))
                    .value_or(0));
        p.stochastic_weights =
            static_cast<std::uint8_t>(integer_or(from, pointer, "stochastic_weights", {0, 15}, 0));
    }

    /// Hexadecimal, the last digit holds axons 0 to 3.
    void read_crossbar(const Json& from, const std::string& pointer, CoreProgram& core,
                       std::size_t slot) {
        const Json* axons = member(from, pointer, "axons");
        if (axons == nullptr) return;
        const std::string at = pointer + "/axons";
        if (!axons->is_string())
            return fail("cores.type", at, "must be a string of hexadecimal digits");
        const std::string& text = axons->get_ref<const std::string&>();
        const auto most         = static_cast<std::size_t>((axons_ + 3) / 4);
        if (text.empty() || text.size() > most)
            return fail("cores.crossbar", at,
                        fmt::format("must have {} hexadecimal digits for {} axons, not {}", most,
                                    axons_, text.size()));
        for (std::size_t k = 0; k < text.size(); ++k) {
            const auto digit = hex_digit(text[text.size() - 1 - k]);
            if (!digit)
                return fail("cores.crossbar", at,
                            fmt::format("character {} is no hexadecimal digit", text.size() - k));
            for (std::size_t b = 0; b < 4; ++b) {
                if ((*digit >> b & 1U) == 0) continue;
                const std::size_t axon = 4 * k + b;
                if (axon >= core.rows.size())
                    return fail("cores.crossbar", at,
                                fmt::format("bit {} is set, there are {} axons", axon, axons_));
                core.rows[axon][slot / 64] |= std::uint64_t{1} << (slot % 64);
            }
        }
    }

    static std::optional<unsigned> hex_digit(char c) {
        if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
        if (c >= 'a' && c <= 'f') return static_cast<unsigned>(c - 'a') + 10;
        if (c >= 'A' && c <= 'F') return static_cast<unsigned>(c - 'A') + 10;
        return std::nullopt;
    }

    void read_target(const Json& from, const std::string& pointer, const CoreProgram& core,
                     Destination& to) {
        const auto dx   = integer(from, pointer, "dx", {-reach, reach});
        const auto dy   = integer(from, pointer, "dy", {-reach, reach});
        const auto axon = integer(from, pointer, "axon", {0, core_axons - 1});
        const auto wait = integer_or(from, pointer, "delay", {0, longest_neuron_wait}, 0);
        if (!dx || !dy || !axon) return;
        const Place there{core.x + *dx, core.y + *dy};
        to = {Destination::Kind::core, static_cast<std::int16_t>(*dx),
              static_cast<std::int16_t>(*dy), static_cast<std::uint8_t>(*axon),
              static_cast<std::uint8_t>(wait + 1)};
        if (bus_ && there == *bus_) {
            to.kind = Destination::Kind::output;
            if (*axon >= out_.outputs)
                fail("cores.target", pointer + "/axon",
                     fmt::format("output {} of {}", *axon, out_.outputs));
        } else if (!at_.contains(there)) {
            fail("cores.target", pointer,
                 fmt::format("leads to ({}, {}), where there is neither a core nor the output bus",
                             there.first, there.second));
        } else if (*axon >= axons_) {
            fail("cores.target", pointer + "/axon", fmt::format("axon {} of {}", *axon, axons_));
        }
    }

    // --- inputs --------------------------------------------------------------------------------

    void read_inputs(const Json& root) {
        if (!root.contains("inputs")) return;
        const Json* ticks = list(root, "", "inputs");
        if (ticks == nullptr) return;
        if (ticks->size() > static_cast<std::size_t>(longest_run))
            return fail("cores.range", "/inputs",
                        fmt::format("{} ticks, limit {}", ticks->size(), longest_run));
        for (std::size_t t = 0; t < ticks->size() && !full(); ++t) {
            const std::string pointer = fmt::format("/inputs/{}", t);
            if (!(*ticks)[t].is_array()) {
                fail("cores.type", pointer, "must be a list of packets");
                continue;
            }
            for (std::size_t k = 0; k < (*ticks)[t].size() && !full(); ++k)
                read_packet((*ticks)[t][k], fmt::format("{}/{}", pointer, k), t);
        }
        std::stable_sort(out_.inputs.begin(), out_.inputs.end(),
                         [](const CoresInput& a, const CoresInput& b) { return a.tick < b.tick; });
    }

    void read_packet(const Json& packet, const std::string& pointer, std::size_t tick) {
        if (!packet.is_array() || packet.size() != 4)
            return fail("cores.type", pointer, "must be [x, y, axon, delay]");
        const auto x     = number(packet[0], pointer + "/0", {0, columns_ - 1});
        const auto y     = number(packet[1], pointer + "/1", {0, rows_ - 1});
        const auto axon  = number(packet[2], pointer + "/2", {0, axons_ - 1});
        const auto delay = number(packet[3], pointer + "/3", {0, longest_hop});
        if (!x || !y || !axon || !delay) return;
        const auto core = at_.find({*x, *y});
        if (core == at_.end())
            return fail("cores.target", pointer,
                        fmt::format("there is no core at ({}, {})", *x, *y));
        out_.inputs.push_back({tick + static_cast<std::uint64_t>(*delay), core->second,
                               static_cast<std::uint8_t>(*axon)});
    }

    std::string file_;
    const Machine& machine_;
    Range levels_{};
    std::int64_t axons_ = 0, neurons_ = 0, columns_ = 0, rows_ = 0;
    std::optional<Place> bus_;
    std::map<Place, std::uint32_t> at_;
    CoresFile out_;
    Diagnostics faults_;
};

std::string line_and_column(std::string_view text, std::size_t byte) {
    const std::string_view before = text.substr(0, std::min(byte == 0 ? 0 : byte - 1, text.size()));
    const auto line               = std::count(before.begin(), before.end(), '\n') + 1;
    return fmt::format("{}:{}", line, before.size() - (before.rfind('\n') + 1) + 1);
}

}  // namespace

Checked<CoresFile> parse_cores(std::string_view text, const std::string& file,
                               const Machine& machine) {
    try {
        return CoresReader{file, machine}.read(Json::parse(text.begin(), text.end()));
    } catch (const Json::parse_error& error) {
        return tl::unexpected{Diagnostics{{"cores.syntax",
                                           "the file is no JSON from here on",
                                           {file, line_and_column(text, error.byte)},
                                           {}}}};
    }
}

Checked<CoresFile> read_cores(const std::string& path, const Machine& machine) {
    const auto text = read_file(path, longest_file);
    if (!text) return tl::unexpected{Diagnostics{text.error()}};
    return parse_cores(*text, path, machine);
}

}  // namespace spikeloom::backends::truenorth
