// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/messages.hpp"

#include "support/keyed_rng.hpp"

#include <gtest/gtest.h>

namespace spikeloom::link {
namespace {

TEST(Messages, HostBytesAsDocumented) {
    EXPECT_EQ(encode(Identify{}), (Bytes{0x10}));
    EXPECT_EQ(encode(ResetCore{3}), (Bytes{0x11, 3}));
    EXPECT_EQ(encode(Write{0x20000001, {0xAABBCCDD}}),
              (Bytes{0x12, 0x01, 0, 0, 0x20, 0xDD, 0xCC, 0xBB, 0xAA}));
    EXPECT_EQ(encode(Read{0x50000000, 0x0102}), (Bytes{0x13, 0, 0, 0, 0x50, 0x02, 0x01}));
    EXPECT_EQ(encode(Step{{{1, {}}, {2, {0x304, 7}}}}),
              (Bytes{0x14, 1, 0, 0, 0, 2, 0, 0, 2, 0x04, 0x03, 7, 0}));
    EXPECT_EQ(encode(Stamp{5, {9}}), (Bytes{0x15, 5, 0, 0, 0, 1, 9, 0}));
    EXPECT_EQ(encode(Query{}), (Bytes{0x16}));
    EXPECT_EQ(encode(Echo{{1, 2}}), (Bytes{0x17, 1, 2}));
}

TEST(Messages, DenseSourcesAreSentAsDeltas) {
    const StepRecord record{1, {10, 11, 12, 300}};
    EXPECT_EQ(encode(Step{{record}}), (Bytes{0x14, 1, 0, 1, 5, 10, 0, 0, 255, 32}));
    EXPECT_EQ(encoded_size(record), 9U);
    EXPECT_EQ(encoded_size({1, {10, 10}}), 8U) << "a repeated source needs the plain list";
    const auto back = decode_host_message(encode(Step{{record}}));
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(std::get<Step>(*back).records.at(0).sources, record.sources);
}

template <class Message>
Message round_trip_host(const Message& message) {
    const auto decoded = decode_host_message(encode(HostMessage{message}));
    EXPECT_TRUE(decoded.has_value());
    return std::get<Message>(*decoded);
}

TEST(Messages, HostMessagesComeBack) {
    EXPECT_EQ(round_trip_host(ResetCore{2}).flags, 2);
    const auto write = round_trip_host(Write{0x30000010, {1, 2, 0xFFFFFFFF}});
    EXPECT_EQ(write.address, 0x30000010U);
    EXPECT_EQ(write.words, (std::vector<std::uint32_t>{1, 2, 0xFFFFFFFF}));
    EXPECT_EQ(round_trip_host(Read{7, 16384}).count, 16384);
    const auto step = round_trip_host(Step{{{0, {65535, 3, 3}}, {9, {}}}});
    ASSERT_EQ(step.records.size(), 2U);
    EXPECT_FALSE(step.fault.has_value());
    EXPECT_EQ(step.records[0].sources, (std::vector<std::uint16_t>{65535, 3, 3}));
    EXPECT_EQ(step.records[1].advance, 9);
    EXPECT_EQ(round_trip_host(Stamp{8, {1, 2}}).sources.size(), 2U);
    EXPECT_EQ(round_trip_host(Echo{{5, 6, 7}}).bytes, (Bytes{5, 6, 7}));
}

template <class Message>
Message round_trip_device(const Message& message) {
    const auto decoded = decode_device_message(encode(DeviceMessage{message}));
    EXPECT_TRUE(decoded.has_value());
    return std::get<Message>(*decoded);
}

TEST(Messages, DeviceMessagesComeBack) {
    const auto identity =
        round_trip_device(Identity{1, 0xDEADBEEF, 8192, 4096, 1U << 22U, 4096, 16});
    EXPECT_EQ(identity.configuration, 0xDEADBEEFU);
    EXPECT_EQ(identity.synapse_words, 1U << 22U);
    EXPECT_EQ(identity.window, 16);
    EXPECT_EQ(round_trip_device(Written{5, 1}).status, 1);
    EXPECT_EQ(round_trip_device(Data{5, {1, 2}}).words.size(), 2U);
    EXPECT_EQ(round_trip_device(Spikes{5, 0, {1, 2}}).body, (Bytes{1, 2}));
    EXPECT_EQ(round_trip_device(Ran{5, 2, 77}).busy_clocks, 77U);
    Status status{1, 2, {}};
    status.counters[10] = 0x1122334455667788;
    EXPECT_EQ(round_trip_device(status).counters, status.counters);
    EXPECT_EQ(round_trip_device(Echoed{{1}}).bytes, (Bytes{1}));
    EXPECT_EQ(round_trip_device(Refused{0x14, 2}).reason, 2);
}

TEST(Messages, DeviceRefusesWithAReason) {
    const auto reason = [](const Bytes& bytes) {
        const auto decoded = decode_host_message(bytes);
        return decoded ? Refusal{} : decoded.error();
    };
    EXPECT_EQ(reason({}), Refusal::bad_length);
    EXPECT_EQ(reason({0x55}), Refusal::unknown_opcode);
    EXPECT_EQ(reason({0x10, 0}), Refusal::bad_length);
    EXPECT_EQ(reason({0x12, 0, 0, 0, 0}), Refusal::bad_length);
    EXPECT_EQ(reason({0x12, 0, 0, 0, 0, 1, 2, 3}), Refusal::bad_length);
    EXPECT_EQ(reason({0x13, 0, 0, 0, 0, 0, 0}), Refusal::bad_field);
    EXPECT_EQ(reason({0x13, 0, 0, 0, 0, 0x01, 0x40}), Refusal::bad_field);
    EXPECT_EQ(reason({0x14}), Refusal::bad_length);
    EXPECT_EQ(reason({0x15, 0, 0, 0, 0, 2, 1, 0}), Refusal::bad_length);
}

TEST(Messages, RecordsBeforeAFaultyOneAreKept) {
    const auto fault_of = [](const Bytes& bytes) {
        const auto decoded = decode_host_message(bytes);
        EXPECT_TRUE(decoded.has_value());
        return std::get<Step>(*decoded);
    };
    const Step cut = fault_of({0x14, 1, 0, 0, 0, 1, 0});
    EXPECT_EQ(cut.records.size(), 1U);
    EXPECT_EQ(cut.fault, Refusal::bad_length);
    const Step odd = fault_of({0x14, 1, 0, 9, 0});
    EXPECT_TRUE(odd.records.empty());
    EXPECT_EQ(odd.fault, Refusal::bad_field);
}

TEST(Messages, BadDeviceMessagesAreRefused) {
    for (const Bytes& bytes :
         {Bytes{}, Bytes{0x10}, Bytes{0x90, 1}, Bytes{0x92, 1, 2}, Bytes{0x93, 0, 0, 0, 0, 1},
          Bytes{0x94, 1}, Bytes{0x95, 1}, Bytes{0x96}, Bytes{0x9F, 1, 2, 3}}) {
        const auto decoded = decode_device_message(bytes);
        ASSERT_FALSE(decoded.has_value());
        EXPECT_EQ(decoded.error().code, "link.bad-message");
    }
}

TEST(Messages, RandomBytesNeverGoAstray) {
    KeyedSequence draws{3, Stream::test, 0};
    for (int n = 0; n < 20000; ++n) {
        Bytes bytes(draws.below(60));
        for (auto& byte : bytes)
            byte = static_cast<std::uint8_t>(draws.bits());
        if (!bytes.empty()) bytes[0] = static_cast<std::uint8_t>(0x10 + draws.below(8));
        if (const auto host = decode_host_message(bytes)) {
            if (const auto* step = std::get_if<Step>(&*host); step != nullptr && step->fault)
                continue;
            const auto again = decode_host_message(encode(*host));
            EXPECT_TRUE(again.has_value());
        }
        if (!bytes.empty()) bytes[0] |= 0x80;
        if (const auto device = decode_device_message(bytes)) {
            EXPECT_EQ(encode(*device), bytes);
        }
    }
}

}  // namespace
}  // namespace spikeloom::link
