// SPDX-License-Identifier: Apache-2.0
/// What each message does, what it answers, and what is refused.
#include "Vlink_large.h"
#include "Vlink_small.h"
#include "tests/rtl_link/link_bench.hpp"
#include "tests/rtl_link/messages.hpp"

#include <gtest/gtest.h>

#include <numeric>

namespace spikeloom::rtl_test {
namespace {

using link::Opcode;
using link::Refusal;

Bytes message(Opcode opcode, const Bytes& rest = {}) {
    Bytes out{static_cast<std::uint8_t>(opcode)};
    for (const std::uint8_t byte : rest)
        out.push_back(byte);
    return out;
}

template <class Model>
class Device {
public:
    explicit Device(std::uint32_t seed = 1) : bench{seed} { EXPECT_TRUE(bench.open()); }

    /// Sends and returns the first answer that is not spikes.
    Bytes ask(const Bytes& request) {
        bench.host.send(request);
        Bytes answer;
        bench.run_until(
            [&] {
                for (; answer.empty() && !bench.host.received.empty();
                     bench.host.received.pop_front()) {
                    if (bench.host.received.front()[0] == static_cast<std::uint8_t>(Opcode::spikes))
                        spikes.push_back(bench.host.received.front());
                    else
                        answer = bench.host.received.front();
                }
                return !answer.empty();
            },
            500'000);
        return answer;
    }

    LinkBench<Model> bench;
    std::vector<Bytes> spikes;
};

using SmallDevice = Device<Vlink_small>;
using LargeDevice = Device<Vlink_large>;

Bytes refused(unsigned opcode, Refusal reason) {
    return message(Opcode::refused,
                   {static_cast<std::uint8_t>(opcode), static_cast<std::uint8_t>(reason)});
}

TEST(RtlCommand, Identify) {
    LargeDevice device;
    const Bytes id = device.ask(message(Opcode::identify));
    using namespace link::layout::identity_message;
    ASSERT_EQ(id.size(), fixed_bytes);
    EXPECT_EQ(id[0], static_cast<std::uint8_t>(Opcode::identity));
    EXPECT_EQ(id[version.offset], link::protocol_version);
    EXPECT_EQ(get(id, configuration.offset, 4), 3735928559U);
    EXPECT_EQ(get(id, neurons.offset, 4), 8192U);
    EXPECT_EQ(get(id, sources.offset, 4), 4096U);
    EXPECT_EQ(get(id, synapse_words.offset, 4), 65536U);
    EXPECT_EQ(get(id, rx_bytes.offset, 2), 4096U);
    EXPECT_EQ(id[window.offset], 16);
}

TEST(RtlCommand, ResetCoreWritesTheClearRegister) {
    SmallDevice device;
    device.bench.host.send(message(Opcode::reset_core, {3}));
    ASSERT_TRUE(device.bench.run_until([&] { return !device.bench.core.writes.empty(); }, 10'000));
    EXPECT_EQ(device.bench.core.writes.front(),
              (std::pair<std::uint32_t, std::uint32_t>{
                  static_cast<std::uint32_t>(link::Register::clear), 3U}));
}

TEST(RtlCommand, WriteStopsAtAFaultAndTellsWhere) {
    SmallDevice device;
    const std::uint32_t last = CoreModel::fault_address - 3;
    const Bytes answer       = device.ask(write_message(last, {1, 2, 3, 4, 5, 6}));
    Bytes expected           = message(Opcode::written);
    put(expected, CoreModel::fault_address, 4);
    put(expected, 1, 1);
    EXPECT_EQ(answer, expected);
    EXPECT_EQ(device.bench.core.writes.size(), 3U);
    // A good write afterwards is silent: the next answer is the echo's.
    device.bench.host.send(write_message(5, {1}));
    EXPECT_EQ(device.ask(message(Opcode::echo, {9}))[0], static_cast<std::uint8_t>(Opcode::echoed));
}

TEST(RtlCommand, ReadOfAnyLengthComesInMessagesOfFiftyEightWords) {
    SmallDevice device;
    for (const unsigned count : {1U, 57U, 58U, 59U, 300U}) {
        for (std::uint32_t k = 0; k < count; ++k)
            device.bench.core.memory[0x5000'0000 + k] = 0x01000193U * (k + count);
        device.bench.host.send(read_message(0x5000'0000, count));
        std::vector<std::uint32_t> words;
        ASSERT_TRUE(device.bench.run_until(
            [&] {
                for (auto& queue = device.bench.host.received; !queue.empty(); queue.pop_front()) {
                    EXPECT_EQ(queue.front()[0], static_cast<std::uint8_t>(Opcode::data));
                    EXPECT_EQ(get(queue.front(), 1, 4), 0x5000'0000 + words.size());
                    EXPECT_TRUE(queue.front().size() == 5 + 58 * 4 || words.size() + 58 > count);
                    for (std::size_t at = 5; at < queue.front().size(); at += 4)
                        words.push_back(get(queue.front(), at, 4));
                }
                return words.size() >= count;
            },
            100'000));
        ASSERT_EQ(words.size(), count);
        for (std::uint32_t k = 0; k < count; ++k)
            EXPECT_EQ(words[k], 0x01000193U * (k + count));
    }
    EXPECT_EQ(device.ask(read_message(CoreModel::fault_address, 1)).size(), 9U);
}

TEST(RtlCommand, QueryTellsStatusTickAndAllCounters) {
    SmallDevice device;
    device.bench.core.memory[12] = 0x15;
    device.bench.core.tick       = 0x12345678;
    for (std::uint32_t k = 0; k < 22; ++k)
        device.bench.core.memory[static_cast<std::uint32_t>(link::Register::counters) + k] =
            0x10203040 + k;
    const Bytes answer = device.ask(message(Opcode::query));
    ASSERT_EQ(answer.size(), 96U);
    EXPECT_EQ(answer[1], 0x15);
    EXPECT_EQ(get(answer, 2, 4), 0x12345678U);
    for (std::uint32_t k = 0; k < 22; ++k)
        EXPECT_EQ(get(answer, 6 + 4 * k, 4), 0x10203040U + k);
}

TEST(RtlCommand, StepInjectsAndRunsAndAnswers) {
    SmallDevice device;
    device.bench.core.memory[12] = 2;
    device.bench.core.memory[36] = 0xCAFE;
    const Bytes answer =
        device.ask(step_message({{0, {7, 3}}, {2, {200}}, {1, {}}, {1, {0, 255}, true}}));
    Bytes expected = message(Opcode::ran);
    put(expected, 4, 4);
    put(expected, 2, 1);
    put(expected, 0xCAFE, 4);
    EXPECT_EQ(answer, expected);
    EXPECT_EQ(device.bench.core.injected,
              (std::vector<std::vector<std::uint32_t>>{{7, 3, 200}, {}, {}, {0, 255}}));
    ASSERT_EQ(device.spikes.size(), 2U);
    EXPECT_EQ(device.spikes[0],
              message(Opcode::spikes, {0, 0, 0, 0, 1, 0x88, 0, 0, 0, 0, 0, 0, 0, 0, 0,   0,
                                       0, 0, 0, 0, 0, 0,    0, 0, 0, 0, 0, 0, 0, 0, 0x01}))
        << "nobody said how many neurons are used: a bitmap";
}

TEST(RtlCommand, DeltaListOrBitmapByTheTenthOfTheUsedNeurons) {
    SmallDevice device;
    device.bench.host.send(
        write_message(static_cast<std::uint32_t>(link::Register::neurons_used), {30}));
    device.ask(step_message({{1, {2, 4, 29}}}));
    ASSERT_EQ(device.spikes.size(), 1U);
    EXPECT_EQ(device.spikes[0], message(Opcode::spikes, {0, 0, 0, 0, 0, 2, 1, 24}));
    device.ask(step_message({{1, {2, 4, 28, 29}}}));
    ASSERT_EQ(device.spikes.size(), 2U);
    EXPECT_EQ(device.spikes[1], message(Opcode::spikes, {1, 0, 0, 0, 1, 0x14, 0, 0, 0x30}));
}

TEST(RtlCommand, LongTicksTakeSeveralMessages) {
    LargeDevice device{5};
    device.bench.stall = 0.05;
    device.bench.host.send(
        write_message(static_cast<std::uint32_t>(link::Register::neurons_used), {8192}));
    std::mt19937 random{9};
    std::vector<std::vector<std::uint32_t>> planned;
    for (const unsigned step :
         {1U, 2U, 9U, 10U, 11U, 40U, 255U, 256U, 257U, 300U, 2000U, 8191U, 9000U}) {
        planned.emplace_back();
        for (std::uint32_t j = static_cast<std::uint32_t>(random() % std::min(step, 8191U));
             j < 8192; j += step)
            planned.back().push_back(j);
    }
    for (const double density : {0.001, 0.02, 0.09, 0.11, 0.5, 1.0}) {
        planned.emplace_back();
        for (std::uint32_t j = 0; j < 8192; ++j)
            if (std::uniform_real_distribution<>{}(random) < density) planned.back().push_back(j);
    }
    device.bench.core.rule = [&planned](std::uint32_t tick, const auto&) {
        return planned.at(tick);
    };
    Collector collector{8192};
    device.bench.host.send(step_message({{static_cast<unsigned>(planned.size()), {}}}));
    ASSERT_TRUE(device.bench.run_until(
        [&] {
            collector.take(device.bench.host.received);
            return collector.answers == 1;
        },
        2'000'000));
    EXPECT_EQ(collector.problems, 0U);
    for (std::uint32_t tick = 0; tick < planned.size(); ++tick)
        EXPECT_EQ(collector.spikes[tick], planned[tick]) << tick;
    EXPECT_GT(collector.delta_messages, 5U);
    EXPECT_GT(collector.bitmap_messages, 20U);
}

TEST(RtlCommand, Refusals) {
    SmallDevice device;
    const auto step = [](std::initializer_list<std::uint8_t> rest) {
        return message(Opcode::step, rest);
    };
    EXPECT_EQ(device.ask(Bytes{0x42, 1, 2, 3}), refused(0x42, Refusal::unknown_opcode));
    EXPECT_EQ(device.ask(Bytes{0xFF}), refused(0xFF, Refusal::unknown_opcode));
    EXPECT_EQ(device.ask(message(Opcode::identify, {1})), refused(0x10, Refusal::bad_length));
    EXPECT_EQ(device.ask(message(Opcode::reset_core)), refused(0x11, Refusal::bad_length));
    EXPECT_EQ(device.ask(message(Opcode::write, {0, 0, 0, 0})), refused(0x12, Refusal::bad_length));
    EXPECT_EQ(device.ask(message(Opcode::write, {0, 0, 0, 0, 1, 2, 3})),
              refused(0x12, Refusal::bad_length));
    EXPECT_EQ(device.ask(message(Opcode::read, {0, 0, 0, 0, 1})),
              refused(0x13, Refusal::bad_length));
    EXPECT_EQ(device.ask(read_message(0, 0)), refused(0x13, Refusal::bad_field));
    EXPECT_EQ(device.ask(read_message(0, 16385)), refused(0x13, Refusal::bad_field));
    EXPECT_EQ(device.ask(step({})), refused(0x14, Refusal::bad_length));
    EXPECT_EQ(device.ask(step({1, 0, 0})), refused(0x14, Refusal::bad_length));
    EXPECT_EQ(device.ask(step({1, 0, 2, 0})), refused(0x14, Refusal::bad_field));
    EXPECT_EQ(device.ask(step({1, 0, 0, 2, 1, 0, 2})), refused(0x14, Refusal::bad_length));
    EXPECT_EQ(device.ask(step({1, 0, 1, 2, 1})), refused(0x14, Refusal::bad_length));
    EXPECT_EQ(device.ask(message(Opcode::query, {0})), refused(0x16, Refusal::bad_length));
    EXPECT_EQ(device.ask(message(Opcode::stamp, {0, 0, 0, 0, 0})),
              refused(0x15, Refusal::wrong_mode));
    EXPECT_TRUE(device.bench.core.writes.empty());
    EXPECT_TRUE(device.bench.core.injected.empty());
    // The records before a faulty one are carried out.
    EXPECT_EQ(device.ask(step({1, 0, 0, 1, 9, 0, 1, 0, 7, 0})), refused(0x14, Refusal::bad_field));
    EXPECT_EQ(device.bench.core.injected, (std::vector<std::vector<std::uint32_t>>{{9}}));
}

TEST(RtlCommand, StampsWhenFreeRunning) {
    SmallDevice device;
    device.bench.host.send(write_message(static_cast<std::uint32_t>(link::Register::mode), {1}));
    const auto stamp = [](std::uint32_t tick, std::initializer_list<std::uint16_t> sources,
                          unsigned count) {
        Bytes out = message(Opcode::stamp);
        put(out, tick, 4);
        put(out, count, 1);
        for (const std::uint16_t source : sources)
            put(out, source, 2);
        return out;
    };
    EXPECT_EQ(device.ask(stamp(1, {1}, 2)), refused(0x15, Refusal::bad_length));
    EXPECT_EQ(device.ask(stamp(1, {1, 2}, 1)), refused(0x15, Refusal::bad_length));
    EXPECT_EQ(device.ask(step_message({{1, {}}})), refused(0x14, Refusal::wrong_mode));
    device.bench.host.send(stamp(77, {3, 4}, 2));
    device.bench.host.send(stamp(78, {}, 0));
    EXPECT_EQ(device.ask(message(Opcode::echo)), message(Opcode::echoed));
    EXPECT_EQ(device.bench.core.stamps, (std::vector<std::uint32_t>{77, 78}));
    device.bench.core.run();
    ASSERT_TRUE(
        device.bench.run_until([&] { return !device.bench.host.received.empty(); }, 10'000));
    EXPECT_EQ(device.bench.host.received.front()[0], static_cast<std::uint8_t>(Opcode::spikes));
    EXPECT_EQ(device.bench.core.injected.back(), (std::vector<std::uint32_t>{3, 4}));
}

TEST(RtlCommand, NewSessionStopsARunningStepAndMutesIt) {
    SmallDevice device{3};
    device.bench.core.rule = [](std::uint32_t, const auto&) {
        std::vector<std::uint32_t> all(256);
        std::iota(all.begin(), all.end(), 0U);
        return all;
    };
    for (unsigned wait = 0; wait < 600; wait += 7) {
        device.bench.host.send(step_message({{60'000, {}}}));
        device.bench.run(150 + wait);
        ASSERT_TRUE(device.bench.open(static_cast<std::uint8_t>(2 * wait + 1)));
        const std::size_t before = device.bench.core.injected.size();
        const Bytes answer       = device.ask(message(Opcode::echo, {1, 2}));
        EXPECT_EQ(answer, message(Opcode::echoed, {1, 2})) << wait;
        EXPECT_TRUE(device.spikes.empty()) << wait;
        EXPECT_LE(device.bench.core.injected.size(), before + 2);
    }
}

}  // namespace
}  // namespace spikeloom::rtl_test
