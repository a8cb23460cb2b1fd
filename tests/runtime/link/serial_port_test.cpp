// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/serial_port.hpp"

#include <gtest/gtest.h>

#include <array>
#include <numeric>

namespace spikeloom::link {
namespace {

/// Moves all of `bytes` from one channel to the other; what came out.
Bytes carried(ByteChannel& from, ByteChannel& to, const Bytes& bytes) {
    Bytes got;
    std::size_t sent = 0;
    std::array<std::uint8_t, 256> buffer{};
    for (int round = 0; round < 2000 && got.size() < bytes.size(); ++round) {
        const auto wrote = from.write(std::span{bytes}.subspan(sent));
        EXPECT_TRUE(wrote.has_value()) << (wrote ? "" : wrote.error().message);
        sent += wrote.value_or(0);
        const auto read = to.read(buffer);
        EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().message);
        got.insert(got.end(), buffer.begin(),
                   buffer.begin() + static_cast<std::ptrdiff_t>(read.value_or(0)));
        if (read.value_or(0) == 0) {
            EXPECT_TRUE(to.wait(1000).has_value());
        }
    }
    return got;
}

TEST(SerialPort, EveryByteCrossesAPseudoTerminal) {
    auto terminal = open_pseudo_terminal();
    ASSERT_TRUE(terminal.has_value()) << terminal.error().message;
    auto port = open_serial_port(terminal->path, {.baud = 1'000'000});
    ASSERT_TRUE(port.has_value()) << port.error().message;
    Bytes all(256 * 40);
    std::iota(all.begin(), all.end(), std::uint8_t{0});
    EXPECT_EQ(carried(**port, *terminal->channel, all), all);
    EXPECT_EQ(carried(*terminal->channel, **port, all), all);
}

TEST(SerialPort, TellsWhenTheOtherSideIsGone) {
    auto terminal = open_pseudo_terminal();
    ASSERT_TRUE(terminal.has_value());
    auto port = open_serial_port(terminal->path, {});
    ASSERT_TRUE(port.has_value());
    std::array<std::uint8_t, 16> buffer{};
    EXPECT_EQ((*port)->read(buffer).value(), 0U);
    terminal->channel.reset();
    const auto read = (*port)->read(buffer);
    ASSERT_FALSE(read.has_value());
    EXPECT_EQ(read.error().code, "link.closed");
}

TEST(SerialPort, MasterWaitsWhileNobodyHasThePortOpen) {
    auto terminal = open_pseudo_terminal();
    ASSERT_TRUE(terminal.has_value());
    { auto port = open_serial_port(terminal->path, {}); }
    std::array<std::uint8_t, 16> buffer{};
    const Time before = terminal->channel->now();
    EXPECT_EQ(terminal->channel->read(buffer).value(), 0U);
    EXPECT_TRUE(terminal->channel->wait(5000).has_value());
    EXPECT_GE(terminal->channel->now() - before, 5000U) << "must not spin";
}

TEST(SerialPortErrors, EachHasItsCode) {
    const auto code = [](const std::string& path, std::uint32_t baud) {
        const auto port = open_serial_port(path, {.baud = baud});
        return port ? "" : port.error().code;
    };
    EXPECT_EQ(code("/nowhere/tty", 115'200), "link.open");
    EXPECT_EQ(code("/dev/null", 115'200), "link.not-a-tty");
    EXPECT_EQ(code("/dev/null", 12'345), "link.baud");
    auto terminal = open_pseudo_terminal();
    ASSERT_TRUE(terminal.has_value());
    auto first = open_serial_port(terminal->path, {});
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(code(terminal->path, 115'200), "link.busy");
}

}  // namespace
}  // namespace spikeloom::link
