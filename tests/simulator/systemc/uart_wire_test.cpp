// SPDX-License-Identifier: Apache-2.0
#include "simulator/systemc/uart_wire.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace spikeloom::systemc {
namespace {

std::vector<int> carry_all(const UartOptions& options, int bytes) {
    UartWire wire{options, 0};
    std::vector<int> got;
    for (int k = 0; k < bytes; ++k) {
        const auto byte = wire.carry(static_cast<std::uint8_t>(k * 37));
        got.push_back(byte ? *byte : -1);
    }
    return got;
}

std::uint64_t faults_of(const UartOptions& options) {
    UartWire wire{options, 0};
    for (int k = 0; k < 20'000; ++k)
        (void)wire.carry(static_cast<std::uint8_t>(k));
    return wire.statistics().damaged + wire.statistics().lost;
}

TEST(UartWire, a_quiet_line_carries_everything) {
    EXPECT_EQ(faults_of({}), 0U);
    EXPECT_DOUBLE_EQ((UartOptions{.baud = 1e6}.byte_seconds()), 10e-6);
}

TEST(UartWire, jitter_below_half_a_bit_does_no_harm) {
    // 0.03 of a bit: two edges together would have to be off by 12 standard deviations.
    EXPECT_EQ(faults_of({.jitter = 0.03}), 0U);
    EXPECT_GT(faults_of({.jitter = 0.25}), 100U);
}

TEST(UartWire, bit_errors_come_at_their_rate) {
    // A byte is hit with probability 1 - (1 - p)^10, about 10 p.
    const double share = static_cast<double>(faults_of({.bit_errors = 1e-3})) / 20'000;
    EXPECT_NEAR(share, 0.01, 0.002);
}

TEST(UartWire, same_seed_same_faults) {
    const UartOptions options{.bit_errors = 0.02, .seed = 5};
    EXPECT_EQ(carry_all(options, 500), carry_all(options, 500));
    EXPECT_NE(carry_all(options, 500), carry_all({.bit_errors = 0.02, .seed = 6}, 500));
}

}  // namespace
}  // namespace spikeloom::systemc
