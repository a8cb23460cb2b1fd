// SPDX-License-Identifier: Apache-2.0
/// The whole link against the reference host: frames, the reliable stream under faults, throughput.
#include "Vlink_large.h"
#include "Vlink_small.h"
#include "tests/rtl_link/link_bench.hpp"
#include "tests/rtl_link/messages.hpp"

#include <gtest/gtest.h>

namespace spikeloom::rtl_test {
namespace {

using link::FrameKind;
using link::Opcode;
using Small = LinkBench<Vlink_small>;
using Large = LinkBench<Vlink_large>;

Bytes echo(std::size_t size, std::uint32_t seed) {
    std::mt19937 random{seed};
    Bytes message{static_cast<std::uint8_t>(Opcode::echo)};
    while (message.size() < size)
        message.push_back(random() % 4 == 0 ? 0x7E - static_cast<std::uint8_t>(random() % 2)
                                            : static_cast<std::uint8_t>(random()));
    return message;
}

Bytes echoed(Bytes message) {
    message[0] = static_cast<std::uint8_t>(Opcode::echoed);
    return message;
}

TEST(RtlLink, IsSilentAndDeafBeforeTheFirstReset) {
    Small bench;
    const Bytes frame = framed(
        content_of(FrameKind::data, 0, 0, 1000, {static_cast<std::uint8_t>(Opcode::identify)}));
    bench.raw.insert(bench.raw.end(), frame.begin(), frame.end());
    bench.run(100'000);
    EXPECT_EQ(bench.host.frames_in, 0U);
    ASSERT_TRUE(bench.open());
    bench.run(10'000);
    EXPECT_TRUE(bench.host.received.empty());
}

TEST(RtlLink, EchoesMessagesOfEveryLength) {
    Small bench;
    ASSERT_TRUE(bench.open());
    for (std::size_t size = 1; size <= 240; ++size)
        bench.host.send(echo(size, static_cast<std::uint32_t>(size)));
    ASSERT_TRUE(bench.run_until([&] { return bench.host.received.size() == 240; }, 400'000));
    for (std::size_t size = 1; size <= 240; ++size)
        EXPECT_EQ(bench.host.received[size - 1],
                  echoed(echo(size, static_cast<std::uint32_t>(size))))
            << size;
    EXPECT_LE(bench.host.largest_flight, 511U);
    EXPECT_EQ(bench.host.retransmitted, 0U);
}

TEST(RtlLink, DropsAndCountsBadFrames) {
    Small bench;
    ASSERT_TRUE(bench.open());
    const Bytes good = framed(content_of(FrameKind::data, 0, 0, 1000, echo(3, 1)));
    const auto put   = [&bench](const Bytes& bytes) {
        bench.raw.insert(bench.raw.end(), bytes.begin(), bytes.end());
    };
    Bytes wrong = good;
    wrong[6] ^= 1;
    put(wrong);                                                              // FCS
    put({0x7E, 1, 2, 3, 4, 5, 6, 0x7E});                                     // too short
    put(framed(content_of(FrameKind::data, 0, 0, 1000, Bytes(241, 0x17))));  // too long
    Bytes aborted(good.begin(), good.end() - 1);
    aborted.insert(aborted.end(), {0x7D, 0x7E});
    put(aborted);
    put({0x7E, 0x7E, 0x7E});  // nothing, three times
    bench.run(3'000);
    EXPECT_TRUE(bench.host.received.empty());
    bench.host.send({static_cast<std::uint8_t>(Opcode::query)});
    ASSERT_TRUE(bench.run_until([&] { return !bench.host.received.empty(); }, 10'000));
    const Bytes& status = bench.host.received.front();
    const auto place    = link::layout::status_message::frames_dropped.offset;
    ASSERT_EQ(status.size(), place + 2);
    EXPECT_EQ(status[place] + 256 * status[place + 1], 4);
}

TEST(RtlLink, LongestFrameIsTakenOneByteMoreIsNot) {
    Small bench;
    ASSERT_TRUE(bench.open());
    bench.host.send(echo(240, 3));
    ASSERT_TRUE(bench.run_until([&] { return bench.host.received.size() == 1; }, 5'000));
    bench.host.send(echo(241, 3));
    EXPECT_FALSE(bench.run_until([&] { return bench.host.received.size() == 2; }, 50'000));
}

TEST(RtlLink, ErrorOnTheLineBreaksTheFrame) {
    Small bench;
    ASSERT_TRUE(bench.open());
    bench.host.send(echo(100, 5));
    bench.run(50);
    bench.rx_error = true;
    bench.clock();
    bench.rx_error = false;
    ASSERT_TRUE(bench.run_until([&] { return bench.host.received.size() == 1; }, 100'000));
    EXPECT_GE(bench.host.retransmitted, 1U);
    EXPECT_EQ(bench.host.received[0], echoed(echo(100, 5)));
}

TEST(RtlLink, RunningSessionIsNotRestartedByARepeatedReset) {
    Small bench;
    ASSERT_TRUE(bench.open(7));
    bench.host.send(echo(20, 1));
    ASSERT_TRUE(bench.run_until(
        [&] { return bench.host.received.size() == 1 && bench.host.idle(); }, 10'000));
    const Bytes reset = framed(content_of(FrameKind::reset_link, 8, 0, 1000));
    bench.raw.insert(bench.raw.end(), reset.begin(), reset.end());
    bench.host.send(echo(21, 2));
    ASSERT_TRUE(bench.run_until([&] { return bench.host.received.size() == 2; }, 10'000));
    EXPECT_EQ(bench.host.retransmitted, 0U);
}

TEST(RtlLink, SmallCreditOfTheHostIsKeptAndComesBackAfterALoss) {
    Small bench;
    bench.host = ReferenceHost{250};  // one long message, or a few short ones
    ASSERT_TRUE(bench.open());
    bench.to_device.set_rate(Fault::lose_frame, 0.2);
    for (std::size_t k = 0; k < 60; ++k)
        bench.host.send(echo(1 + 37 * k % 240, static_cast<std::uint32_t>(k)));
    ASSERT_TRUE(bench.run_until([&] { return bench.host.received.size() == 60; }, 3'000'000));
    for (std::size_t k = 0; k < 60; ++k)
        EXPECT_EQ(bench.host.received[k],
                  echoed(echo(1 + 37 * k % 240, static_cast<std::uint32_t>(k))));
}

TEST(RtlLink, TimeoutSendsAgainWhenTheLastFrameIsLost) {
    Small bench;
    ASSERT_TRUE(bench.open());
    bench.to_host.set_rate(Fault::lose_frame, 1.0);
    bench.host.send(echo(5, 1));
    bench.run(5'000);
    EXPECT_TRUE(bench.host.received.empty());
    bench.to_host.set_rate(Fault::lose_frame, 0.0);
    EXPECT_TRUE(bench.run_until([&] { return bench.host.received.size() == 1; }, 50'000));
}

TEST(RtlLink, NoiseBetweenFramesDoesNoHarm) {
    Small bench;
    ASSERT_TRUE(bench.open());
    std::mt19937 random{3};
    for (int k = 0; k < 20'000; ++k)
        bench.raw.push_back(static_cast<std::uint8_t>(random()));
    bench.run(25'000);
    bench.host.send(echo(50, 9));
    ASSERT_TRUE(bench.run_until([&] { return !bench.host.received.empty(); }, 100'000));
    EXPECT_EQ(bench.host.received.front(), echoed(echo(50, 9)));
}

/// Any message bytes at all, in good frames: nothing may hang the device.
TEST(RtlLink, GarbageMessagesNeverHang) {
    Large bench{11};
    ASSERT_TRUE(bench.open());
    std::mt19937 random{5};
    for (int k = 0; k < 3'000; ++k) {
        Bytes message(1 + random() % 40);
        for (auto& byte : message)
            byte = static_cast<std::uint8_t>(random());
        if (random() % 2 == 0) message[0] = static_cast<std::uint8_t>(0x10 + random() % 8);
        if (message[0] == static_cast<std::uint8_t>(Opcode::step) && message.size() > 2)
            message[2] = 0;
        if (message[0] == static_cast<std::uint8_t>(Opcode::write) && message.size() > 4)
            message[4] |= 0x10;
        bench.host.send(message);
    }
    bench.host.send(echo(8, 77));
    ASSERT_TRUE(bench.run_until(
        [&] {
            while (bench.host.received.size() > 1)
                bench.host.received.pop_front();
            return !bench.host.received.empty() &&
                   bench.host.received.back() == echoed(echo(8, 77));
        },
        40'000'000));
}

// ---- exactly once, in order, under faults ----

struct FaultCase {
    const char* name;
    Fault fault;
    double rate;
};

class RtlLinkFaults : public testing::TestWithParam<FaultCase> {};

TEST_P(RtlLinkFaults, WritesAndSpikesAreAppliedOnceAndInOrder) {
    Small bench{static_cast<std::uint32_t>(GetParam().fault) * 10 + 3};
    bench.stall     = 0.1;
    bench.core.rule = [](std::uint32_t tick, const std::vector<std::uint32_t>& sources) {
        std::vector<std::uint32_t> neurons = sources;
        for (std::uint32_t j = tick % 7; j < 256; j += 5 + tick * 31 % 200)
            neurons.push_back(j);
        std::ranges::sort(neurons);
        neurons.erase(std::unique(neurons.begin(), neurons.end()), neurons.end());
        return neurons;
    };
    ASSERT_TRUE(bench.open());
    bench.to_device.set_rate(GetParam().fault, GetParam().rate);
    bench.to_host.set_rate(GetParam().fault, GetParam().rate);

    Script script{static_cast<std::uint32_t>(GetParam().fault)};
    const auto done = [&] {
        return bench.to_device.injected(GetParam().fault) >= 1'000 &&
               bench.to_host.injected(GetParam().fault) >= 1'000;
    };
    Collector collector{256};
    std::size_t rounds = 0;
    while (!done() && rounds < 400) {
        ++rounds;
        for (int k = 0; k < 24; ++k)
            bench.host.send(script.next());
        bench.host.send(script.read_back());
        ASSERT_TRUE(bench.run_until(
            [&] {
                collector.take(bench.host.received);
                return bench.host.idle() && collector.answers == script.answers();
            },
            20'000'000))
            << "round " << rounds << ": " << collector.answers << " of " << script.answers();
    }
    EXPECT_TRUE(done()) << bench.to_device.injected(GetParam().fault) << " "
                        << bench.to_host.injected(GetParam().fault);
    EXPECT_EQ(collector.problems, 0U);
    EXPECT_EQ(bench.core.writes, script.writes);
    EXPECT_EQ(bench.core.injected, script.injected);
    ASSERT_EQ(collector.spikes.size(), script.injected.size());
    for (std::uint32_t tick = 0; tick < script.injected.size(); ++tick)
        ASSERT_EQ(collector.spikes[tick], bench.core.rule(tick, script.injected[tick])) << tick;
    EXPECT_EQ(collector.data, script.data);
    EXPECT_EQ(bench.host.broken_rules, 0U);
}

INSTANTIATE_TEST_SUITE_P(All, RtlLinkFaults,
                         testing::Values(FaultCase{"LoseByte", Fault::lose_byte, 0.003},
                                         FaultCase{"FlipBit", Fault::flip_bit, 0.003},
                                         FaultCase{"DoubleByte", Fault::double_byte, 0.003},
                                         FaultCase{"InventByte", Fault::invent_byte, 0.003},
                                         FaultCase{"SwapBytes", Fault::swap_bytes, 0.003},
                                         FaultCase{"LoseFrame", Fault::lose_frame, 0.1},
                                         FaultCase{"DoubleFrame", Fault::double_frame, 0.2},
                                         FaultCase{"SwapFrames", Fault::swap_frames, 0.1}),
                         [](const auto& one) { return one.param.name; });

// ---- speed ----

// A word waits one clock for the bus to say that it has been taken: five clocks for four bytes.
TEST(RtlLink, WritesPassAtFourBytesInFiveClocks) {
    Large bench;
    ASSERT_TRUE(bench.open());
    constexpr std::uint32_t messages = 200;
    std::uint64_t bytes              = 0;
    for (std::uint32_t k = 0; k < messages; ++k) {
        const Bytes message =
            write_message(0x2000'0000 + 58 * k, std::vector<std::uint32_t>(58, 0x01020304 + k));
        bytes += framed(content_of(FrameKind::data, 0, 0, 0, message)).size();
        bench.host.send(message);
    }
    const std::uint64_t start = bench.now;
    ASSERT_TRUE(
        bench.run_until([&] { return bench.core.writes.size() == 58 * messages; }, 200'000));
    const double clocks = static_cast<double>(bench.now - start);
    RecordProperty("clocks_per_byte", std::to_string(clocks / static_cast<double>(bytes)));
    EXPECT_LT(clocks / static_cast<double>(bytes), 1.25);
    EXPECT_EQ(bench.host.retransmitted, 0U);
}

}  // namespace
}  // namespace spikeloom::rtl_test
