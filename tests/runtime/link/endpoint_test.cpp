// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/endpoint.hpp"

#include "runtime/link/faulty_channel.hpp"
#include "support/keyed_rng.hpp"

#include <gtest/gtest.h>

#include <map>

namespace spikeloom::link {
namespace {

constexpr std::size_t plenty = 1U << 20U;

EndpointConfig device_config(std::uint32_t buffer = 1024) {
    return {.role = Role::device, .receive_buffer = buffer};
}

Bytes output_of(Endpoint& endpoint, Time now) {
    Bytes out;
    endpoint.produce(out, plenty, now);
    return out;
}

/// How many frames of each kind a stretch of line holds.
std::map<FrameKind, int> kinds_in(const Bytes& line) {
    std::map<FrameKind, int> kinds;
    FrameDecoder decoder{header_bytes, header_bytes + payload_max};
    for (const std::uint8_t byte : line)
        if (const auto body = decoder.feed(byte)) ++kinds[static_cast<FrameKind>((*body)[0])];
    return kinds;
}

void exchange(Endpoint& a, Endpoint& b, Time now) {
    for (int n = 0; n < 10; ++n) {
        b.receive(output_of(a, now), now);
        a.receive(output_of(b, now), now);
    }
}

struct OpenPair {
    explicit OpenPair(const EndpointConfig& device_side = device_config()) : device{device_side} {
        host.open(5, 0);
        exchange(host, device, 0);
        EXPECT_TRUE(host.is_open());
        EXPECT_TRUE(device.is_open());
    }
    Endpoint host{EndpointConfig{}};
    Endpoint device;
};

/// A message that tells its number.
Bytes numbered(std::uint32_t n, std::size_t size = 4) {
    Bytes message(std::max<std::size_t>(size, 4));
    for (std::size_t k = 0; k < 4; ++k)
        message[k] = static_cast<std::uint8_t>(n >> (8 * k));
    return message;
}

std::uint32_t number_of(const Bytes& message) {
    std::uint32_t n = 0;
    for (std::size_t k = 0; k < 4; ++k)
        n |= std::uint32_t{message.at(k)} << (8 * k);
    return n;
}

TEST(Endpoint, OpensWithTwoResets) {
    Endpoint host{EndpointConfig{}};
    Endpoint device{device_config()};
    EXPECT_TRUE(output_of(host, 0).empty()) << "silent before open()";
    EXPECT_TRUE(output_of(device, 0).empty());
    host.open(255, 0);
    device.receive(output_of(host, 0), 0);
    host.receive(output_of(device, 0), 0);
    EXPECT_FALSE(host.is_open());
    device.receive(output_of(host, 0), 0);
    host.receive(output_of(device, 0), 0);
    EXPECT_TRUE(host.is_open());
}

TEST(Endpoint, ResetIsSentAgainUntilAnswered) {
    Endpoint host{EndpointConfig{.retry_timeout = 100}};
    host.open(1, 0);
    EXPECT_EQ(kinds_in(output_of(host, 0))[FrameKind::reset_link], 1);
    EXPECT_TRUE(output_of(host, 99).empty());
    EXPECT_EQ(kinds_in(output_of(host, 100))[FrameKind::reset_link], 1);
    EXPECT_TRUE(output_of(host, 299).empty()) << "the timeout doubles";
    EXPECT_EQ(kinds_in(output_of(host, 300))[FrameKind::reset_link], 1);
}

TEST(Endpoint, LateCopyOfAResetDoesNoHarm) {
    Endpoint host{EndpointConfig{}};
    Endpoint device{device_config()};
    host.open(9, 0);
    device.receive(output_of(host, 0), 0);
    host.receive(output_of(device, 0), 0);
    const Bytes second_reset = output_of(host, 0);
    device.receive(second_reset, 0);
    host.receive(output_of(device, 0), 0);
    host.send(numbered(1));
    exchange(host, device, 0);
    device.receive(second_reset, 1);
    host.send(numbered(2));
    exchange(host, device, 1);
    EXPECT_EQ(number_of(device.take().value()), 1U);
    EXPECT_EQ(number_of(device.take().value()), 2U);
    EXPECT_FALSE(device.take().has_value());
    EXPECT_EQ(host.backlog(), 0U);
}

TEST(Endpoint, KeepsToTheWindow) {
    OpenPair pair{device_config(4096)};
    for (std::uint32_t n = 0; n < 40; ++n)
        pair.host.send(numbered(n));
    EXPECT_EQ(kinds_in(output_of(pair.host, 0))[FrameKind::data], 16);
    EXPECT_TRUE(output_of(pair.host, 0).empty());
}

TEST(Endpoint, KeepsToTheCredit) {
    OpenPair pair{device_config(500)};
    for (std::uint32_t n = 0; n < 4; ++n)
        pair.host.send(numbered(n, 164));  // 166 of credit each
    EXPECT_EQ(kinds_in(output_of(pair.host, 0))[FrameKind::data], 3);
    OpenPair tight{device_config(497)};
    for (std::uint32_t n = 0; n < 4; ++n)
        tight.host.send(numbered(n, 164));
    EXPECT_EQ(kinds_in(output_of(tight.host, 0))[FrameKind::data], 2);
}

TEST(Endpoint, AsksForCreditThatGotLost) {
    OpenPair pair{device_config(500)};
    for (std::uint32_t n = 0; n < 4; ++n)
        pair.host.send(numbered(n, 240));
    exchange(pair.host, pair.device, 0);
    EXPECT_EQ(pair.host.backlog(), 2U);
    EXPECT_TRUE(pair.device.take() && pair.device.take());
    EXPECT_EQ(kinds_in(output_of(pair.device, 1))[FrameKind::ack], 1)
        << "told, but lost on the way";
    EXPECT_TRUE(output_of(pair.host, 49'999).empty());
    const Bytes probe = output_of(pair.host, 50'000);
    EXPECT_EQ(kinds_in(probe)[FrameKind::data], 1);
    pair.device.receive(probe, 50'000);
    EXPECT_FALSE(pair.device.take().has_value()) << "a probe is no message";
    exchange(pair.host, pair.device, 50'000);
    EXPECT_EQ(pair.host.backlog(), 0U);
}

TEST(Endpoint, SendsAgainAtTheTimeoutAndNotBefore) {
    OpenPair pair;
    pair.host.send(numbered(1));
    (void)output_of(pair.host, 1000);
    EXPECT_EQ(pair.host.deadline(), 51'000U);
    EXPECT_TRUE(output_of(pair.host, 50'999).empty());
    EXPECT_EQ(kinds_in(output_of(pair.host, 51'000))[FrameKind::data], 1);
    EXPECT_EQ(pair.host.statistics().timeouts, 1U);
    EXPECT_EQ(pair.host.statistics().retransmitted, 1U);
    EXPECT_EQ(pair.host.deadline(), 151'000U);
}

TEST(Endpoint, GapIsRejectedOnceAndFilledAtOnce) {
    OpenPair pair;
    pair.host.send(numbered(1));
    (void)output_of(pair.host, 0);  // lost
    pair.host.send(numbered(2));
    pair.host.send(numbered(3));
    pair.device.receive(output_of(pair.host, 0), 0);
    const Bytes answer = output_of(pair.device, 0);
    EXPECT_EQ(kinds_in(answer)[FrameKind::reject], 1);
    pair.host.receive(answer, 0);
    EXPECT_EQ(kinds_in(output_of(pair.host, 0))[FrameKind::data], 3);
}

TEST(Endpoint, RepeatIsTakenOnceAndAcknowledgedAgain) {
    OpenPair pair;
    pair.host.send(numbered(1));
    const Bytes line = output_of(pair.host, 0);
    pair.device.receive(line, 0);
    (void)output_of(pair.device, 0);  // the acknowledgement is lost
    pair.device.receive(line, 0);
    EXPECT_EQ(kinds_in(output_of(pair.device, 0))[FrameKind::ack], 1);
    EXPECT_TRUE(pair.device.take().has_value());
    EXPECT_FALSE(pair.device.take().has_value());
    EXPECT_EQ(pair.device.statistics().repeats_in, 1U);
}

TEST(Endpoint, StaleAcknowledgeIsIgnored) {
    OpenPair pair;
    pair.host.send(numbered(1));
    pair.device.receive(output_of(pair.host, 0), 0);
    const Bytes first_ack = output_of(pair.device, 0);
    pair.host.receive(first_ack, 0);
    for (std::uint32_t n = 0; n < 3; ++n)
        pair.host.send(numbered(n));
    exchange(pair.host, pair.device, 0);
    EXPECT_EQ(pair.host.backlog(), 0U);
    pair.host.send(numbered(9));
    (void)output_of(pair.host, 0);
    pair.host.receive(first_ack, 0);
    EXPECT_EQ(pair.host.backlog(), 1U);
}

TEST(Endpoint, PokeIsAnsweredAndChangesNothing) {
    OpenPair pair;
    pair.host.poke();
    pair.device.receive(output_of(pair.host, 0), 0);
    pair.host.receive(output_of(pair.device, 7), 7);
    EXPECT_EQ(pair.host.last_heard(), 7U);
    EXPECT_FALSE(pair.device.take().has_value());
}

/// Sends `count` messages each way over faulty lines; checks that each comes once and in order.
void run_faulty(const FaultPlan& plan, std::uint32_t count) {
    Endpoint host{EndpointConfig{.retry_timeout = 200}};
    Endpoint device{{.role = Role::device, .receive_buffer = 700, .retry_timeout = 200}};
    FaultInjector outward{plan, 0};
    FaultInjector inward{plan, 1};
    KeyedSequence draws{plan.seed, Stream::test, 99};
    std::array<std::uint32_t, 2> sent{};
    std::array<std::uint32_t, 2> taken{};
    const std::array<Endpoint*, 2> ends{&host, &device};
    host.open(0, 0);
    for (Time now = 0; taken[0] < count || taken[1] < count; now += 10) {
        ASSERT_LT(now, Time{10'000} * count) << "no progress";
        for (std::size_t side = 0; side < 2; ++side) {
            Endpoint& end = *ends[side];
            while (host.is_open() && sent[side] < count && end.backlog() < 20)
                end.send(numbered(sent[side]++, 4 + draws.below(237)));
            Bytes line;
            (side == 0 ? outward : inward).feed(output_of(end, now), line);
            ends[1 - side]->receive(line, now);
            while (const auto message = ends[1 - side]->take())
                ASSERT_EQ(number_of(*message), taken[side]++);
        }
    }
    for (std::size_t k = 0; k < fault_kinds; ++k) {
        if (!plan.enabled[k]) continue;
        EXPECT_GE(outward.counts()[k], 1000U) << name_of(static_cast<FaultKind>(k));
        EXPECT_GE(inward.counts()[k], 1000U) << name_of(static_cast<FaultKind>(k));
    }
}

TEST(Endpoint, SurvivesAThousandFaultsOfEachKindAlone) {
    for (std::size_t k = 0; k < fault_kinds; ++k) {
        SCOPED_TRACE(name_of(static_cast<FaultKind>(k)));
        FaultPlan plan{.rate = 0.1, .seed = k, .enabled = {}};
        plan.enabled[k] = true;
        run_faulty(plan, 12'000);
    }
}

TEST(Endpoint, SurvivesAllKindsTogether) {
    run_faulty({.rate = 0.03, .seed = 77}, 20'000);
}

TEST(Endpoint, GarbageIsHarmless) {
    OpenPair pair;
    KeyedSequence draws{5, Stream::test, 1};
    Bytes garbage(100'000);
    for (auto& byte : garbage)
        byte =
            static_cast<std::uint8_t>(draws.below(8) == 0 ? 0x7D + draws.below(2) : draws.bits());
    pair.device.receive(garbage, 0);
    pair.host.receive(garbage, 0);
    pair.host.send(numbered(4));
    exchange(pair.host, pair.device, 0);
    EXPECT_EQ(number_of(pair.device.take().value()), 4U);
    EXPECT_GT(pair.device.statistics().bad_in, 100U);
}

}  // namespace
}  // namespace spikeloom::link
