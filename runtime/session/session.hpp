// SPDX-License-Identifier: Apache-2.0
/// Session: drives one Device through a run and collects what it did.
#pragma once

#include "hw/image/image.hpp"
#include "runtime/device/device.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace spikeloom::runtime {

/// A state variable of one population, to be recorded after every tick.
struct RecordRequest {
    std::string population;
    std::string variable;  ///< "v", "i", "x", "y"; "spikes" for 0 and 1
};

/// (ticks, neurons) row-major, in the network's units where the image knows the scale.
struct Recording {
    RecordRequest request;
    std::uint64_t ticks   = 0;
    std::uint64_t neurons = 0;
    std::vector<double> values;
};

struct SessionOptions {
    std::uint64_t ticks = 0;
    std::vector<RecordRequest> records;
    std::uint64_t seed = 0;  ///< of poisson sources
    /// Learning on or off; absent: as the image says.
    std::optional<bool> plasticity;
    /// Called now and then with the number of ticks done.
    std::function<void(std::uint64_t)> progress;
};

struct SessionResult {
    std::vector<SpikeEvent> spikes;  ///< sorted by (tick, neuron)
    std::vector<TickTime> tick_times;
    std::vector<Recording> recordings;
    Activity activity;
    std::optional<Traffic> traffic;
};

/// Where each population of an image begins in the host's count of neurons.
class SymbolTable {
public:
    explicit SymbolTable(const hw::HardwareImage& image);

    /// Index into image.populations; "session.unknown-population" when there is none.
    [[nodiscard]] Result<std::size_t> find(const std::string& population) const;
    [[nodiscard]] NeuronId first(std::size_t population) const { return {first_[population]}; }
    [[nodiscard]] std::size_t population_of(NeuronId neuron) const;
    [[nodiscard]] const hw::PopulationSymbol& symbol(std::size_t population) const {
        return (*populations_)[population];
    }
    [[nodiscard]] std::size_t size() const { return populations_->size(); }
    [[nodiscard]] std::uint32_t neurons() const { return first_.back(); }

private:
    const std::vector<hw::PopulationSymbol>* populations_;
    std::vector<std::uint32_t> first_;  ///< one more than there are populations
};

/// Loads `image`, streams `input` (ticks ascending) and the spikes of poisson sources, runs
/// `options.ticks` ticks and reads everything back. Without records whole batches of ticks run at
/// once. Errors are the device's, and "session.unknown-population", "session.unknown-variable".
Result<SessionResult> run_session(Device& device, const hw::HardwareImage& image,
                                  const std::vector<InputEvent>& input,
                                  const SessionOptions& options);

}  // namespace spikeloom::runtime
