// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/hdf5_array.hpp"
#include "compiler/frontend/nir/hdf5_probe.hpp"
#include "compiler/frontend/nir/raw_array.hpp"
#include "compiler/frontend/nir/raw_parse.hpp"
#include "support/atomic_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <new>

namespace spikeloom::frontend::nir {
namespace {

using Object = hdf5::Handle<H5Oclose>;

struct Link {
    std::string name;
    H5L_type_t type;
};

extern "C" herr_t collect_link(hid_t, const char* name, const H5L_info_t* info, void* links) {
    static_cast<std::vector<Link>*>(links)->push_back({name, info->type});
    return 0;
}

/// Where the reader stands in the file.
struct Place {
    hid_t id;
    std::string path;
    std::uint32_t depth = 0;
};

class TreeReader {
public:
    TreeReader(const ReadLimits& limits, std::uint64_t file_bytes, ParsedGraph& out)
        : limits_{limits}, out_{out}, budget_{affordable(limits, file_bytes)} {}

    void read(hid_t file) {
        const Object root{H5Oopen(file, "/", H5P_DEFAULT)};
        if (!root.ok()) return complain("nir.corrupt", "/", "the root group cannot be read");
        each_member({root.get(), ""}, [&](const std::string& name, const Place& member) {
            read_root_member(name, member);
        });
        if (!out_.has_root && !is_blamed("/node"))
            complain("nir.missing", "/node",
                     "the group 'node' is missing; this is HDF5 but not a NIR graph");
    }

private:
    static std::uint64_t affordable(const ReadLimits& limits, std::uint64_t file_bytes) {
        constexpr std::uint64_t slack = 64U << 20;
        return std::min(limits.array_bytes, slack + 1100 * file_bytes);
    }

    void complain(const std::string& code, const std::string& path, const std::string& message) {
        out_.faults.push_back({code, message, {out_.graph.file, path}, {}});
    }

    [[nodiscard]] bool is_blamed(const std::string& path) const {
        return std::ranges::any_of(
            out_.faults, [&](const Diagnostic& fault) { return fault.location.where == path; });
    }

    /// Opens every member of a group in order of name and hands it to `visit`.
    template <class Visit>
    void each_member(const Place& group, const Visit& visit) {
        std::vector<Link> links;
        if (H5Literate(group.id, H5_INDEX_NAME, H5_ITER_INC, nullptr, collect_link, &links) < 0)
            complain("nir.corrupt", group.path, "the members of the group cannot be listed");
        for (const Link& link : links) {
            const std::string path = group.path + "/" + link.name;
            if (link.type != H5L_TYPE_HARD) {
                complain("nir.link", path, "a soft or external link, which is not followed");
                continue;
            }
            if (!may_go_on(path, group.depth)) return;
            const Object member{H5Oopen(group.id, link.name.c_str(), H5P_DEFAULT)};
            if (member.ok())
                visit(link.name, {member.get(), path, group.depth + 1});
            else
                complain("nir.corrupt", path, "cannot be opened");
        }
    }

    bool may_go_on(const std::string& path, std::uint32_t depth) {
        if (depth >= limits_.depth) {
            complain("nir.too-deep", path,
                     fmt::format("more than {} groups inside each other", limits_.depth));
            return false;
        }
        if (objects_ < limits_.objects) {
            ++objects_;
            return true;
        }
        if (!std::exchange(told_too_many_, true))
            complain("nir.too-large", path,
                     fmt::format("more than {} groups and datasets", limits_.objects));
        return false;
    }

    std::optional<RawArray> read_array(const Place& place) {
        if (H5Iget_type(place.id) != H5I_DATASET) {
            complain("nir.type", place.path, "a dataset is expected here");
            return std::nullopt;
        }
        auto array = hdf5::read_dataset(place.id, budget_);
        if (array) return std::move(*array);
        complain(array.error().code, place.path, array.error().message);
        return std::nullopt;
    }

    std::optional<std::string> read_text(const Place& place) {
        const auto array = read_array(place);
        if (!array) return std::nullopt;
        auto text = array->size() == 1 ? text_at(*array, 0) : std::nullopt;
        if (!text) complain("nir.type", place.path, "one text is expected here");
        return text;
    }

    void read_root_member(const std::string& name, const Place& member) {
        if (name == "node") {
            if (H5Iget_type(member.id) != H5I_GROUP)
                return complain("nir.type", member.path, "a group is expected here");
            out_.graph.root = read_node("", member);
            out_.has_root   = true;
        } else if (name == "version") {
            out_.graph.version = read_text(member);
        } else {
            read_other(name, member, out_.graph.rest);
        }
    }

    /// A dataset or a group that is not part of the format.
    void read_other(const std::string& name, const Place& member, RawGroup& owner) {
        if (H5Iget_type(member.id) == H5I_GROUP)
            owner.groups.push_back(read_group(name, member));
        else if (auto array = read_array(member))
            owner.arrays.emplace(name, std::move(*array));
    }

    RawGroup read_group(const std::string& name, const Place& place) {
        RawGroup group;
        group.name = name;
        each_member(place, [&](const std::string& child, const Place& member) {
            read_other(child, member, group);
        });
        return group;
    }

    RawNode read_node(const std::string& name, const Place& place) {
        RawNode node;
        node.name = name;
        read_type(node, place);
        each_member(place, [&](const std::string& child, const Place& member) {
            read_node_member(node, child, member);
        });
        if (node.type == "NIRGraph") require_members(place);
        return node;
    }

    void require_members(const Place& graph) {
        for (const char* name : {"edges", "nodes"})
            if (H5Lexists(graph.id, name, H5P_DEFAULT) <= 0)
                complain("nir.missing", graph.path + "/" + name, "a graph needs this");
    }

    void read_type(RawNode& node, const Place& place) {
        const std::string path = place.path + "/type";
        const Object type{H5Lexists(place.id, "type", H5P_DEFAULT) > 0
                              ? H5Oopen(place.id, "type", H5P_DEFAULT)
                              : -1};
        if (!type.ok()) return complain("nir.missing", path, "the node does not say its type");
        node.type = read_text({type.get(), path, place.depth + 1}).value_or("");
    }

    void read_node_member(RawNode& node, const std::string& name, const Place& member) {
        const bool is_graph = node.type == "NIRGraph";
        if (name == "type") return;
        if (is_graph && name == "edges") return read_edges(node, member);
        if (H5Iget_type(member.id) == H5I_DATASET) {
            if (auto array = read_array(member)) node.parameters.emplace(name, std::move(*array));
            return;
        }
        if (is_graph && name == "nodes") return read_nodes(node, member);
        if (name == "metadata")
            node.metadata = read_group(name, member);
        else
            read_other(name, member, node.rest);
    }

    void read_nodes(RawNode& graph, const Place& place) {
        each_member(place, [&](const std::string& name, const Place& member) {
            if (H5Iget_type(member.id) == H5I_GROUP)
                graph.nodes.push_back(read_node(name, member));
            else
                complain("nir.type", member.path, "a node is a group");
        });
    }

    void read_edges(RawNode& graph, const Place& place) {
        const auto array = read_array(place);
        if (!array || array->size() == 0) return;
        const bool good = array->type.kind == ElementKind::text && array->shape.size() == 2 &&
                          array->shape[1] == 2;
        if (!good)
            return complain(
                "nir.type", place.path,
                fmt::format("edges are pairs of texts, shape (E, 2), not {} of shape {}",
                            array->type.kind == ElementKind::text ? "text" : "numbers",
                            shape_text(array->shape)));
        for (std::uint64_t k = 0; k < array->size(); k += 2)
            graph.edges.emplace_back(*text_at(*array, k), *text_at(*array, k + 1));
    }

    const ReadLimits& limits_;
    ParsedGraph& out_;
    hdf5::Budget budget_;
    std::uint32_t objects_ = 0;
    bool told_too_many_    = false;
};

/// What a file is that is not HDF5, for the message.
std::string guess_format(std::string_view bytes) {
    if (bytes.empty()) return "the file is empty";
    if (bytes.starts_with("PK"))
        return "this is a zip archive; torch.save() writes such files, nir.write() does not";
    if (bytes.starts_with("\x80\x02") || bytes.starts_with("\x80\x04") ||
        bytes.starts_with("\x80\x05"))
        return "this is a Python pickle";
    if (bytes.starts_with("\x1f\x8b")) return "this is a gzip file; unpack it first";
    if (bytes.starts_with("\x93NUMPY")) return "this is a NumPy array";
    if (bytes.starts_with("{") || bytes.starts_with("[")) return "this looks like JSON";
    return "the HDF5 signature is missing";
}

/// HDF5 may start at 0, 512, 1024, 2048, ...
bool has_signature(std::string_view bytes) {
    constexpr std::string_view signature = "\x89HDF\r\n\x1a\n";
    for (std::size_t at = 0; at < bytes.size(); at = at == 0 ? 512 : 2 * at)
        if (bytes.substr(at).starts_with(signature)) return true;
    return false;
}

hdf5::File open_image(std::string_view bytes) {
    const hdf5::Properties access{H5Pcreate(H5P_FILE_ACCESS)};
    H5Pset_fapl_core(access.get(), 1U << 16, false);
    // HDF5 copies the image and does not write to it.
    H5Pset_file_image(access.get(), const_cast<char*>(bytes.data()), bytes.size());
    H5PLset_loading_state(0);
    return hdf5::File{H5Fopen(hdf5::image_name().c_str(), H5F_ACC_RDONLY, access.get())};
}

ParsedGraph read_tree(std::string_view bytes, const std::string& file, const ReadLimits& limits) {
    ParsedGraph out;
    out.graph.file = file;
    const hdf5::QuietErrors quiet;
    const hdf5::File opened = open_image(bytes);
    if (opened.ok())
        TreeReader{limits, bytes.size(), out}.read(opened.get());
    else
        out.faults.push_back(
            {"nir.corrupt", "damaged or cut off: HDF5 cannot open the file", {file, ""}, {}});
    return out;
}

/// Seconds on the processor that reading may take.
unsigned patience(std::size_t bytes) {
    return 5 + static_cast<unsigned>(bytes >> 20);
}

}  // namespace

ParsedGraph parse_partly(std::string_view bytes, const std::string& file,
                         const ReadLimits& limits) {
    ParsedGraph out;
    out.graph.file     = file;
    const auto give_up = [&](const std::string& code, const std::string& message) {
        out.faults.push_back({code, message, {file, ""}, {}});
        return std::move(out);
    };
    if (!has_signature(bytes)) return give_up("nir.not-hdf5", "not HDF5: " + guess_format(bytes));
    if (bytes.size() > limits.file_bytes)
        return give_up("nir.too-large", fmt::format("{} bytes, more than the limit of {}",
                                                    bytes.size(), limits.file_bytes));
    const std::lock_guard only_one{hdf5::library_in_use()};
    const auto verdict =
        hdf5::probe([&] { (void)read_tree(bytes, file, limits); }, patience(bytes.size()));
    if (verdict == hdf5::Verdict::crashed)
        return give_up("nir.corrupt", "damaged: the HDF5 library itself fails on this file");
    if (verdict == hdf5::Verdict::endless)
        return give_up("nir.corrupt", "damaged: the HDF5 library does not come to an end");
    try {
        return read_tree(bytes, file, limits);
    } catch (const std::bad_alloc&) {
        return give_up("nir.too-large", "there is not enough memory for this file");
    }
}

Checked<RawGraph> parse_raw(std::string_view bytes, const std::string& file,
                            const ReadLimits& limits) {
    ParsedGraph parsed = parse_partly(bytes, file, limits);
    if (!parsed.faults.empty()) return tl::unexpected{std::move(parsed.faults)};
    return std::move(parsed.graph);
}

Checked<RawGraph> read_raw(const std::filesystem::path& path, const ReadLimits& limits) {
    const auto bytes = read_file(path, limits.file_bytes);
    if (!bytes) return tl::unexpected{Diagnostics{bytes.error()}};
    return parse_raw(*bytes, path.string(), limits);
}

}  // namespace spikeloom::frontend::nir
