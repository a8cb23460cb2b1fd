// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/json.hpp"
#include "compiler/frontend/json_connector.hpp"
#include "compiler/frontend/json_document.hpp"
#include "compiler/frontend/json_fields.hpp"
#include "compiler/frontend/json_values.hpp"
#include "compiler/ir/models.hpp"
#include "support/atomic_file.hpp"
#include "support/suggest.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace spikeloom::frontend {
namespace {

constexpr std::uint64_t format_version     = 1;
constexpr std::uint64_t largest_offset     = 0xFFFFFFFF;
constexpr std::uint32_t unknown_population = 0xFFFFFFFF;

/// Turns one document into a Network. Parts with faults stay in it as harmless stand-ins, so that
/// the rest can be judged too.
class NetworkReader {
public:
    explicit NetworkReader(JsonContext& context) : context_{context} {}

    ir::Network run(const JsonValue& document) {
        ObjectReader object{{&document, ""}, context_};
        network_.file = context_.file;
        network_.name = object.string("name").value_or("");
        object.integer("version", format_version, format_version, format_version);
        network_.seed          = object.integer("seed", 0, ~std::uint64_t{0}, 0);
        network_.dt            = object.number("dt");
        network_.reset         = object.string("reset");
        const auto populations = object.require("populations");
        const auto projections = object.find("projections");
        object.find("$schema");
        object.find("comment");
        object.finish();
        if (populations)
            for (const JsonPlace& place : read_list(*populations, context_).value_or(Places{}))
                network_.populations.push_back(read_population(place));
        if (projections)
            for (const JsonPlace& place : read_list(*projections, context_).value_or(Places{}))
                network_.projections.push_back(read_projection(place));
        return std::move(network_);
    }

private:
    using Places = std::vector<JsonPlace>;

    ir::Population read_population(const JsonPlace& place) {
        ObjectReader object{place, context_};
        ir::Population population;
        const std::size_t before = context_.faults.size();
        population.shape         = read_shape(object);
        const bool sane          = context_.faults.size() == before;
        if (const auto name = object.require("name"))
            population.name = read_string(*name, context_).value_or("");
        if (const auto model = object.require("model"))
            population.model.name = read_string(*model, context_).value_or("");
        if (const auto parameters = object.find("parameters"))
            read_parameters(*parameters, sane ? population.shape : std::vector<std::uint32_t>{},
                            population.model);
        population.is_output = object.boolean("output", false);
        population.pipeline_offset =
            static_cast<std::uint32_t>(object.integer("pipeline_offset", 0, largest_offset, 0));
        check_input_flag(object, population);
        object.find("comment");
        object.finish();
        return population;
    }

    std::vector<std::uint32_t> read_shape(ObjectReader& object) {
        const auto size  = object.find("size");
        const auto shape = object.find("shape");
        if (size && shape)
            context_.add("json.value", shape->pointer, "'size' and 'shape' cannot both be given");
        else if (size)
            return {extent(*size)};
        else if (shape)
            return read_extents(*shape);
        else if (object.is_object())
            context_.add("json.missing-key", object.pointer(),
                         "one of the keys 'size' and 'shape' is missing");
        return {1};
    }

    std::uint32_t extent(const JsonPlace& place) {
        return static_cast<std::uint32_t>(
            read_integer(place, 1, ir::max_neurons, context_).value_or(1));
    }

    std::vector<std::uint32_t> read_extents(const JsonPlace& place) {
        const auto* numbers = std::get_if<JsonValue::Numbers>(&place.value->value);
        if (numbers == nullptr || numbers->empty()) {
            context_.add("json.type", place.pointer, "an array of integers is expected here");
            return {1};
        }
        std::vector<std::uint32_t> shape;
        for (std::size_t i = 0; i < numbers->size(); ++i) {
            const JsonValue one{(*numbers)[i]};
            shape.push_back(extent({&one, json_pointer(place.pointer, i)}));
        }
        return shape;
    }

    /// Without a shape, arrays of every shape pass.
    void read_parameters(const JsonPlace& place, const std::vector<std::uint32_t>& extents,
                         ir::NeuronModel& model) {
        const auto* object = std::get_if<JsonValue::Object>(&place.value->value);
        if (object == nullptr)
            return context_.add(
                "json.type", place.pointer,
                fmt::format("an object is expected here, not {}", place.value->kind()));
        const Shape shape{extents.begin(), extents.end()};
        for (const JsonMember& member : *object)
            if (auto values = read_values({&member.value, json_pointer(place.pointer, member.key)},
                                          shape, context_))
                model.parameters[member.key] = std::move(*values);
    }

    /// "input" says again what the model says; a contradiction is a mistake of the writer.
    void check_input_flag(ObjectReader& object, const ir::Population& population) {
        const auto place = object.find("input");
        if (!place) return;
        const auto input  = read_boolean(*place, context_);
        const auto* model = ir::find_model(population.model.name);
        if (!input || model == nullptr || *input == (model->kind == ir::ModelKind::source)) return;
        context_.add("json.value", place->pointer,
                     fmt::format("'{}' is {}a source, as its model '{}' says", population.name,
                                 *input ? "not " : "", model->name));
    }

    PopulationId read_end(ObjectReader& object, std::string_view key) {
        const auto place = object.require(key);
        const auto name  = place ? read_string(*place, context_) : std::nullopt;
        if (!name) return {unknown_population};
        if (const auto id = network_.find(*name)) return *id;
        std::vector<std::string_view> names;
        for (const ir::Population& population : network_.populations)
            names.push_back(population.name);
        context_.add(
            "json.unknown-population", place->pointer,
            fmt::format("there is no population '{}'{}", *name, did_you_mean(*name, names)));
        return {unknown_population};
    }

    /// The population, or a stand-in of one neuron where the name is wrong.
    [[nodiscard]] const ir::Population& population(PopulationId id) const {
        static const ir::Population stand_in{"", {1}, {}, false, 0};
        return id.value == unknown_population ? stand_in : network_.at(id);
    }

    ir::Projection read_projection(const JsonPlace& place) {
        ObjectReader object{place, context_};
        ir::Projection projection;
        projection.pre            = read_end(object, "pre");
        projection.post           = read_end(object, "post");
        const ir::Population &pre = population(projection.pre), &post = population(projection.post);
        projection.name      = unique_name(object.string("name"), pre.name + "->" + post.name);
        const auto connector = object.require("connector");
        auto read        = connector ? read_connector(*connector, post, context_) : std::nullopt;
        const bool known = read && projection.pre.value != unknown_population &&
                           projection.post.value != unknown_population;
        projection.connector = std::move(read).value_or(ir::AllToAll{});
        read_synapses(object, known ? weight_shape(projection.connector, pre, post) : Shape{},
                      projection);
        if (const auto plasticity = object.find("plasticity"))
            projection.plasticity = read_plasticity(*plasticity);
        object.find("comment");
        object.finish();
        return projection;
    }

    void read_synapses(ObjectReader& object, const Shape& shape, ir::Projection& projection) {
        for (const auto& [key, values] :
             {std::pair{"weights", &projection.weights}, {"delays", &projection.delays}})
            if (const auto given = object.find(key))
                if (auto read = read_values(*given, shape, context_)) *values = std::move(*read);
    }

    std::string unique_name(const std::optional<std::string>& given, std::string otherwise) {
        if (!given)
            for (int n = 2; names_.contains(otherwise); ++n)
                otherwise = fmt::format("{}#{}", otherwise.substr(0, otherwise.rfind('#')), n);
        names_.insert(given.value_or(otherwise));
        return given.value_or(otherwise);
    }

    ir::Plasticity read_plasticity(const JsonPlace& place) {
        ObjectReader object{place, context_};
        ir::Plasticity plasticity;
        if (const auto rule = object.require("rule"))
            plasticity.rule = read_string(*rule, context_).value_or("");
        const auto parameters = object.require("parameters");
        object.finish();
        const auto* members =
            parameters ? std::get_if<JsonValue::Object>(&parameters->value->value) : nullptr;
        if (parameters && members == nullptr)
            context_.add("json.type", parameters->pointer, "an object is expected here");
        for (std::size_t i = 0; members != nullptr && i < members->size(); ++i) {
            const JsonMember& member = (*members)[i];
            const auto value         = read_number(
                        {&member.value, json_pointer(parameters->pointer, member.key)}, context_);
            if (value) plasticity.parameters[member.key] = *value;
        }
        return plasticity;
    }

    JsonContext& context_;
    ir::Network network_;
    std::set<std::string> names_;  ///< of projections
};

/// "/populations/3/parameters/tau" -> "/populations/3".
std::string item_of(const std::string& pointer) {
    const std::size_t second = pointer.find('/', 1);
    return second == std::string::npos ? pointer : pointer.substr(0, pointer.find('/', second + 1));
}

/// Parts of the network that the reader replaced by stand-ins: what check() says of them, or of
/// projections from or to them, would not be about the file.
std::set<std::string> faulty_items(const Diagnostics& faults, const ir::Network& network) {
    std::set<std::string> items;
    for (const Diagnostic& fault : faults)
        items.insert(item_of(fault.location.where));
    if (items.contains("")) items.insert("/populations");  // they are what the root lacks
    for (std::size_t i = 0; i < network.projections.size(); ++i)
        for (const PopulationId end : {network.projections[i].pre, network.projections[i].post})
            if (items.contains(fmt::format("/populations/{}", end.value)))
                items.insert(fmt::format("/projections/{}", i));
    return items;
}

}  // namespace

Checked<ir::Network> parse_json(std::string_view text, const std::string& file,
                                const std::filesystem::path& folder) {
    const auto document = parse_json_document(text, file);
    if (!document) return tl::unexpected<Diagnostics>{document.error()};
    JsonContext context{file, folder};
    ir::Network network = NetworkReader{context}.run(*document);
    if (auto checked = ir::check(network); !checked) {
        const auto skipped = faulty_items(context.faults, network);
        for (Diagnostic& fault : checked.error())
            if (!skipped.contains(item_of(fault.location.where)))
                context.faults.push_back(std::move(fault));
    }
    if (!context.faults.empty()) return tl::unexpected<Diagnostics>{std::move(context.faults)};
    return network;
}

Checked<ir::Network> read_json(const std::filesystem::path& path, const JsonOptions& options) {
    const auto text = read_file(path, options.limit_bytes);
    if (!text) return tl::unexpected<Diagnostics>{Diagnostics{text.error()}};
    return parse_json(*text, path.string(), path.parent_path());
}

}  // namespace spikeloom::frontend
