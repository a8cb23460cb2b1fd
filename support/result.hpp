// SPDX-License-Identifier: Apache-2.0
/// Result<T>: a value, or a Diagnostic that says what is wrong with the user's input and where.
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace spikeloom {

/// Where in the user's input the fault is: the file, then a JSON pointer, an HDF5 path, a
/// line:column or another place inside it. Either may be empty.
struct SourceLocation {
    std::string file;
    std::string where;
};

/// One fault of the user's input, for a person to read.
struct Diagnostic {
    std::string code;     ///< stable, greppable: "map.core-axons-exceeded"
    std::string message;  ///< one sentence; says the limit and the actual value
    SourceLocation location{};
    std::vector<std::string> notes{};
};

/// Several faults found in one pass; never empty when it is an error.
using Diagnostics = std::vector<Diagnostic>;

/// Bugs are assertions, user faults are values: no exception crosses a room.
template <class T>
using Result = tl::expected<T, Diagnostic>;

/// As Result, for passes that collect every fault before they give up (front ends, checks).
template <class T>
using Checked = tl::expected<T, Diagnostics>;

/// Shorthand: `return fault("npy.truncated", "...", {path, ""});`
inline tl::unexpected<Diagnostic> fault(std::string code, std::string message,
                                        SourceLocation location        = {},
                                        std::vector<std::string> notes = {}) {
    return tl::unexpected<Diagnostic>{
        Diagnostic{std::move(code), std::move(message), std::move(location), std::move(notes)}};
}

/// "error[code]: file:where: message", then one "  note: ..." line each; no trailing newline.
std::string to_string(const Diagnostic& diagnostic);

/// The same for each diagnostic, one after the other.
std::string to_string(const Diagnostics& diagnostics);

}  // namespace spikeloom
