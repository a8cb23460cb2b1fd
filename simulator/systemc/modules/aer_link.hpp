// SPDX-License-Identifier: Apache-2.0
/// AER link: passes packets of spikes on, later by its latency and as fast as its bandwidth.
#pragma once

#include "simulator/systemc/modules/shared.hpp"

#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <tlm>

namespace spikeloom::systemc {

/// Loosely timed: no process of its own. Spikes leave in the order of their coming, one each
/// 1 / bandwidth, and arrive `latency` after they have left.
class AerLink : public sc_core::sc_module {
public:
    tlm_utils::simple_target_socket<AerLink> in{"in"};
    tlm_utils::simple_initiator_socket<AerLink> out{"out"};

    AerLink(const sc_core::sc_module_name& name, const LinkNode& link)
        : sc_core::sc_module{name},
          latency_{to_ps(link.latency)},
          each_{link.bandwidth > 0 ? to_ps(1 / link.bandwidth) : 0} {
        in.register_b_transport(this, &AerLink::b_transport);
    }

private:
    void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
        auto& packet = *reinterpret_cast<AerPacket*>(payload.get_data_ptr());
        for (AerEvent& event : packet) {
            free_at_ = std::max(event.at, free_at_) + each_;
            event.at = (each_ > 0 ? free_at_ : event.at) + latency_;
        }
        delay += sc_ps(latency_);
        out->b_transport(payload, delay);
    }

    Picoseconds latency_;
    Picoseconds each_;
    Picoseconds free_at_ = 0;
};

}  // namespace spikeloom::systemc
