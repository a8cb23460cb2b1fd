// SPDX-License-Identifier: Apache-2.0
#include "simulator/systemc/modules/device_module.hpp"

#include <cassert>
#include <string>
#include <utility>

namespace spikeloom::systemc {

DeviceModule::DeviceModule(const sc_core::sc_module_name& name, Shared& shared, std::size_t number)
    : sc_core::sc_module{name},
      shared_{shared},
      number_{number},
      node_{shared.platform.devices[number]} {
    for (const EnvironmentPort& port : shared.platform.environment_inputs)
        feels_ = feels_ || port.device == number;
    for (const EnvironmentPort& port : shared.platform.environment_outputs) {
        if (port.device != number) continue;
        shown_  = true;
        probed_ = probed_ || !port.port.variable.empty();
    }
    make_sockets();
    SC_HAS_PROCESS(DeviceModule);
    SC_THREAD(run);
    set_stack_size(std::size_t{1} << 21U);
}

void DeviceModule::make_sockets() {
    const auto& links = shared_.platform.links;
    for (std::size_t link = 0; link < links.size(); ++link) {
        if (links[link].from == number_) {
            const std::string name = "out" + std::to_string(link);
            outgoing_.push_back({link, std::make_unique<Sender>(name.c_str()), {}});
            for (std::uint32_t r = 0; r < shared_.platform.routes.size(); ++r)
                if (shared_.platform.routes[r].link == link) outgoing_.back().routes.push_back(r);
        }
        if (links[link].to != number_) continue;
        const std::string name = "in" + std::to_string(link);
        auto socket            = std::make_unique<Receiver>(name.c_str());
        socket->register_b_transport(this, &DeviceModule::b_transport);
        const auto lookahead = static_cast<std::uint64_t>(to_ps(links[link].latency) / shared_.dt);
        incoming_.push_back({link, links[link].from, lookahead, std::move(socket)});
    }
}

DeviceModule::Sender& DeviceModule::sender(std::size_t link) {
    return *std::ranges::find(outgoing_, link, &Outgoing::link)->socket;
}

DeviceModule::Receiver& DeviceModule::receiver(std::size_t link) {
    return *std::ranges::find(incoming_, link, &Incoming::link)->socket;
}

template <class T>
bool DeviceModule::ok(const Result<T>& result) {
    if (!result) shared_.fail(node_.name, result.error());
    return result.has_value();
}

/// Loads the image, then waits for the others: all begin together.
bool DeviceModule::start() {
    device_ = node_.device.get();
    if (!ok(device_->load(node_.image))) return false;
    if (++shared_.loaded == shared_.platform.devices.size()) shared_.start = now_ps();
    shared_.advance_made();
    while (shared_.loaded < shared_.platform.devices.size())
        wait(shared_.progress);
    return !shared_.failure;
}

void DeviceModule::run() {
    if (!start()) return;
    const std::uint64_t ticks = shared_.platform.ticks;
    const bool free_running   = shared_.platform.pace == Pace::real_time;
    while (tick_ < ticks && !shared_.failure) {
        std::uint64_t count = allowed();
        while (count == 0 && !shared_.failure) {
            wait(shared_.progress);
            count = allowed();
        }
        const Picoseconds due = shared_.start + static_cast<Picoseconds>(tick_) * shared_.dt;
        if (free_running && now_ps() < due) wait(sc_ps(due - now_ps()));
        if (!shared_.failure) run_ticks(count);
    }
    if (shared_.failure) return;
    auto activity = device_->activity();
    if (ok(activity)) shared_.outcome.devices[number_].activity = std::move(*activity);
    shared_.outcome.simulated =
        std::max(shared_.outcome.simulated, static_cast<double>(now_ps() - shared_.start) * 1e-12);
}

/// How many ticks may run now without knowing more of the others.
std::uint64_t DeviceModule::allowed() const {
    if (shared_.platform.pace == Pace::real_time) return 1;
    std::uint64_t end = std::min(tick_ + shared_.platform.quantum, shared_.platform.ticks);
    for (const Incoming& in : incoming_) {
        const std::uint64_t done = shared_.done[in.from];
        if (done < shared_.platform.ticks) end = std::min(end, done + 1 + in.lookahead);
    }
    if (feels_) end = std::min(end, shared_.environment_known);
    if (probed_) end = std::min(end, tick_ + 1);
    return end > tick_ ? end - tick_ : 0;
}

std::vector<runtime::InputEvent> DeviceModule::take_input(std::uint64_t end) {
    std::vector<runtime::InputEvent> events;
    for (; next_ < node_.input.size() && node_.input[next_].tick.value < end; ++next_)
        events.push_back(node_.input[next_]);
    for (auto it = inbox_.begin(); it != inbox_.end() && it->first < end; it = inbox_.erase(it))
        events.insert(events.end(), it->second.begin(), it->second.end());
    std::ranges::stable_sort(events, {}, [](const runtime::InputEvent& e) { return e.tick; });
    return events;
}

void DeviceModule::run_ticks(std::uint64_t count) {
    DeviceOutcome& outcome  = shared_.outcome.devices[number_];
    const Picoseconds began = now_ps();
    const auto input        = take_input(tick_ + count);
    if (!ok(device_->push(input)) || !ok(device_->advance(count))) return;
    const auto spikes = device_->drain();
    if (!ok(spikes)) return;
    ++outcome.calls;
    const Picoseconds finished = finish_time(count, began);
    const bool lockstep        = shared_.platform.pace == Pace::lockstep;
    if (!lockstep) wait_until(finished);
    outcome.spikes.insert(outcome.spikes.end(), spikes->begin(), spikes->end());
    if (shown_) show(*spikes, count);
    if (shared_.failure) return;
    emit(*spikes, finished);
    tick_ += count;
    shared_.done[number_] = tick_;
    shared_.advance_made();
    // In lockstep the others go by the ticks that are done, not by when: each keeps its own time.
    if (lockstep)
        wait_until(std::max(finished, began + static_cast<Picoseconds>(count) * shared_.dt));
}

void DeviceModule::wait_until(Picoseconds moment) {
    if (moment > now_ps()) wait(sc_ps(moment - now_ps()));
}

/// When the device is done with the ticks. Devices behind a simulated line have taken their time
/// already.
Picoseconds DeviceModule::finish_time(std::uint64_t count, Picoseconds began) {
    DeviceOutcome& outcome = shared_.outcome.devices[number_];
    const auto times       = device_->take_tick_times();
    outcome.tick_times.insert(outcome.tick_times.end(), times.begin(), times.end());
    std::uint64_t clocks = 0;
    for (const runtime::TickTime& time : times)
        clocks += time.clocks;
    Picoseconds busy = now_ps() - began;
    if (!node_.line && node_.clock_hz > 0)
        busy = std::max(busy, to_ps(static_cast<double>(clocks) / node_.clock_hz));
    const Picoseconds real = static_cast<Picoseconds>(count) * shared_.dt;
    outcome.busy += static_cast<double>(busy) * 1e-12;
    if (busy > real) ++outcome.overruns;
    return began + busy;
}

/// Sends spikes to the links. In lockstep a spike leaves at the end of its tick by the network's
/// own time, whatever the tick took; in real time when the device was done.
void DeviceModule::emit(const std::vector<runtime::SpikeEvent>& spikes, Picoseconds finished) {
    const bool lockstep = shared_.platform.pace == Pace::lockstep;
    for (Outgoing& out : outgoing_) {
        AerPacket packet;
        for (const runtime::SpikeEvent& spike : spikes) {
            const Picoseconds at = lockstep
                                       ? static_cast<Picoseconds>(spike.tick.value + 1) * shared_.dt
                                       : finished - shared_.start;
            for (const std::uint32_t r : out.routes) {
                const Route& route = shared_.platform.routes[r];
                const std::uint64_t number =
                    std::uint64_t{spike.neuron.value} - route.from_first.value;
                if (number < route.count)
                    packet.push_back({r, static_cast<std::uint32_t>(number), spike.tick.value, at});
            }
        }
        if (packet.empty()) continue;
        tlm::tlm_generic_payload payload;
        payload.set_command(tlm::TLM_WRITE_COMMAND);
        payload.set_data_ptr(reinterpret_cast<unsigned char*>(&packet));
        payload.set_data_length(static_cast<unsigned>(packet.size()));
        sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
        (*out.socket)->b_transport(payload, delay);
        assert(payload.get_response_status() == tlm::TLM_OK_RESPONSE);
    }
}

void DeviceModule::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& /*delay*/) {
    for (const AerEvent& event : *reinterpret_cast<const AerPacket*>(payload.get_data_ptr()))
        receive(event);
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
}

/// Puts a spike into the tick in which it can be played.
void DeviceModule::receive(const AerEvent& event) {
    const Route& route          = shared_.platform.routes[event.route];
    LinkOutcome& outcome        = shared_.outcome.links[route.link];
    const std::uint64_t in_time = event.tick + 1;
    const auto arrived = static_cast<std::uint64_t>((event.at + shared_.dt - 1) / shared_.dt);
    const std::uint64_t earliest = std::max({in_time, arrived, tick_});
    const std::uint64_t late     = earliest - in_time;
    const Picoseconds emitted    = static_cast<Picoseconds>(in_time) * shared_.dt;
    ++outcome.spikes;
    outcome.longest = std::max(outcome.longest, static_cast<double>(event.at - emitted) * 1e-12);
    if (late > 0) ++outcome.late;
    if (late > 0 && shared_.platform.drop_late && shared_.platform.pace == Pace::real_time) {
        ++outcome.dropped;
        return;
    }
    if (outcome.ticks_late.size() <= late) outcome.ticks_late.resize(late + 1, 0);
    ++outcome.ticks_late[late];
    inbox_[earliest].push_back(
        {Tick{earliest}, NeuronId{route.to_first.value + event.neuron}, 1.0});
}

void DeviceModule::stimulate(std::uint64_t tick, const runtime::InputEvent& event) {
    const std::uint64_t at = std::max(tick, tick_);
    inbox_[at].push_back({Tick{at}, event.source, event.value});
}

/// Tells the environment what the ticks [tick_, tick_ + count) brought.
void DeviceModule::show(const std::vector<runtime::SpikeEvent>& spikes, std::uint64_t count) {
    for (const EnvironmentPort& port : shared_.platform.environment_outputs) {
        if (port.device != number_) continue;
        for (std::uint64_t t = tick_; t < tick_ + count; ++t)
            shared_.sights[t].tick = t;
        if (!port.port.variable.empty()) {
            const auto values = device_->probe(port.port.variable);
            if (!ok(values)) return;
            const auto first = values->begin() + static_cast<std::ptrdiff_t>(port.first.value);
            double scale     = 1;
            for (const hw::PopulationSymbol& symbol : node_.image.populations)
                if (symbol.name == port.port.population &&
                    symbol.unit_scale.contains(port.port.variable))
                    scale = symbol.unit_scale.at(port.port.variable);
            auto& seen = shared_.sights[tick_].values[port.port.population];
            for (auto v = first; v != first + static_cast<std::ptrdiff_t>(port.port.size); ++v)
                seen.push_back(*v * scale);
            continue;
        }
        for (std::uint64_t t = tick_; t < tick_ + count; ++t)
            (void)shared_.sights[t].spikes[port.port.population];
        for (const runtime::SpikeEvent& spike : spikes) {
            const std::uint64_t number = std::uint64_t{spike.neuron.value} - port.first.value;
            if (number < port.port.size)
                shared_.sights[spike.tick.value].spikes[port.port.population].push_back(
                    static_cast<std::uint32_t>(number));
        }
    }
}

}  // namespace spikeloom::systemc
