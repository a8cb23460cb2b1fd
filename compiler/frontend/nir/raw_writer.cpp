// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/hdf5_array.hpp"
#include "compiler/frontend/nir/raw_array.hpp"
#include "support/atomic_file.hpp"

#include <algorithm>
#include <mutex>

namespace spikeloom::frontend::nir {
namespace {

RawArray edge_array(const std::vector<Edge>& edges) {
    RawArray array;
    array.type  = {ElementKind::text, 0};
    array.shape = {edges.size(), 2};
    for (const auto& [source, target] : edges) {
        array.texts.push_back(source);
        array.texts.push_back(target);
    }
    return array;
}

class TreeWriter {
public:
    explicit TreeWriter(const WriteOptions& options) : options_{options} {}

    /// The path of the first object that HDF5 refused.
    [[nodiscard]] const std::optional<std::string>& failure() const { return failure_; }

    void write(hid_t file, const RawGraph& graph) {
        if (graph.version) array(file, "version", make_text(*graph.version), "");
        group(file, "node", "",
              [&](hid_t id, const std::string& path) { node(id, path, graph.root); });
        members(file, graph.rest, "");
    }

private:
    void fail(const std::string& path) {
        if (!failure_) failure_ = path;
    }

    static bool is_a_name(const std::string& name) {
        return !name.empty() && name != "." && name.find('/') == std::string::npos &&
               name.find('\0') == std::string::npos;
    }

    void array(hid_t owner, const std::string& name, const RawArray& value,
               const std::string& path) {
        if (!is_a_name(name) || !hdf5::write_dataset(owner, name, value, options_))
            fail(path + "/" + name);
    }

    template <class Fill>
    void group(hid_t owner, const std::string& name, const std::string& path, const Fill& fill) {
        const std::string own_path = path + "/" + name;
        if (!is_a_name(name)) return fail(own_path);
        const hdf5::Properties links{H5Pcreate(H5P_LINK_CREATE)};
        H5Pset_char_encoding(links.get(), H5T_CSET_UTF8);
        const hdf5::Group made{
            H5Gcreate2(owner, name.c_str(), links.get(), H5P_DEFAULT, H5P_DEFAULT)};
        if (!made.ok()) return fail(own_path);
        fill(made.get(), own_path);
    }

    void members(hid_t owner, const RawGroup& value, const std::string& path) {
        for (const auto& [name, value_of_name] : value.arrays)
            array(owner, name, value_of_name, path);
        for (const RawGroup& child : value.groups)
            group(owner, child.name, path,
                  [&](hid_t id, const std::string& child_path) { members(id, child, child_path); });
    }

    void node(hid_t id, const std::string& path, const RawNode& value) {
        array(id, "type", make_text(value.type), path);
        for (const auto& [name, parameter] : value.parameters)
            array(id, name, parameter, path);
        if (value.type == "NIRGraph") graph_members(id, path, value);
        if (value.metadata)
            group(id, "metadata", path, [&](hid_t metadata, const std::string& metadata_path) {
                members(metadata, *value.metadata, metadata_path);
            });
        members(id, value.rest, path);
    }

    void graph_members(hid_t id, const std::string& path, const RawNode& value) {
        array(id, "edges", edge_array(value.edges), path);
        group(id, "nodes", path, [&](hid_t nodes, const std::string& nodes_path) {
            for (const RawNode& child : value.nodes)
                group(nodes, child.name, nodes_path,
                      [&](hid_t child_id, const std::string& child_path) {
                          node(child_id, child_path, child);
                      });
        });
    }

    const WriteOptions& options_;
    std::optional<std::string> failure_;
};

tl::unexpected<Diagnostic> write_fault(const RawGraph& graph, const std::string& path) {
    return fault("nir.write", "HDF5 cannot store this", {graph.file, path});
}

}  // namespace

Result<std::string> format_raw(const RawGraph& graph, const WriteOptions& options) {
    const std::lock_guard only_one{hdf5::library_in_use()};
    const hdf5::QuietErrors quiet;
    const hdf5::Properties access{H5Pcreate(H5P_FILE_ACCESS)};
    H5Pset_fapl_core(access.get(), 1U << 20, false);
    const hdf5::File file{
        H5Fcreate(hdf5::image_name().c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access.get())};
    if (!file.ok()) return write_fault(graph, "/");

    TreeWriter writer{options};
    writer.write(file.get(), graph);
    if (writer.failure()) return write_fault(graph, *writer.failure());

    if (H5Fflush(file.get(), H5F_SCOPE_GLOBAL) < 0) return write_fault(graph, "/");
    const ssize_t size = H5Fget_file_image(file.get(), nullptr, 0);
    if (size <= 0) return write_fault(graph, "/");
    std::string bytes(static_cast<std::size_t>(size), '\0');
    if (H5Fget_file_image(file.get(), bytes.data(), bytes.size()) != size)
        return write_fault(graph, "/");
    return bytes;
}

Result<void> write_raw(const RawGraph& graph, const std::filesystem::path& path,
                       const WriteOptions& options) {
    const auto bytes = format_raw(graph, options);
    if (!bytes) return tl::unexpected{bytes.error()};
    return write_file(path, *bytes);
}

}  // namespace spikeloom::frontend::nir
