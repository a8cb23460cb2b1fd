// SPDX-License-Identifier: Apache-2.0
/// libFuzzer target: any bytes are a message that encodes again to the same meaning, or are
/// refused.
#include "runtime/link/messages.hpp"
#include "runtime/link/spike_list.hpp"

#include <cstdlib>

namespace link = spikeloom::link;

namespace {

void require(bool good) {
    if (!good) std::abort();
}

void check_host(std::span<const std::uint8_t> bytes) {
    const auto message = link::decode_host_message(bytes);
    if (!message) return;
    if (const auto* step = std::get_if<link::Step>(&*message)) {
        for (const auto& record : step->records)
            require(record.sources.size() <= 0xFF);
        if (step->fault) return;
    }
    // Sources may be written shorter than they came; what is written then stays.
    const link::Bytes once = encode(*message);
    const auto back        = link::decode_host_message(once);
    require(back && encode(*back) == once);
}

void check_device(std::span<const std::uint8_t> bytes) {
    const auto message = link::decode_device_message(bytes);
    if (!message) {
        require(message.error().code == "link.bad-message");
        return;
    }
    const link::Bytes again = encode(*message);
    require(std::equal(again.begin(), again.end(), bytes.begin(), bytes.end()));
}

void check_spikes(std::span<const std::uint8_t> bytes) {
    link::SpikeAssembler assembler{8192};
    std::vector<std::uint32_t> neurons;
    while (bytes.size() >= 3) {
        const std::size_t size = std::min<std::size_t>(bytes[2], bytes.size() - 3);
        const auto body        = bytes.subspan(3, size);
        if (!assembler.add({bytes[0], bytes[1], {body.begin(), body.end()}}, neurons))
            neurons.clear();
        for (const std::uint32_t neuron : neurons)
            require(neuron < 8192);
        bytes = bytes.subspan(3 + size);
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span bytes{data, std::min<std::size_t>(size, link::payload_max)};
    check_host(bytes);
    check_device(bytes);
    check_spikes({data, size});
    return 0;
}
