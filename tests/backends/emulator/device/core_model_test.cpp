// SPDX-License-Identifier: Apache-2.0
/// The memory map and the device side of the message protocol, as docs/ have them.
#include "backends/emulator/core_model.hpp"

#include "backends/emulator/model_device.hpp"

#include <gtest/gtest.h>

namespace spikeloom::backends::emulator {
namespace {

using link::address_of;
using link::Region;

Limits limits(const char* chip = "emulator-sim") {
    return limits_of(hw::load_chip(chip).value()).value();
}

TEST(CoreModel, EveryRegionEndsWhereTheConfigurationSays) {
    CoreModel core{limits()};
    const auto last = [&core](Region region, std::uint32_t count) {
        EXPECT_TRUE(core.write(address_of(region, count - 1), 1)) << static_cast<int>(region);
        EXPECT_FALSE(core.write(address_of(region, count), 1)) << static_cast<int>(region);
        EXPECT_FALSE(core.read(address_of(region, count)).has_value());
    };
    last(Region::row, 2 * (8192 + 4096));
    last(Region::synapse, 4194304);
    last(Region::neuron, 2 * 8192);
    last(Region::state, 4 * 8192);
    last(Region::trace, 8192 + 4096);
    last(Region::column, 2 * 8192);
    last(Region::column_entry, 2 * 4194304);
    EXPECT_TRUE(core.write(address_of(Region::set, 8 * 4095 + 4), 1));
    EXPECT_FALSE(core.write(address_of(Region::set, 5), 1));
    EXPECT_FALSE(core.write(0xA0000000, 1));
    EXPECT_EQ(core.status() & 0x4, 0x4);
    CoreModel small{limits("emulator-up5k")};
    EXPECT_FALSE(small.write(address_of(Region::column, 0), 1));
    EXPECT_FALSE(small.write(address_of(Region::column_entry, 0), 1));
}

TEST(CoreModel, RegistersAnswerAsDocumented) {
    CoreModel core{limits()};
    EXPECT_EQ(core.read(0), 0x534C0001U);
    EXPECT_EQ(core.read(1), limits().configuration);
    EXPECT_TRUE(core.write(2, 8192));
    EXPECT_FALSE(core.write(2, 8193));
    EXPECT_EQ(core.read(2), 8192U);
    EXPECT_FALSE(core.write(3, 4097));
    EXPECT_EQ(core.status() & 0x4, 0x4);
    EXPECT_TRUE(core.write(12, 0x4));
    EXPECT_EQ(core.status(), 0);
    core.run_tick();
    EXPECT_EQ(core.read(11), 1U);
    EXPECT_TRUE(core.write(15, 1));
    EXPECT_EQ(core.read(11), 0U);
}

TEST(CoreModel, AnInputOfADelayOneSynapseArrivesInItsTick) {
    CoreModel core{limits()};
    core.write(2, 1);
    core.write(3, 1);
    core.write(address_of(Region::row, 2 * 8192 + 1), 1);
    core.write(address_of(Region::synapse, 0), (50U << 6U) | (1U << 14U));
    core.write(address_of(Region::set, 0), 0xFFFF);
    core.write(address_of(Region::set, 2), 49);
    core.inject(0);
    EXPECT_EQ(core.run_tick().size(), 1U);
    EXPECT_EQ(core.run_tick().size(), 0U);
    core.inject(1);
    EXPECT_EQ(core.status(), 0x8) << "no such source";
}

std::vector<link::DeviceMessage> answers_to(MessageServer& server, const link::Bytes& message) {
    std::deque<link::Bytes> out;
    server.accept(message, out);
    while (!server.idle())
        server.proceed(out);
    std::vector<link::DeviceMessage> answers;
    for (const auto& bytes : out)
        answers.push_back(link::decode_device_message(bytes).value());
    return answers;
}

TEST(MessageServer, ReadsInPartsAndAnswersFaults) {
    MessageServer server{limits()};
    const auto data = answers_to(server, encode(link::Read{address_of(Region::row, 4), 130}));
    ASSERT_EQ(data.size(), 3U);
    EXPECT_EQ(std::get<link::Data>(data[2]).address, address_of(Region::row, 4 + 116));
    EXPECT_EQ(std::get<link::Data>(data[2]).words.size(), 14U);
    const auto fault = answers_to(server, encode(link::Write{address_of(Region::set, 4), {1, 2}}));
    ASSERT_EQ(fault.size(), 1U);
    EXPECT_EQ(std::get<link::Written>(fault[0]).address, address_of(Region::set, 5));
    EXPECT_TRUE(
        answers_to(server, encode(link::Write{address_of(Region::set, 0), {1, 2}})).empty());
}

TEST(MessageServer, RefusedStepKeepsTheRecordsBefore) {
    MessageServer server{limits()};
    const auto refused = answers_to(server, {0x14, 3, 0, 0, 0, 1, 0, 9, 0});
    ASSERT_EQ(refused.size(), 1U);
    EXPECT_EQ(std::get<link::Refused>(refused[0]).reason, 3);
    EXPECT_EQ(server.core().tick(), 3U);
    const auto stamp = answers_to(server, encode(link::Stamp{0, {1}}));
    EXPECT_EQ(std::get<link::Refused>(stamp.at(0)).reason, 4);
    const auto unknown = answers_to(server, {0x77});
    EXPECT_EQ(std::get<link::Refused>(unknown.at(0)).opcode, 0x77);
    const auto echo = answers_to(server, encode(link::Echo{{1, 2, 3}}));
    EXPECT_EQ(std::get<link::Echoed>(echo.at(0)).bytes, (link::Bytes{1, 2, 3}));
}

}  // namespace
}  // namespace spikeloom::backends::emulator
