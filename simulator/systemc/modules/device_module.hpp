// SPDX-License-Identifier: Apache-2.0
/// A device with its input queue and its links, as one SystemC process.
#pragma once

#include "simulator/systemc/modules/shared.hpp"

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <map>
#include <memory>
#include <tlm>
#include <vector>

namespace spikeloom::systemc {

class DeviceModule : public sc_core::sc_module {
public:
    using Sender   = tlm_utils::simple_initiator_socket<DeviceModule>;
    using Receiver = tlm_utils::simple_target_socket<DeviceModule>;

    DeviceModule(const sc_core::sc_module_name& name, Shared& shared, std::size_t number);

    /// Sockets for a link that begins or ends here; bound by the platform.
    Sender& sender(std::size_t link);
    Receiver& receiver(std::size_t link);

    /// Input from the environment for `tick`, or the next tick that has not begun.
    void stimulate(std::uint64_t tick, const runtime::InputEvent& event);

private:
    struct Outgoing {
        std::size_t link;
        std::unique_ptr<Sender> socket;
        std::vector<std::uint32_t> routes;
    };
    struct Incoming {
        std::size_t link;
        std::size_t from;         ///< device
        std::uint64_t lookahead;  ///< whole ticks that the link's latency takes
        std::unique_ptr<Receiver> socket;
    };

    void make_sockets();
    void run();
    bool start();
    void run_ticks(std::uint64_t count);
    void emit(const std::vector<runtime::SpikeEvent>& spikes, Picoseconds finished);
    void show(const std::vector<runtime::SpikeEvent>& spikes, std::uint64_t count);
    [[nodiscard]] std::uint64_t allowed() const;
    std::vector<runtime::InputEvent> take_input(std::uint64_t end);
    Picoseconds finish_time(std::uint64_t count, Picoseconds began);
    void wait_until(Picoseconds moment);
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
    void receive(const AerEvent& event);
    template <class T>
    bool ok(const Result<T>& result);

    Shared& shared_;
    std::size_t number_;
    DeviceNode& node_;
    runtime::Device* device_ = nullptr;
    std::vector<Outgoing> outgoing_;
    std::vector<Incoming> incoming_;
    bool feels_         = false;  ///< the environment drives it
    bool shown_         = false;  ///< the environment sees it
    bool probed_        = false;
    std::uint64_t tick_ = 0;  ///< next to run
    std::size_t next_   = 0;  ///< of the input from outside
    std::map<std::uint64_t, std::vector<runtime::InputEvent>> inbox_;
};

}  // namespace spikeloom::systemc
