// SPDX-License-Identifier: Apache-2.0
#include "Vuart_pair.h"

#include <gtest/gtest.h>
#include <verilated.h>

#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <vector>

namespace spikeloom::rtl_test {
namespace {

class Uart {
public:
    explicit Uart(unsigned divisor) {
        model->divisor_i = static_cast<std::uint16_t>(divisor);
        model->rx_i      = 1;
        model->rst_ni    = 0;
        clock();
        model->rst_ni = 1;
        clock();
    }

    void clock() {
        model->clk_i = 0;
        model->eval();
        if (model->rx_valid_o) received.push_back(model->rx_data_o);
        errors += model->rx_error_o;
        model->clk_i = 1;
        model->eval();
    }

    /// Puts bits on the receiver's pin; each lasts `bit` clocks, the first edge is at `phase`.
    void line(const std::vector<bool>& bits, double bit, double phase) {
        const double end = phase + bit * static_cast<double>(bits.size());
        for (double t = 0.0; t < end + 16 * bit; t += 1.0) {
            const auto k = static_cast<std::ptrdiff_t>(std::floor((t - phase) / bit));
            model->rx_i  = k < 0 || k >= static_cast<std::ptrdiff_t>(bits.size()) ||
                          bits[static_cast<std::size_t>(k)];
            clock();
        }
    }

    VerilatedContext context;  ///< outlives the model
    std::unique_ptr<Vuart_pair> model = std::make_unique<Vuart_pair>(&context);
    std::vector<std::uint8_t> received;
    unsigned errors = 0;
};

std::vector<bool> bits_of(const std::vector<std::uint8_t>& bytes) {
    std::vector<bool> bits;
    for (const unsigned byte : bytes) {
        bits.push_back(false);
        for (unsigned k = 0; k < 8; ++k)
            bits.push_back(((byte >> k) & 1U) != 0);
        bits.push_back(true);
    }
    return bits;
}

/// All transitions that matter: alternating, constant and single-bit bytes, back to back.
std::vector<std::uint8_t> pattern() {
    std::vector<std::uint8_t> bytes{0x00, 0xFF, 0x55, 0xAA, 0x80, 0x7F, 0x01, 0xFE, 0x7E, 0x7D};
    std::mt19937 random{7};
    for (int k = 0; k < 20; ++k)
        bytes.push_back(static_cast<std::uint8_t>(random()));
    return bytes;
}

bool received_well(unsigned divisor, double error, double phase) {
    Uart uart{divisor};
    uart.line(bits_of(pattern()), divisor * (1.0 + error), 3.0 + phase);
    return uart.received == pattern() && uart.errors == 0;
}

TEST(Uart, ReceiverTakesTwoPercentAtEveryDivisorAndPhase) {
    for (const unsigned divisor : {4U, 5U, 6U, 7U, 8U, 9U, 10U, 13U, 16U, 31U, 104U})
        for (const double error : {-0.02, -0.01, 0.0, 0.01, 0.02})
            for (double phase = 0.0; phase < 1.0; phase += 0.0625)
                EXPECT_TRUE(received_well(divisor, error, phase))
                    << divisor << " " << error << " " << phase;
}

TEST(Uart, ReceiverAtTheEdgeOfItsTolerance) {
    // At 4 clocks a bit the last sample lies 36 + 1 clocks after the edge, or up to one later.
    const auto holds = [](double error) {
        for (double phase = 0.0; phase < 1.0; phase += 0.03125)
            if (!received_well(4, error, phase)) return false;
        return true;
    };
    EXPECT_TRUE(holds(0.027));
    EXPECT_FALSE(holds(0.029));
    EXPECT_TRUE(holds(-0.045));
    EXPECT_FALSE(holds(-0.06));
}

TEST(Uart, FramingErrorAndBreakDropTheByteAndRecover) {
    for (const unsigned divisor : {4U, 8U, 25U}) {
        Uart uart{divisor};
        auto bits = bits_of({0x12, 0x34});
        bits[19]  = false;  // stop bit of the second
        uart.line(bits, divisor, 2.5);
        EXPECT_EQ(uart.received, std::vector<std::uint8_t>{0x12});
        EXPECT_EQ(uart.errors, 1U);
        uart.line(std::vector<bool>(200, false), divisor, 0.0);  // a break: one error, no bytes
        EXPECT_EQ(uart.received.size(), 1U);
        EXPECT_EQ(uart.errors, 2U);
        uart.line(bits_of({0x56}), divisor, 0.3);
        EXPECT_EQ(uart.received, (std::vector<std::uint8_t>{0x12, 0x56}));
        EXPECT_EQ(uart.errors, 2U);
    }
}

TEST(Uart, GlitchShorterThanHalfABitIsNoStart) {
    Uart uart{8};
    for (const int length : {1, 2, 3}) {
        for (int k = 0; k < length; ++k) {
            uart.model->rx_i = 0;
            uart.clock();
        }
        uart.model->rx_i = 1;
        for (int k = 0; k < 200; ++k)
            uart.clock();
    }
    EXPECT_TRUE(uart.received.empty());
    EXPECT_EQ(uart.errors, 0U);
    uart.line(bits_of({0xA5}), 8, 0.0);
    EXPECT_EQ(uart.received, std::vector<std::uint8_t>{0xA5});
}

/// Sends `bytes` as fast as the transmitter takes them; returns the level of every clock from the
/// first start bit on.
std::vector<bool> transmitted(Uart& uart, const std::vector<std::uint8_t>& bytes, unsigned clocks) {
    std::vector<bool> levels;
    std::size_t next = 0;
    while (levels.size() < clocks) {
        uart.model->tx_valid_i = next < bytes.size();
        uart.model->tx_data_i  = next < bytes.size() ? bytes[next] : 0;
        uart.model->clk_i      = 0;
        uart.model->eval();
        if (uart.model->tx_valid_i && uart.model->tx_ready_o) ++next;
        uart.clock();
        if (!levels.empty() || !uart.model->tx_o) levels.push_back(uart.model->tx_o);
    }
    return levels;
}

TEST(Uart, TransmitterSendsEveryBitForTheDivisorExactly) {
    for (const unsigned divisor : {4U, 5U, 7U, 16U, 217U}) {
        Uart uart{divisor};
        const auto bits = bits_of(pattern());
        const auto levels =
            transmitted(uart, pattern(), static_cast<unsigned>(bits.size()) * divisor);
        for (std::size_t k = 0; k < levels.size(); ++k)
            ASSERT_EQ(levels[k], bits[k / divisor]) << "divisor " << divisor << " clock " << k;
        EXPECT_TRUE(uart.model->tx_o);
    }
}

}  // namespace
}  // namespace spikeloom::rtl_test
