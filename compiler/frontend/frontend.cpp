// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/frontend.hpp"

#include <cctype>
#include <fstream>

namespace spikeloom::frontend {
namespace {

constexpr std::string_view hdf5_magic = "\x89HDF\r\n\x1A\n";
constexpr std::size_t head_bytes      = 4096;

std::string head_of(const std::filesystem::path& path) {
    std::string head(head_bytes, '\0');
    std::ifstream file{path, std::ios::binary};
    file.read(head.data(), static_cast<std::streamsize>(head.size()));
    head.resize(static_cast<std::size_t>(file.gcount()));
    return head;
}

/// Whether the text, after a byte order mark and blanks, begins with '{'.
bool looks_like_json(std::string_view head) {
    if (head.starts_with("\xEF\xBB\xBF")) head.remove_prefix(3);
    const std::size_t first = head.find_first_not_of(" \t\r\n");
    return first != std::string_view::npos && head[first] == '{';
}

std::string lower_extension(const std::filesystem::path& path) {
    std::string extension = path.extension().string();
    for (char& c : extension)
        c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return extension;
}

}  // namespace

Checked<ir::Network> read_network(const std::filesystem::path& path, const ReadOptions& options) {
    std::error_code ignored;
    const auto fail = [&](std::string code, std::string message) {
        return tl::unexpected<Diagnostics>{
            {{std::move(code), std::move(message), {path.string(), ""}, {}}}};
    };
    if (!std::filesystem::exists(path, ignored)) return fail("file.open", "there is no such file");
    if (!std::filesystem::is_regular_file(path, ignored))
        return fail("file.read", "not a file that can be read");
    const std::string head      = head_of(path);
    const std::string extension = lower_extension(path);
    if (extension == ".net") return read_lava(path, options.lava);
    if (head.starts_with(hdf5_magic)) return read_nir(path, options.nir);
    if (looks_like_json(head) || extension == ".json") return read_json(path, options.json);
    if (extension == ".nir") return read_nir(path, options.nir);
    return fail("network.unknown-format",
                "neither JSON nor NIR (HDF5) by its content, nor by its extension");
}

}  // namespace spikeloom::frontend
