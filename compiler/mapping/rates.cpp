// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/rates.hpp"

#include "support/atomic_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>

namespace spikeloom::mapping {
namespace {

constexpr std::string_view table_header = "population,neuron,rate";

/// Rows of a text without comments and trailing blanks.
class Rows {
public:
    explicit Rows(std::string_view text) : text_{text} {}

    bool next() {
        while (!text_.empty()) {
            const std::size_t end = std::min(text_.find('\n'), text_.size());
            row_                  = text_.substr(0, end);
            text_.remove_prefix(std::min(end + 1, text_.size()));
            ++line_;
            while (!row_.empty() && (row_.back() == '\r' || row_.back() == ' '))
                row_.remove_suffix(1);
            if (!row_.empty() && row_.front() != '#') return true;
        }
        return false;
    }
    [[nodiscard]] std::string_view row() const { return row_; }
    [[nodiscard]] std::string line() const { return std::to_string(line_); }

private:
    std::string_view text_, row_;
    std::size_t line_ = 0;
};

template <class Number>
bool read_number(std::string_view text, Number& number) {
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    return parsed.ec == std::errc{} && parsed.ptr == text.data() + text.size();
}

bool read_rate(std::string_view text, double& rate) {
    return read_number(text, rate) && rate >= 0 && std::isfinite(rate);
}

Result<Rates> parse_table(Rows rows, const std::string& name, const ir::Network& network) {
    std::map<std::string_view, PopulationId> populations;
    for (std::uint32_t p = 0; p < network.populations.size(); ++p)
        populations.emplace(network.populations[p].name, PopulationId{p});
    Rates rates(network.neuron_count(), 0.0);
    while (rows.next()) {
        const std::string_view row = rows.row();
        const std::size_t last     = row.rfind(',');
        const std::size_t first    = last == 0 || last == std::string_view::npos
                                         ? std::string_view::npos
                                         : row.rfind(',', last - 1);
        double rate                = 0;
        std::uint64_t neuron       = 0;
        if (first == std::string_view::npos || !read_rate(row.substr(last + 1), rate) ||
            !read_number(row.substr(first + 1, last - first - 1), neuron))
            return fault("map.rates-syntax",
                         fmt::format("'{}' is no population, neuron and rate", row),
                         {name, rows.line()});
        const auto found = populations.find(row.substr(0, first));
        if (found == populations.end())
            return fault("map.rates-population",
                         fmt::format("there is no population '{}'", row.substr(0, first)),
                         {name, rows.line()});
        if (neuron >= network.at(found->second).size())
            return fault("map.rates-neuron",
                         fmt::format("neuron {} of population '{}', which has {}", neuron,
                                     found->first, network.at(found->second).size()),
                         {name, rows.line()});
        rates[network.first_neuron(found->second).value + neuron] = rate;
    }
    return rates;
}

}  // namespace

std::uint32_t spikes_of(double rate) {
    constexpr double seconds = 10, most = 1e9;
    return static_cast<std::uint32_t>(std::clamp(std::round(rate * seconds), 1.0, most));
}

Result<Rates> parse_rates(std::string_view text, const std::string& name) {
    Rates rates;
    for (Rows rows{text}; rows.next();) {
        double rate = 0;
        if (!read_rate(rows.row(), rate))
            return fault("map.rates-syntax", fmt::format("'{}' is no rate", rows.row()),
                         {name, rows.line()});
        rates.push_back(rate);
    }
    return rates;
}

Result<Rates> parse_rates(std::string_view text, const std::string& name,
                          const ir::Network& network) {
    Rows rows{text};
    if (rows.next() && rows.row() == table_header) return parse_table(rows, name, network);
    return parse_rates(text, name);
}

Result<Rates> read_rates(const std::filesystem::path& path) {
    auto text = read_file(path);
    if (!text) return tl::unexpected{std::move(text.error())};
    return parse_rates(*text, path.string());
}

Result<Rates> read_rates(const std::filesystem::path& path, const ir::Network& network) {
    auto text = read_file(path);
    if (!text) return tl::unexpected{std::move(text.error())};
    return parse_rates(*text, path.string(), network);
}

}  // namespace spikeloom::mapping
