// SPDX-License-Identifier: Apache-2.0
/// libFuzzer target: whatever comes over the line, a decoder gives only bodies within its bounds,
/// and an open link stays one: what is sent afterwards arrives, once.
#include "runtime/link/endpoint.hpp"

#include <cstdlib>

namespace link = spikeloom::link;

namespace {

void require(bool good) {
    if (!good) std::abort();
}

void check_decoder(std::span<const std::uint8_t> bytes) {
    link::FrameDecoder decoder{link::header_bytes, link::header_bytes + link::payload_max};
    link::FrameDecoder again{link::header_bytes, link::header_bytes + link::payload_max};
    for (const std::uint8_t byte : bytes) {
        const auto body = decoder.feed(byte);
        if (!body) continue;
        require(body->size() >= link::header_bytes);
        require(body->size() <= link::header_bytes + link::payload_max);
        link::Bytes line;
        link::append_frame(*body, line);
        std::size_t found = 0;
        for (const std::uint8_t b : line)
            if (const auto copy = again.feed(b)) {
                require(std::equal(copy->begin(), copy->end(), body->begin(), body->end()));
                ++found;
            }
        require(found == 1);
    }
}

/// Good headers around the fuzzer's bytes, so that the endpoint is reached.
link::Bytes framed(std::span<const std::uint8_t> bytes) {
    link::Bytes line;
    while (bytes.size() > link::header_bytes) {
        const std::size_t size =
            link::header_bytes + std::min<std::size_t>(bytes[0] % (link::payload_max + 1U),
                                                       bytes.size() - link::header_bytes);
        link::append_frame(bytes.subspan(0, size), line);
        bytes = bytes.subspan(size);
    }
    return line;
}

void exchange(link::Endpoint& a, link::Endpoint& b, link::Time now) {
    for (int round = 0; round < 4; ++round) {
        link::Bytes line;
        a.produce(line, 100'000, now);
        b.receive(line, now);
        line.clear();
        b.produce(line, 100'000, now);
        a.receive(line, now);
        while (b.take() || a.take()) {
        }
    }
}

/// Frames that pass the FCS may tell any lie, but a new session puts everything right.
void check_endpoint(std::span<const std::uint8_t> line) {
    link::Endpoint host{link::EndpointConfig{}};
    link::Endpoint device{{.role = link::Role::device, .receive_buffer = 600}};
    host.open(3, 0);
    exchange(host, device, 0);
    require(host.is_open() && device.is_open());
    host.send({1});
    device.send({2});
    host.receive(line, 1);
    device.receive(line, 1);
    exchange(host, device, 2);
    host.open(77, 3);
    for (link::Time now = 3; now < 4'000'000 && !host.is_open(); now += 50'000)
        exchange(host, device, now);
    require(host.is_open());
    host.send({42});
    link::Bytes out;
    host.produce(out, 100'000, 5'000'000);
    device.receive(out, 5'000'000);
    const auto arrived = device.take();
    require(arrived && *arrived == link::Bytes{42} && !device.take());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::span bytes{data, size};
    check_decoder(bytes);
    check_endpoint(bytes);
    check_endpoint(framed(bytes));
    return 0;
}
