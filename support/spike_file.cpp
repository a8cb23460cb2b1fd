// SPDX-License-Identifier: Apache-2.0
#include "support/spike_file.hpp"

#include "support/atomic_file.hpp"

#include <algorithm>
#include <cmath>
#include <tuple>

namespace spikeloom {
namespace {

constexpr std::size_t event_bytes        = 5;
constexpr std::uint64_t overflow_y       = 240;
constexpr std::uint64_t overflow_step_us = std::uint64_t{1} << 13;

/// One event of a recording.
struct Event {
    std::uint32_t x, y, polarity;
    std::uint64_t time_us;
};

Event event_at(std::string_view bytes, std::size_t index) {
    const auto byte = [&](std::size_t k) {
        return static_cast<std::uint32_t>(
            static_cast<unsigned char>(bytes[index * event_bytes + k]));
    };
    return {byte(0), byte(1), byte(2) >> 7, (byte(2) & 0x7F) << 16 | byte(3) << 8 | byte(4)};
}

/// Sorts by (tick, neuron) and adds up the values of equal ones.
void gather(std::vector<SpikeRows::Row>& rows) {
    std::ranges::sort(rows, {}, [](const SpikeRows::Row& r) {
        return std::tuple{r.tick, r.neuron};
    });
    std::size_t kept = 0;
    for (const SpikeRows::Row& row : rows) {
        const bool same =
            kept > 0 && rows[kept - 1].tick == row.tick && rows[kept - 1].neuron == row.neuron;
        if (same)
            rows[kept - 1].value += row.value;
        else
            rows[kept++] = row;
    }
    rows.resize(kept);
}

std::string shape_text(std::span<const std::uint64_t> shape) {
    std::string text = "[";
    for (std::size_t i = 0; i < shape.size(); ++i) {
        if (i > 0) text += ", ";
        text += std::to_string(shape[i]);
    }
    return text + "]";
}

}  // namespace

Result<SpikeRows> spikes_from_npy(const NpyArray& array, const std::string& file,
                                  const SpikePopulation& population) {
    const std::uint64_t size = population.size();
    std::uint64_t width      = 1;
    for (std::size_t d = 1; d < array.shape.size(); ++d)
        width *= array.shape[d];
    if (array.shape.size() < 2 || width != size)
        return fault("spikes.shape",
                     "the array has the shape " + shape_text(array.shape) +
                         "; the first dimension must be ticks, the others the " +
                         std::to_string(size) + " neurons of '" + population.name + "'",
                     {file, ""});
    SpikeRows spikes{{population.name}, {}};
    for (std::uint64_t k = 0; k < array.values.size(); ++k) {
        const double value = array.values[k];
        if (!std::isfinite(value))
            return fault("spikes.number",
                         "tick " + std::to_string(k / width) + ", neuron " +
                             std::to_string(k % width) + " is not a finite number",
                         {file, ""});
        if (value != 0)
            spikes.rows.push_back({k / width, 0, static_cast<std::uint32_t>(k % width), value});
    }
    return spikes;
}

Result<SpikeRows> parse_nmnist(std::string_view bytes, const std::string& file,
                               const SpikePopulation& population, double dt) {
    const std::vector<std::uint32_t>& shape = population.shape;
    if (shape.size() != 3 || shape[0] != 2)
        return fault("spikes.shape",
                     "event files need a population of shape [2, height, width]; '" +
                         population.name + "' has another",
                     {file, ""});
    if (!(dt >= 1e-6 && std::isfinite(dt)))
        return fault("spikes.dt", "events need a tick of at least 1 us", {file, ""});
    if (bytes.size() % event_bytes != 0)
        return fault(
            "spikes.truncated",
            "the file's " + std::to_string(bytes.size()) + " bytes are not events of 5 each",
            {file, ""});
    const double tick_us = std::round(dt * 1e9) / 1e3;  // 1e-3 s is 1000 us, not 1000.0000000000001
    SpikeRows spikes{{population.name}, {}};
    std::uint64_t epoch_us = 0;
    for (std::size_t k = 0; k < bytes.size() / event_bytes; ++k) {
        const Event event = event_at(bytes, k);
        if (event.y == overflow_y) {
            epoch_us += overflow_step_us;
            continue;
        }
        if (event.x >= shape[2] || event.y >= shape[1])
            return fault("spikes.neuron",
                         "pixel (" + std::to_string(event.x) + ", " + std::to_string(event.y) +
                             ") lies outside of '" + population.name + "'",
                         {file, "byte " + std::to_string(k * event_bytes)});
        const auto time = static_cast<double>(epoch_us + event.time_us);
        spikes.rows.push_back({static_cast<std::uint64_t>(time / tick_us), 0,
                               (event.polarity * shape[1] + event.y) * shape[2] + event.x, 1});
    }
    gather(spikes.rows);
    return spikes;
}

Checked<SpikeRows> read_spikes(const std::filesystem::path& path,
                               std::span<const SpikePopulation> populations, double dt) {
    const auto as_checked = [](Result<SpikeRows> result) -> Checked<SpikeRows> {
        if (result) return std::move(*result);
        return tl::unexpected<Diagnostics>{Diagnostics{result.error()}};
    };
    const std::string extension = path.extension().string();
    const bool one_only         = extension == ".npy" || extension == ".bin";
    if (populations.empty() || (one_only && populations.size() != 1))
        return as_checked(fault("spikes.populations",
                                "the network has " + std::to_string(populations.size()) +
                                    " input populations; " + extension +
                                    " files need exactly one, CSV at least one",
                                {path.string(), ""}));
    if (extension == ".npy") {
        const auto array = read_npy(path);
        if (!array) return as_checked(tl::unexpected<Diagnostic>{array.error()});
        return as_checked(spikes_from_npy(*array, path.string(), populations[0]));
    }
    if (extension == ".bin") {
        const auto bytes = read_file(path);
        if (!bytes) return as_checked(tl::unexpected<Diagnostic>{bytes.error()});
        return as_checked(parse_nmnist(*bytes, path.string(), populations[0], dt));
    }
    return read_spike_csv(path, populations);
}

}  // namespace spikeloom
