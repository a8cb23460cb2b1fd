// SPDX-License-Identifier: Apache-2.0
/// The co-simulation platform: devices, links and an environment on SystemC's clock.
///
/// A population that is cut off from its targets has a stand-in there: a source population of the
/// same size. A spike of tick t is played to the stand-in in tick t + 1, where it acts over delay d
/// in tick t + d, as within one device. A link with latency makes that a later tick.
#pragma once

#include "hw/image/image.hpp"
#include "runtime/device/device.hpp"
#include "runtime/link/byte_channel.hpp"
#include "simulator/systemc/environment.hpp"
#include "simulator/systemc/uart_wire.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spikeloom::systemc {

/// A core behind a simulated serial line: its byte interface, and the driver at the other end.
struct LinedCore {
    std::unique_ptr<link::ByteChannel> core;
    UartOptions uart;
    std::function<std::unique_ptr<runtime::Device>(std::unique_ptr<link::ByteChannel>)> drive;
};

struct DeviceNode {
    std::string name;
    hw::HardwareImage image;
    std::unique_ptr<runtime::Device> device;  ///< empty where `line` makes it
    std::optional<LinedCore> line;
    double clock_hz = 0;  ///< turns the clocks of a tick into time; 0: ticks take none
    std::vector<runtime::InputEvent> input;  ///< from outside, ticks ascending
};

/// Address-event link between two devices, one way.
struct LinkNode {
    std::size_t from = 0, to = 0;
    double latency   = 0;  ///< [s]
    double bandwidth = 0;  ///< [spikes/s]; 0: no limit
};

/// Neurons [from_first, from_first + count) of one image feed the stand-in at `to_first` of
/// another.
struct Route {
    std::size_t link = 0;
    NeuronId from_first{};
    std::uint32_t count = 0;
    NeuronId to_first{};
};

/// A population of a device that the environment sees or drives.
struct EnvironmentPort {
    Port port;
    std::size_t device = 0;
    NeuronId first{};
};

enum class Pace {
    lockstep,  ///< a tick lasts until all devices are done; nothing is ever late
    real_time  ///< tick t begins at t x dt, ready or not
};

struct Platform {
    std::uint64_t ticks   = 0;
    double dt             = 1e-3;  ///< [s]
    std::uint64_t seed    = 0;
    Pace pace             = Pace::lockstep;
    bool drop_late        = false;  ///< real time: late spikes are lost, else played a tick later
    std::uint64_t quantum = 64;     ///< ticks that a device may run ahead where links allow it
    std::vector<DeviceNode> devices;
    std::vector<LinkNode> links;
    std::vector<Route> routes;
    Environment* environment = nullptr;
    std::vector<EnvironmentPort> environment_outputs;  ///< network -> environment
    std::vector<EnvironmentPort> environment_inputs;   ///< environment -> network; one a device
};

struct DeviceOutcome {
    std::vector<runtime::SpikeEvent> spikes;
    std::vector<runtime::TickTime> tick_times;
    runtime::Activity activity;
    std::uint64_t overruns = 0;  ///< runs of ticks that took longer than real time
    double busy            = 0;  ///< [s] of simulated time spent in ticks
    std::uint64_t calls    = 0;  ///< runs of ticks without looking up, by temporal decoupling
};

struct LinkOutcome {
    std::uint64_t spikes  = 0;
    std::uint64_t late    = 0;  ///< played after the tick that a link without latency would give
    std::uint64_t dropped = 0;
    std::vector<std::uint64_t> ticks_late;  ///< [k]: spikes that came k ticks later
    double longest = 0;                     ///< [s] from emission to arrival
};

struct LineOutcome {
    std::string device;
    UartStatistics to_core, to_host;
};

struct PlatformOutcome {
    std::vector<DeviceOutcome> devices;
    std::vector<LinkOutcome> links;
    std::vector<LineOutcome> lines;
    std::map<std::string, double> environment;
    std::vector<runtime::InputEvent> environment_input;  ///< NeuronId: port number << 24 | neuron
    double simulated = 0;  ///< [s] SystemC time from the first tick to the end
};

/// Builds the modules and runs them. Once in a process: SystemC elaborates once.
/// - "cosim.second-run" on a second call, errors of the devices (location: the device's name) and
///   of the environment, "environment.action" (input for what it does not drive)
Result<PlatformOutcome> run_platform(Platform platform);

}  // namespace spikeloom::systemc
