// SPDX-License-Identifier: Apache-2.0
/// The bus, the control registers, the modes of running and the status bits, on both
/// configurations.
#include "tests/cosim/lockstep.hpp"

#include <gtest/gtest.h>

namespace spikeloom::cosim {
namespace {

constexpr std::uint32_t late_bit = 1, saturated_bit = 2, address_bit = 4, no_row_bit = 8,
                        overrun_bit = 16;

class CoreTest : public testing::TestWithParam<const char*> {
protected:
    CoreTest()
        : kind_(std::string(GetParam()) == "sim" ? sim_kind() : up5k_kind()),
          core_(kind_.make(3), 3) {}

    /// One neuron that fires whenever source 0 does: threshold 5, weight 10, delay 1.
    void load_relay() {
        Network n;
        n.shape                  = kind_.shape;
        n.neurons                = 1;
        n.sources                = 1;
        n.sets                   = {{.threshold = 5, .v_reset = 0}};
        n.sets[0].membrane_decay = neuron::emulator::decay_all;
        n.set_of                 = {0};
        n.bias                   = {0};
        n.rows.resize(2);
        n.rows[1].synapses = {
            {.target = 0, .weight = 10 << n.shape.widths.weight_fraction, .delay = 1}};
        load(core_, n);
    }
    std::uint32_t control(std::uint32_t number) { return core_.read(Region::control, number); }
    void set_control(std::uint32_t number, std::uint32_t value) {
        core_.write(Region::control, number, value);
    }
    /// Ticks in which the relay fired.
    static std::vector<std::uint32_t> firing_ticks(const std::vector<Event>& events) {
        std::vector<std::uint32_t> ticks;
        bool fired = false;
        for (const Event& e : events) {
            if (e.tick_end && fired) ticks.push_back(e.data);
            fired = !e.tick_end;
        }
        return ticks;
    }

    CoreKind kind_;
    CoreDriver core_;
};

TEST_P(CoreTest, TellsWhatItIs) {
    EXPECT_EQ(control(reg::identity), 0x534C0001U);
    EXPECT_EQ(control(reg::configuration), kind_.shape.configuration_hash);
}

TEST_P(CoreTest, RegistersKeepWhatIsWritten) {
    const std::uint32_t values[][2] = {{reg::plus_decay, 0xFFFF},  {reg::minus_decay, 0x1234},
                                       {reg::a_plus, 0xFFF},       {reg::a_minus, 1},
                                       {reg::w_min, 0xFFFFFF80},   {reg::w_max, 0x7F},
                                       {reg::tick_period, 123456}, {reg::plasticity, 1}};
    for (const auto& [number, value] : values) {
        set_control(number, value);
        EXPECT_EQ(control(number), value) << number;
        EXPECT_FALSE(core_.fault());
    }
}

TEST_P(CoreTest, RefusesCountsAboveTheConfiguration) {
    const auto neurons = static_cast<std::uint32_t>(kind_.shape.neurons);
    set_control(reg::neurons_used, neurons);
    EXPECT_FALSE(core_.fault());
    set_control(reg::neurons_used, neurons + 1);
    EXPECT_TRUE(core_.fault());
    EXPECT_EQ(control(reg::neurons_used), neurons);
    EXPECT_EQ(control(reg::status), address_bit);
    set_control(reg::sources_used, static_cast<std::uint32_t>(kind_.shape.sources) + 1);
    EXPECT_TRUE(core_.fault());
    EXPECT_EQ(control(reg::sources_used), 0U);
}

TEST_P(CoreTest, FaultsOutsideEveryRegion) {
    const CoreShape& s                            = kind_.shape;
    const auto n                                  = static_cast<std::uint32_t>(s.neurons);
    const auto rows                               = n + static_cast<std::uint32_t>(s.sources);
    const std::pair<Region, std::uint32_t> ends[] = {
        {Region::control, reg::counters + 22},
        {Region::row, 2 * rows},
        {Region::synapse, s.synapse_words},
        {Region::neuron, 2 * n},
        {Region::set, 8 * static_cast<std::uint32_t>(s.sets)},
        {Region::state, 4 * n},
        {Region::trace, rows},
        {Region::input, 16 * n}};
    for (const auto& [region, end] : ends) {
        const int number = static_cast<int>(region);
        set_control(reg::status, 0xFF);
        // The last word of sets and inputs is a hole.
        const std::uint32_t last = region == Region::set     ? end - 4
                                   : region == Region::input ? end - 2
                                                             : end - 1;
        core_.read(region, last);
        EXPECT_FALSE(core_.fault()) << number;
        EXPECT_EQ(core_.outputs().status, 0) << number;
        core_.write(region, end, 1);
        EXPECT_TRUE(core_.fault()) << number;
        EXPECT_EQ(core_.read(region, end), 0U) << number;
        EXPECT_TRUE(core_.fault()) << number;
        EXPECT_EQ(control(reg::status), address_bit) << number;
    }
    core_.read(Region::input, 15);
    EXPECT_TRUE(core_.fault());
    core_.read(static_cast<Region>(10), 0);
    EXPECT_TRUE(core_.fault());
    core_.read(Region::column, 0);
    EXPECT_EQ(core_.fault(), !s.sparse);
}

TEST_P(CoreTest, EveryMemoryKeepsItsWords) {
    const CoreShape& s = kind_.shape;
    const auto n       = static_cast<std::uint32_t>(s.neurons);
    set_control(reg::clear, 3);
    std::vector<std::pair<std::uint32_t, std::uint32_t>> written;
    const auto put = [&](Region region, std::uint32_t index, std::uint32_t value) {
        core_.write(region, index, value);
        EXPECT_FALSE(core_.fault());
        written.emplace_back(address(region, index), value);
    };
    for (const std::uint32_t j : {0U, 1U, n / 2 + 1, n - 1}) {
        const std::uint32_t v = 77 + j % 1000;
        put(Region::neuron, 2 * j, 1);
        put(Region::neuron, 2 * j + 1, -v);
        put(Region::state, 4 * j, -v - 1);
        put(Region::state, 4 * j + 1, v);
        put(Region::state, 4 * j + 2, v & 0xFF);
        put(Region::state, 4 * j + 3, v + 9);
        put(Region::row, 2 * j, v + 1);
        put(Region::row, 2 * j + 1, 0x8000'0000U | (s.sparse ? v : 0x40'0000U | (v & 0xFF)));
        put(Region::trace, j, v + 3);
        put(Region::synapse, s.synapse_words - 1 - j, v + 4);
        for (std::uint32_t slot = 0; slot < 15; ++slot)
            put(Region::input, 16 * j + slot, -v - slot);
        if (!s.sparse) continue;
        put(Region::column, 2 * j, v + 5);
        put(Region::column, 2 * j + 1, v + 6);
        put(Region::column_entry, 2 * j, v + 7);
        put(Region::column_entry, 2 * j + 1, v + 8);
    }
    const std::uint32_t fields[] = {0xFFFE, 0x8001, static_cast<std::uint32_t>(-300), 299, 0xAB1F};
    for (std::uint32_t k = 0; k < 5; ++k) {
        put(Region::set, k, fields[k]);
        put(Region::set, 8 * (static_cast<std::uint32_t>(s.sets) - 1) + k, fields[k]);
    }
    for (const auto& [at, value] : written)
        EXPECT_EQ(core_.read(static_cast<Region>(at >> 28), at & 0xFFF'FFFF), value)
            << std::hex << at;
}

TEST_P(CoreTest, ClearsStatesAndKeepsParameters) {
    load_relay();
    core_.send(Token::spike, 0);
    core_.send(Token::advance, 3);
    core_.finish_ticks(3);
    core_.write(Region::state, 0, 3);
    core_.write(Region::state, 3, 4);
    core_.write(Region::trace, 0, 5);
    core_.write(Region::input, 7, 6);
    set_control(reg::clear, 1);
    EXPECT_EQ(core_.read(Region::state, 0), 0U);
    EXPECT_EQ(core_.read(Region::state, 3), 0U);
    EXPECT_EQ(core_.read(Region::trace, 0), 0U);
    EXPECT_EQ(core_.read(Region::input, 7), 0U);
    EXPECT_EQ(control(reg::tick), 0U);
    const Counters c = core_.counters();
    EXPECT_EQ(c.ticks + c.spikes + c.synaptic_events + c.inputs + c.row_walks, 0U);
    core_.send(Token::spike, 0);
    core_.send(Token::advance, 1);
    EXPECT_EQ(firing_ticks(core_.finish_ticks(1)), std::vector<std::uint32_t>{0});
    set_control(reg::clear, 2);  // the rows as well: the relay is cut
    EXPECT_EQ(control(reg::tick), 1U);
    core_.send(Token::spike, 0);
    core_.send(Token::advance, 1);
    EXPECT_TRUE(firing_ticks(core_.finish_ticks(1)).empty());
}

TEST_P(CoreTest, CountsInputForRowsThatDoNotExist) {
    load_relay();
    core_.send(Token::spike, 1);
    core_.send(Token::spike, 0xFFFF'FFFF);
    core_.send(Token::advance, 1);
    core_.finish_ticks(1);
    EXPECT_EQ(control(reg::status), no_row_bit);
    const Counters c = core_.counters();
    EXPECT_EQ(c.inputs, 2U);
    EXPECT_EQ(c.row_walks, 0U);
    set_control(reg::status, no_row_bit);
    EXPECT_EQ(control(reg::status), 0U);
}

TEST_P(CoreTest, TellsASaturatedSum) {
    load_relay();
    const auto full = (1 << (kind_.shape.widths.accumulator - 1)) - 1;
    core_.write(Region::input, 0, static_cast<std::uint32_t>(full - 10));
    core_.send(Token::spike, 0);
    core_.idle();
    EXPECT_EQ(static_cast<int>(core_.read(Region::input, 0)), full);
    EXPECT_EQ(control(reg::status), 0U);
    core_.send(Token::spike, 0);
    EXPECT_EQ(static_cast<int>(core_.read(Region::input, 0)), full);
    EXPECT_EQ(control(reg::status), saturated_bit);
}

TEST_P(CoreTest, ServesTheBusBetweenTicks) {
    load_relay();
    core_.send(Token::advance, 1000);
    for (int k = 0; k < 50; ++k) {
        const std::uint32_t tick = control(reg::tick);
        EXPECT_LT(tick, 1000U);
    }
    core_.finish_ticks(1000);
    EXPECT_EQ(control(reg::tick), 1000U);
}

TEST_P(CoreTest, HoldsEverythingForASlowConsumer) {
    load_relay();
    core_.set_stall(0.99);
    for (int k = 0; k < 20; ++k) {
        core_.send(Token::spike, 0);
        core_.send(Token::advance, 1);
    }
    EXPECT_EQ(firing_ticks(core_.finish_ticks(20)).size(), 20U);
    EXPECT_GT(core_.counters().stalled, 100U);
}

TEST_P(CoreTest, RunsFreely) {
    load_relay();
    set_control(reg::tick_period, 500);
    set_control(reg::mode, 1);
    for (const std::uint32_t tick : {3U, 7U, 8U}) {
        core_.send(Token::stamp, tick);
        core_.send(Token::spike, 0);
    }
    const std::vector<Event> events = core_.finish_ticks(10);
    EXPECT_EQ(firing_ticks(events), (std::vector<std::uint32_t>{3, 7, 8}));
    EXPECT_EQ(core_.counters().late_inputs, 0U);
    set_control(reg::mode, 0);
    EXPECT_EQ(control(reg::status), 0U);
}

TEST_P(CoreTest, TicksComeEveryPeriod) {
    load_relay();
    set_control(reg::tick_period, 777);
    set_control(reg::mode, 1);
    core_.finish_ticks(2);  // the first tick may take longer: it loads the parameter set
    const std::uint64_t begin = core_.clocks();
    core_.finish_ticks(5);
    EXPECT_EQ(core_.clocks() - begin, 5 * 777U);
}

TEST_P(CoreTest, DeliversLateInputNowAndCountsIt) {
    load_relay();
    set_control(reg::tick_period, 400);
    set_control(reg::mode, 1);
    core_.finish_ticks(5);
    core_.send(Token::stamp, 2);
    core_.send(Token::spike, 0);
    EXPECT_EQ(firing_ticks(core_.finish_ticks(3)).size(), 1U);
    EXPECT_EQ(core_.counters().late_inputs, 1U);
    EXPECT_EQ(control(reg::status), late_bit);
    // In time for its tick as announced, but sent after it.
    const std::uint32_t now = control(reg::tick);
    core_.send(Token::stamp, now);
    core_.finish_ticks(2);
    core_.send(Token::spike, 0);
    core_.finish_ticks(1);
    EXPECT_EQ(core_.counters().late_inputs, 2U);
}

TEST_P(CoreTest, TellsATickOverrun) {
    load_relay();
    set_control(reg::neurons_used, 100);
    set_control(reg::tick_period, 50);
    set_control(reg::mode, 1);
    core_.finish_ticks(3);
    set_control(reg::mode, 0);
    EXPECT_EQ(control(reg::status), overrun_bit);
}

TEST_P(CoreTest, IgnoresTokensOfTheOtherMode) {
    load_relay();
    core_.send(Token::stamp, 50);  // stepped: means nothing
    core_.send(Token::spike, 0);
    core_.send(Token::advance, 1);
    EXPECT_EQ(firing_ticks(core_.finish_ticks(1)).size(), 1U);
    set_control(reg::tick_period, 1'000'000);
    set_control(reg::mode, 1);
    core_.send(Token::advance, 10);  // free running: means nothing
    for (int k = 0; k < 1000; ++k)
        core_.idle();
    EXPECT_EQ(control(reg::tick), 1U);
}

INSTANTIATE_TEST_SUITE_P(Configurations, CoreTest, testing::Values("sim", "up5k"),
                         [](const auto& kind) { return std::string(kind.param); });

}  // namespace
}  // namespace spikeloom::cosim
