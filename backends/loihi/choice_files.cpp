// SPDX-License-Identifier: Apache-2.0
#include "backends/loihi/choice_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <limits>
#include <optional>
#include <string_view>

namespace spikeloom::backends::loihi {

namespace {

std::optional<std::uint32_t> number(std::string_view text) {
    std::uint32_t value = 0;
    const char* end     = text.data() + text.size();
    const auto done     = std::from_chars(text.data(), end, value);
    if (done.ec != std::errc{} || done.ptr != end) return std::nullopt;
    return value;
}

class MappingReader {
public:
    MappingReader(const std::string& file, const LegalNetwork& legal, std::uint32_t cores)
        : file_{file}, legal_{legal}, cores_{cores}, core_of_(legal.neurons, absent) {}

    Result<std::vector<std::uint32_t>> run() {
        std::ifstream in{file_};
        if (!in) return fault("loihi.mapping", "the mapping's file cannot be read", {file_, ""});
        for (std::string text; std::getline(in, text);) {
            ++line_;
            if (!text.empty() && text.back() == '\r') text.pop_back();
            if (text.empty() || (line_ == 1 && text == "population,neuron,core")) continue;
            const std::string why_not = take(text);
            if (!why_not.empty())
                return fault("loihi.mapping", why_not, {file_, fmt::format("line {}", line_)});
        }
        const auto missing = std::find(core_of_.begin(), core_of_.end(), absent);
        if (missing == core_of_.end()) return std::move(core_of_);
        const auto j             = static_cast<std::uint32_t>(missing - core_of_.begin());
        const LegalPopulation& p = legal_.populations[legal_.population_of[j]];
        return fault("loihi.mapping",
                     fmt::format("population '{}', neuron {} has no core", p.name, j - p.first),
                     {file_, ""});
    }

private:
    static constexpr std::uint32_t absent = std::numeric_limits<std::uint32_t>::max();

    /// What is wrong with the line; empty when it is taken.
    std::string take(std::string_view text) {
        const auto last = text.rfind(','), middle = text.rfind(',', last - 1);
        if (last == std::string_view::npos || last == 0 || middle == std::string_view::npos)
            return "is not 'population,neuron,core'";
        const std::string_view name = text.substr(0, middle);
        const auto neuron           = number(text.substr(middle + 1, last - middle - 1));
        const auto core             = number(text.substr(last + 1));
        const auto p                = population(name);
        if (!p) return fmt::format("there is no population '{}' of neurons", name);
        if (!neuron || *neuron >= p->count)
            return fmt::format("population '{}' has the neurons 0 to {}", name, p->count - 1);
        if (!core || *core >= cores_) return fmt::format("the cores are 0 to {}", cores_ - 1);
        std::uint32_t& place = core_of_[p->first + *neuron];
        if (place != absent)
            return fmt::format("population '{}', neuron {} has core {} already", name, *neuron,
                               place);
        place = *core;
        return {};
    }

    std::optional<LegalPopulation> population(std::string_view name) {
        if (last_ && legal_.populations[*last_].name == name) return of(*last_);
        for (std::size_t p = 0; p < legal_.populations.size(); ++p) {
            if (legal_.populations[p].name != name || legal_.populations[p].is_source) continue;
            last_ = p;
            return of(p);
        }
        return std::nullopt;
    }
    [[nodiscard]] LegalPopulation of(std::size_t p) const {
        LegalPopulation place;  // without the neurons
        place.first = legal_.populations[p].first;
        place.count = legal_.populations[p].count;
        return place;
    }

    const std::string& file_;
    const LegalNetwork& legal_;
    std::uint32_t cores_;
    std::vector<std::uint32_t> core_of_;
    std::optional<std::size_t> last_;  ///< population of the line before
    std::uint64_t line_ = 0;
};

}  // namespace

Result<std::vector<std::uint32_t>> read_mapping(const std::string& file, const LegalNetwork& legal,
                                                std::uint32_t cores) {
    return MappingReader{file, legal, cores}.run();
}

Result<std::vector<std::int8_t>> read_draws(const std::string& file) {
    std::ifstream in{file};
    std::vector<std::int8_t> draws;
    int draw = 0;
    while (in >> draw && draw >= -127 && draw <= 127)
        draws.push_back(static_cast<std::int8_t>(draw));
    if (in.eof() && !draws.empty()) return draws;
    return fault(
        "loihi.noise-stream",
        fmt::format("number {} of the draws is no whole number from -127 to 127", draws.size() + 1),
        {file, ""});
}

}  // namespace spikeloom::backends::loihi
