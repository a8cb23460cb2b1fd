// SPDX-License-Identifier: Apache-2.0
#include "support/spike_csv.hpp"

#include "support/atomic_file.hpp"
#include "support/suggest.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <unordered_map>

namespace spikeloom {
namespace {

constexpr std::string_view short_header = "tick,population,neuron";
constexpr std::string_view long_header  = "tick,population,neuron,value";
constexpr std::uint64_t tick_limit      = std::uint64_t{1} << 63;
constexpr std::size_t shown_characters  = 40;
constexpr std::size_t shortest_row      = 6;  ///< "0,a,0" and the line's end
constexpr std::uint64_t largest_file    = std::uint64_t{1} << 29;

/// What a bad field looks like in a message: short, and without control characters.
std::string shown(std::string_view field) {
    std::string text{field.substr(0, shown_characters)};
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, '?');
    if (field.size() > shown_characters) text += "...";
    return "'" + text + "'";
}

/// Gives the next line, without its end, and moves on.
std::string_view take_line(std::string_view& text) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    return line;
}

class CsvReader {
public:
    CsvReader(const std::string& file, std::span<const SpikePopulation> known)
        : file_{file}, known_{known} {
        for (const SpikePopulation& population : known)
            add_population(population.name);
    }

    Checked<SpikeRows> run(std::string_view text) {
        const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n'));
        spikes_.rows.reserve(std::min(lines, text.size() / shortest_row));
        if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
        if (!take_header(take_line(text))) return tl::unexpected<Diagnostics>{faults_};
        for (line_ = 2; !text.empty() && faults_.size() < spike_csv_most_faults; ++line_)
            take_row(take_line(text));
        if (!faults_.empty()) return tl::unexpected<Diagnostics>{std::move(faults_)};
        return std::move(spikes_);
    }

private:
    struct Field {
        std::string_view text;
        std::size_t column;  ///< counted from 1
    };
    using Fields = std::array<Field, 4>;

    bool take_header(std::string_view line) {
        has_value_ = line == long_header;
        if (has_value_ || line == short_header) return true;
        report("spikes.header", 1,
               "the first line must be 'tick,population,neuron' or "
               "'tick,population,neuron,value', not " +
                   shown(line));
        return false;
    }

    /// Number of fields found, at most one more than there is room for.
    static std::size_t split(std::string_view line, Fields& fields) {
        std::size_t count = 0, begin = 0;
        while (true) {
            const std::size_t end = line.find(',', begin);
            if (count < fields.size()) fields[count] = {line.substr(begin, end - begin), begin + 1};
            ++count;
            if (end == std::string_view::npos || count > fields.size()) return count;
            begin = end + 1;
        }
    }

    void take_row(std::string_view line) {
        Fields fields;
        if (line.empty()) return report("spikes.row", 1, "the line is empty");
        const std::size_t wanted = has_value_ ? 4 : 3;
        if (split(line, fields) != wanted)
            return report("spikes.row", 1,
                          "the row does not have the header's " + std::to_string(wanted) +
                              " fields: " + shown(line));
        const auto tick       = take_integer(fields[0], tick_limit - 1, "tick");
        const auto population = take_population(fields[1]);
        const auto neuron =
            take_integer(fields[2], std::numeric_limits<std::uint32_t>::max(), "neuron");
        const auto value = has_value_ ? take_value(fields[3]) : std::optional{1.0};
        if (!tick || !population || !neuron || !value) return;
        if (*tick < last_tick_)
            return report("spikes.unsorted", 1,
                          "tick " + std::to_string(*tick) + " comes after tick " +
                              std::to_string(last_tick_) + "; ticks must not fall");
        last_tick_ = *tick;
        if (!known_.empty() && *neuron >= known_[*population].size())
            return report("spikes.neuron", fields[2].column,
                          "neuron " + std::to_string(*neuron) + " does not exist; " +
                              shown(fields[1].text) + " has " +
                              std::to_string(known_[*population].size()));
        spikes_.rows.push_back({*tick, *population, static_cast<std::uint32_t>(*neuron), *value});
    }

    std::optional<std::uint64_t> take_integer(const Field& field, std::uint64_t maximum,
                                              const char* what) {
        std::uint64_t value = 0;
        const char* end     = field.text.data() + field.text.size();
        const auto parsed   = std::from_chars(field.text.data(), end, value);
        if (parsed.ec == std::errc{} && parsed.ptr == end && value <= maximum) return value;
        report("spikes.number", field.column,
               shown(field.text) + " is not a " + what + ", an integer from 0 to " +
                   std::to_string(maximum));
        return std::nullopt;
    }

    std::optional<double> take_value(const Field& field) {
        double value      = 0;
        const char* end   = field.text.data() + field.text.size();
        const auto parsed = std::from_chars(field.text.data(), end, value);
        if (parsed.ec == std::errc{} && parsed.ptr == end && std::isfinite(value)) return value;
        report("spikes.number", field.column, shown(field.text) + " is not a finite number");
        return std::nullopt;
    }

    std::optional<std::uint32_t> take_population(const Field& field) {
        // Rows of one population mostly follow each other.
        if (last_population_ < spikes_.populations.size() &&
            spikes_.populations[last_population_] == field.text)
            return last_population_;
        const auto found = numbers_.find(std::string{field.text});
        if (found != numbers_.end()) return last_population_ = found->second;
        if (known_.empty() && !field.text.empty())
            return last_population_ = add_population(field.text);
        report("spikes.unknown-population", field.column,
               "there is no population " + shown(field.text) + suggestion(field.text));
        return std::nullopt;
    }

    std::uint32_t add_population(std::string_view name) {
        const auto number = static_cast<std::uint32_t>(spikes_.populations.size());
        spikes_.populations.emplace_back(name);
        numbers_.emplace(name, number);
        return number;
    }

    [[nodiscard]] std::string suggestion(std::string_view name) const {
        const std::vector<std::string_view> names(spikes_.populations.begin(),
                                                  spikes_.populations.end());
        return did_you_mean(name, names);
    }

    void report(const char* code, std::size_t column, std::string message) {
        faults_.push_back({code,
                           std::move(message),
                           {file_, std::to_string(line_) + ":" + std::to_string(column)},
                           {}});
    }

    const std::string& file_;
    std::span<const SpikePopulation> known_;
    SpikeRows spikes_;
    std::unordered_map<std::string, std::uint32_t> numbers_;
    std::uint32_t last_population_ = 0;
    std::uint64_t last_tick_       = 0;
    bool has_value_                = false;
    std::size_t line_              = 1;
    Diagnostics faults_;
};

template <class T>
void append_number(std::string& text, T value) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text.append(digits.data(), end);
}

}  // namespace

std::uint64_t SpikePopulation::size() const {
    std::uint64_t product = shape.empty() ? 0 : 1;
    for (const std::uint32_t extent : shape)
        product *= extent;
    return product;
}

Checked<SpikeRows> parse_spike_csv(std::string_view text, const std::string& file,
                                   std::span<const SpikePopulation> known) {
    return CsvReader{file, known}.run(text);
}

Checked<SpikeRows> read_spike_csv(const std::filesystem::path& path,
                                  std::span<const SpikePopulation> known) {
    const auto text = read_file(path, largest_file);
    if (!text) return tl::unexpected<Diagnostics>{Diagnostics{text.error()}};
    return parse_spike_csv(*text, path.string(), known);
}

std::string format_spike_csv(const SpikeRows& spikes) {
    const bool has_value =
        std::ranges::any_of(spikes.rows, [](const SpikeRows::Row& row) { return row.value != 1; });
    std::string text{has_value ? long_header : short_header};
    text += '\n';
    for (const SpikeRows::Row& row : spikes.rows) {
        append_number(text, row.tick);
        text += ',';
        text += spikes.populations[row.population];
        text += ',';
        append_number(text, row.neuron);
        if (has_value) text += ',';
        if (has_value) append_number(text, row.value);
        text += '\n';
    }
    return text;
}

Result<void> write_spike_csv(const std::filesystem::path& path, const SpikeRows& spikes) {
    return write_file(path, format_spike_csv(spikes));
}

}  // namespace spikeloom
