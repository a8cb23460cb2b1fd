// SPDX-License-Identifier: Apache-2.0
/// Reads the fields of a layer's group and says what is wrong with them; inside of this folder
/// only.
#pragma once

#include "compiler/frontend/nir/raw_graph.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace spikeloom::frontend {

struct Layer {
    const nir::RawGroup& group;
    std::string path;  ///< in the file
};

/// Each function gives nothing where the field is missing or wrong, and adds a fault then.
struct FieldReader {
    std::string file;
    Diagnostics faults;

    void complain(std::string code, std::string where, std::string message);
    std::optional<std::string> text(const Layer& at, const std::string& name);
    std::optional<std::vector<double>> numbers(const Layer& at, const std::string& name);
    std::optional<double> number(const Layer& at, const std::string& name, double low, double high);
    /// (y, x); one number stands for both.
    std::optional<std::pair<std::uint32_t, std::uint32_t>> pair(const Layer& at,
                                                                const std::string& name,
                                                                double low);
    std::optional<std::vector<std::uint64_t>> extents(const Layer& at, const std::string& name);

private:
    const nir::RawArray* array(const Layer& at, const std::string& name);
};

}  // namespace spikeloom::frontend
