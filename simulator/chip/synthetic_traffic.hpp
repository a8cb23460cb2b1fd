// SPDX-License-Identifier: Apache-2.0
/// Synthetic traffic for a network without chips around it: latency and throughput against load.
#pragma once

#include "hw/spec/noc_spec.hpp"
#include "simulator/chip/noc.hpp"

#include <cstdint>

namespace spikeloom::chip {

/// Uniform random traffic: every core makes a packet in a cycle with the same probability, for a
/// core drawn evenly from all others. Packets wait in an unbounded queue in front of the core's
/// network interface; arriving packets leave the destination at once.
struct TrafficOptions {
    std::uint64_t seed    = 0;
    double packet_rate    = 0.01;    ///< packets a core and cycle, above 0 and below 1
    std::uint32_t flits   = 8;       ///< of a packet
    std::uint64_t warmup  = 1000;    ///< cycles before the measurement
    std::uint64_t measure = 10000;   ///< cycles
    std::uint64_t drain   = 100000;  ///< most cycles that late packets are waited for
};

struct TrafficResult {
    double offered_flits  = 0;     ///< flits a core and cycle, made while measuring
    double accepted_flits = 0;     ///< flits a core and cycle, delivered while measuring
    LatencyHistogram latency;      ///< cycles from a packet's making to its last flit's arrival,
                                   ///< of packets made while measuring
    std::uint64_t unfinished = 0;  ///< of these, not delivered within `drain`
    std::uint64_t cycles     = 0;  ///< from first to last
    std::uint64_t steps      = 0;  ///< cycles in which something happened
    Noc::Counts counts;
};

TrafficResult run_uniform_traffic(const hw::NocSpec& noc, const TrafficOptions& options);

}  // namespace spikeloom::chip
