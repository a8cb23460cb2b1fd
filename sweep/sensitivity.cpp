// SPDX-License-Identifier: Apache-2.0
#include "sweep/sensitivity.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <set>
#include <utility>

namespace spikeloom::sweep {
namespace {

/// Numbers ascending before words in their order.
struct ValueOrder {
    bool operator()(const Value& a, const Value& b) const {
        if (a.number && b.number) return *a.number < *b.number;
        if (a.number.has_value() != b.number.has_value()) return a.number.has_value();
        return a.text < b.text;
    }
};

/// Which level each row is in, and the levels' labels.
struct Grouping {
    std::vector<std::size_t> level;
    std::vector<std::string> labels;
};

std::string label_of(const Value& value) {
    return value.number ? fmt::format("{:.4g}", *value.number) : value.text;
}

Grouping group(const std::string& setting, const std::vector<const Row*>& rows,
               std::size_t most_levels) {
    std::map<Value, std::size_t, ValueOrder> counts;
    for (const Row* row : rows)
        ++counts[row->point.settings.at(setting)];
    const std::size_t groups = std::min(counts.size(), most_levels);
    std::map<Value, std::size_t, ValueOrder> level_of;
    Grouping grouping;
    std::size_t passed = 0, distinct_left = counts.size();
    for (const auto& [value, count] : counts) {
        // A group is full when it has its share of the rows; none may be left without a value.
        const bool opens = grouping.labels.empty() ||
                           passed * groups >= grouping.labels.size() * rows.size() ||
                           groups - grouping.labels.size() >= distinct_left;
        if (opens && grouping.labels.size() < groups)
            grouping.labels.push_back(label_of(value));
        else
            grouping.labels.back() =
                grouping.labels.back().substr(0, grouping.labels.back().find(" to ")) + " to " +
                label_of(value);
        level_of[value] = grouping.labels.size() - 1;
        passed += count;
        --distinct_left;
    }
    for (const Row* row : rows)
        grouping.level.push_back(level_of.at(row->point.settings.at(setting)));
    return grouping;
}

double square(double x) {
    return x * x;
}

Sensitivity measure(const Grouping& grouping, const std::vector<double>& values) {
    Sensitivity result;
    for (const std::string& label : grouping.labels)
        result.levels.push_back({label});
    for (std::size_t k = 0; k < values.size(); ++k) {
        Level& level  = result.levels[grouping.level[k]];
        level.minimum = level.points == 0 ? values[k] : std::min(level.minimum, values[k]);
        level.maximum = level.points == 0 ? values[k] : std::max(level.maximum, values[k]);
        level.mean += values[k];
        ++level.points;
    }
    const double mean =
        std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    double between = 0, whole = 0;
    for (Level& level : result.levels) {
        level.mean /= static_cast<double>(level.points);
        between += static_cast<double>(level.points) * square(level.mean - mean);
    }
    for (const double value : values)
        whole += square(value - mean);
    // Equal values have a mean that need not equal them: what never varies is told apart first.
    const auto [least, most] = std::ranges::minmax(values);
    result.share             = most > least ? std::min(between / whole, 1.0) : 0;
    return result;
}

}  // namespace

std::vector<Sensitivity> sensitivities(const Spec& spec, const std::vector<Row>& rows,
                                       std::size_t most_levels) {
    std::vector<const Row*> good;
    for (const Row& row : rows)
        if (row.outcome.status == Status::ok) good.push_back(&row);
    std::vector<Sensitivity> result;
    if (good.empty()) return result;
    for (const Axis& axis : spec.axes) {
        const Grouping grouping = group(axis.setting, good, most_levels);
        for (std::size_t k = 0; k < spec.objectives.size(); ++k) {
            std::vector<double> values;
            for (const Row* row : good)
                values.push_back(row->outcome.objectives[k]);
            result.push_back(measure(grouping, values));
            result.back().setting   = axis.setting;
            result.back().objective = spec.objectives[k].name;
        }
    }
    return result;
}

}  // namespace spikeloom::sweep
