// SPDX-License-Identifier: Apache-2.0
/// HardwareImage: everything that a device needs to run a compiled network; its protobuf file form.
#pragma once

#include "support/ids.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace spikeloom::hw {

inline constexpr std::uint32_t image_format_version = 1;

/// Consecutive neurons [first, first + count) of a population on consecutive slots of one core.
struct PlacedRange {
    std::uint32_t first;
    std::uint32_t count;
    CoreId core;
    SlotId slot;
};

/// One population as the host sees it. Host-side ids (NeuronId) count through all populations of
/// the symbol table in order.
struct PopulationSymbol {
    std::string name;
    std::vector<std::uint32_t> shape;
    bool is_source                = false;  ///< takes input events; never emits
    bool is_output                = false;
    std::uint32_t pipeline_offset = 0;  ///< ticks by which spikes are late against the network file
    std::vector<PlacedRange> placed;    ///< sources: slot is the source index
    /// Rate of a `poisson` source [Hz], absent for others; drawn on the host by the keyed RNG.
    std::optional<double> poisson_rate;
    /// Factor from the target's integer variables to the network's units, by variable name ("v",
    /// "i").
    std::map<std::string, double> unit_scale;

    [[nodiscard]] std::uint32_t size() const;
};

/// What quantisation did to one parameter of one population or projection.
struct QuantisationEntry {
    std::string owner;      ///< population or projection name
    std::string parameter;  ///< "weight", "tau_mem", "v_threshold", ...
    std::uint64_t count     = 0;
    double scale            = 1;  ///< integer = network value x scale (weights, thresholds, biases)
    double max_error        = 0;  ///< largest |quantised - wanted|, in the network's units
    double rms_error        = 0;
    double max_relative     = 0;  ///< largest |error| over the largest |wanted|
    std::uint64_t saturated = 0;  ///< how many values were clipped
};

/// A named byte table in the target's own encoding.
struct Section {
    std::string name;
    std::vector<std::uint8_t> bytes;
    friend bool operator==(const Section&, const Section&) = default;
};

struct CoreTables {
    CoreId core;
    std::vector<Section> sections;
};

/// How full one resource of one core (or of the chip) is.
struct Utilisation {
    std::string resource;  ///< "neurons", "synapse words", ...
    std::optional<CoreId> core;
    std::uint64_t used  = 0;
    std::uint64_t limit = 0;
};

struct HardwareImage {
    std::string target;  ///< "emulator", "loihi", ...
    std::string chip;    ///< parameter set or configuration name
    std::uint64_t chip_hash    = 0;
    std::uint64_t network_hash = 0;
    std::string tool_version;
    std::uint64_t seed = 0;
    double dt          = 1e-3;                   ///< [s]
    std::map<std::string, std::string> options;  ///< every option that shaped the image, echoed
    std::vector<PopulationSymbol> populations;
    std::vector<CoreTables> cores;
    std::vector<Section> routing;
    std::vector<QuantisationEntry> quantisation;
    std::vector<Utilisation> utilisation;

    [[nodiscard]] const Section* find(CoreId core, std::string_view section) const;
};

/// Protobuf bytes with magic, format version and checksum. Deterministic.
std::string encode(const HardwareImage& image);

/// Errors: "image.not-an-image", "image.version", "image.truncated", "image.checksum",
/// "image.malformed" (consistent checksum, senseless content); `file` names the source in them.
Result<HardwareImage> decode(std::string_view bytes, const std::string& file);

Result<void> write_image(const HardwareImage& image, const std::filesystem::path& path);
Result<HardwareImage> read_image(const std::filesystem::path& path);

}  // namespace spikeloom::hw
