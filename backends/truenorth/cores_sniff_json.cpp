// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/cores.hpp"
#include "support/atomic_file.hpp"

#include <nlohmann/json.hpp>

namespace spikeloom::backends::truenorth {

namespace {

using Json = nlohmann::json;

/// Reads on to the first key of the outer object that tells what the file is.
struct Sniffer {
    int depth  = 0;
    bool cores = false;

    bool key(std::string& name) {
        if (depth != 1) return true;
        cores = name == "cores" || name == "axons_per_core";
        return !cores && name != "populations" && name != "format";
    }
    bool start_object(std::size_t) { return ++depth > 0; }
    bool end_object() { return --depth > 0; }
    bool start_array(std::size_t) { return ++depth > 1; }
    bool end_array() { return --depth > 0; }
    static bool null() { return true; }
    static bool boolean(bool) { return true; }
    static bool number_integer(Json::number_integer_t) { return true; }
    static bool number_unsigned(Json::number_unsigned_t) { return true; }
    static bool number_float(Json::number_float_t, const std::string&) { return true; }
    static bool string(std::string&) { return true; }
    static bool binary(Json::binary_t&) { return false; }
    static bool parse_error(std::size_t, const std::string&, const Json::exception&) {
        return false;
    }
};

}  // namespace

bool is_cores_file(const std::string& path) {
    if (!path.ends_with(".json")) return false;
    const auto text = read_file(path);
    if (!text) return false;
    Sniffer sniffer;
    (void)Json::sax_parse(text->begin(), text->end(), &sniffer);
    return sniffer.cores;
}

}  // namespace spikeloom::backends::truenorth
