// SPDX-License-Identifier: Apache-2.0
#include "support/result.hpp"

namespace spikeloom {

std::string to_string(const Diagnostic& diagnostic) {
    std::string text = "error[" + diagnostic.code + "]: ";
    if (!diagnostic.location.file.empty()) text += diagnostic.location.file + ":";
    if (!diagnostic.location.where.empty()) text += diagnostic.location.where + ":";
    if (text.back() == ':' && text != "error[" + diagnostic.code + "]: ") text += ' ';
    text += diagnostic.message;
    for (const std::string& note : diagnostic.notes)
        text += "\n  note: " + note;
    return text;
}

std::string to_string(const Diagnostics& diagnostics) {
    std::string text;
    for (const Diagnostic& diagnostic : diagnostics) {
        if (!text.empty()) text += '\n';
        text += to_string(diagnostic);
    }
    return text;
}

}  // namespace spikeloom
