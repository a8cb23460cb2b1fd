// SPDX-License-Identifier: Apache-2.0
/// The table of good and bad network files, cases.json: each case is a patch of one good file.
#pragma once

#include <nlohmann/json.hpp>

#include <fstream>
#include <string>
#include <vector>

namespace spikeloom::frontend::testing {

struct Case {
    std::string name;
    nlohmann::json document;
    bool schema_accepts;
    std::vector<std::string> faults;  ///< "code pointer"
};

inline std::vector<Case> load_cases() {
    std::ifstream file{std::string{SPIKELOOM_SOURCE_DIR} +
                       "/tests/compiler/frontend/json/cases.json"};
    const auto table = nlohmann::json::parse(file);
    std::vector<Case> cases;
    for (const auto& one : table.at("cases"))
        cases.push_back({one.at("name"), table.at("base").patch(one.at("patch")), one.at("schema"),
                         one.at("faults")});
    return cases;
}

}  // namespace spikeloom::frontend::testing
