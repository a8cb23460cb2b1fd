// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/connection.hpp"

#include "runtime/link/loopback.hpp"

#include <gtest/gtest.h>

#include <array>

namespace spikeloom::link {
namespace {

/// A far end in the same thread: answers while the near end waits.
class EchoingChannel final : public ByteChannel {
public:
    Result<std::size_t> write(std::span<const std::uint8_t> bytes) override {
        device_.receive(bytes, now_);
        while (auto message = device_.take())
            device_.send(*std::move(message));
        return bytes.size();
    }
    Result<std::size_t> read(std::span<std::uint8_t> buffer) override {
        device_.produce(out_, buffer.size(), now_);
        const std::size_t given = std::min(buffer.size(), out_.size());
        std::copy_n(out_.begin(), given, buffer.begin());
        out_.erase(out_.begin(), out_.begin() + static_cast<std::ptrdiff_t>(given));
        return given;
    }
    Result<void> wait(Time longest) override {
        now_ += longest;
        return {};
    }
    [[nodiscard]] Time now() const override { return now_; }

private:
    Endpoint device_{{.role = Role::device}};
    Bytes out_;
    Time now_ = 0;
};

TEST(Connection, CarriesMessagesBothWays) {
    Connection connection{std::make_unique<EchoingChannel>(), {}};
    ASSERT_TRUE(connection.open(1).has_value());
    for (std::uint8_t n = 0; n < 100; ++n)
        connection.send({n});
    std::uint8_t next = 0;
    for (int round = 0; round < 1000 && next < 100; ++round) {
        ASSERT_TRUE(connection.pump().has_value());
        while (const auto message = connection.take())
            EXPECT_EQ(*message, Bytes{next++});
    }
    EXPECT_EQ(next, 100);
    const LinkStatistics statistics = connection.statistics();
    EXPECT_EQ(statistics.messages_out, 100U);
    EXPECT_EQ(statistics.messages_in, 100U);
    EXPECT_GE(statistics.bytes_out, 100U * 10);
    EXPECT_EQ(statistics.retransmitted, 0U);
}

TEST(Connection, GivesUpOnASilentDevice) {
    auto [near, far] = make_loopback();
    Connection connection{std::move(near), {}};
    const auto opened = connection.open(1);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, "link.no-answer");
    EXPECT_GT(connection.now(), 5'000'000U);
    EXPECT_LT(connection.now(), 5'100'000U);
    std::array<std::uint8_t, 4096> sent{};
    EXPECT_GT(far->read(sent).value(), 0U);
}

TEST(Connection, ReportsAClosedLine) {
    auto [near, far] = make_loopback();
    far.reset();
    Connection connection{std::move(near), {}};
    const auto opened = connection.open(1);
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().code, "link.closed");
}

TEST(Connection, LineTimeIsTenBitsAByte) {
    EXPECT_DOUBLE_EQ(line_seconds(11'520, 115'200), 1.0);
}

TEST(Loopback, HoldsNoMoreThanItsCapacity) {
    auto [a, b] = make_loopback(10);
    EXPECT_EQ(a->write(Bytes(8)).value(), 8U);
    EXPECT_EQ(a->write(Bytes(8)).value(), 2U);
    std::array<std::uint8_t, 32> buffer{};
    EXPECT_EQ(b->read(buffer).value(), 10U);
    EXPECT_EQ(b->read(buffer).value(), 0U);
}

}  // namespace
}  // namespace spikeloom::link
