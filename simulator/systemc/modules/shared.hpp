// SPDX-License-Identifier: Apache-2.0
/// What the modules of one platform share: progress, the first failure, time in picoseconds.
#pragma once

#include "simulator/systemc/platform.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <systemc>
#include <vector>

namespace spikeloom::systemc {

using Picoseconds = std::int64_t;

inline Picoseconds to_ps(double seconds) {
    return std::llround(seconds * 1e12);
}
inline sc_core::sc_time sc_ps(Picoseconds ps) {
    return sc_core::sc_time::from_value(static_cast<sc_dt::uint64>(ps));
}
inline Picoseconds now_ps() {
    return static_cast<Picoseconds>(sc_core::sc_time_stamp().value());
}

/// A spike on its way between devices.
struct AerEvent {
    std::uint32_t route;
    std::uint32_t neuron;  ///< of the route
    std::uint64_t tick;    ///< of its emission
    Picoseconds at;        ///< since the first tick: emission, then arrival
};
using AerPacket = std::vector<AerEvent>;

struct Shared {
    explicit Shared(Platform& p) : platform{p}, dt{to_ps(p.dt)}, done(p.devices.size(), 0) {}

    Platform& platform;
    PlatformOutcome outcome;
    Picoseconds dt;
    std::vector<std::uint64_t> done;      ///< ticks that each device has finished
    std::uint64_t environment_known = 0;  ///< ticks whose input the environment has given
    std::map<std::uint64_t, Sight> sights;
    std::size_t loaded = 0;
    Picoseconds start  = 0;  ///< of tick 0, once all are loaded
    std::optional<Diagnostic> failure;
    sc_core::sc_event progress{"progress"};

    void advance_made() { progress.notify(sc_core::SC_ZERO_TIME); }
    /// Ends the run.
    void fail(const std::string& who, Diagnostic diagnostic) {
        if (failure) return;
        diagnostic.notes.push_back("device \"" + who + "\"");
        failure = std::move(diagnostic);
        sc_core::sc_stop();
    }
};

}  // namespace spikeloom::systemc
