// SPDX-License-Identifier: Apache-2.0
/// A waveform of a run, opened by GTKWave's own reader: ticks and spikes are there by name.
#include "backends/emulator/device.hpp"
#include "tests/backends/emulator/device/device_fixture.hpp"

#include <gtkwave/fstapi.h>

#include <filesystem>
#include <functional>
#include <map>

namespace spikeloom::backends::emulator {
namespace {

using namespace testing;

/// Signals of an FST file by their full names, and what they do in the clocks of the design.
class Waveform {
public:
    explicit Waveform(const std::filesystem::path& path) : file_{fstReaderOpen(path.c_str())} {
        if (file_ != nullptr) read_names();
    }
    Waveform(const Waveform&)            = delete;
    Waveform& operator=(const Waveform&) = delete;
    ~Waveform() {
        if (file_ != nullptr) fstReaderClose(file_);
    }

    [[nodiscard]] bool is_open() const { return file_ != nullptr; }
    [[nodiscard]] bool has(const std::string& name) const { return handles_.contains(name); }
    [[nodiscard]] std::uint64_t value(const std::string& name) const {
        return values_.at(handles_.at(name));
    }

    /// Calls at_clock() for each rising edge of `clock` with all values as they are after it.
    void replay(const std::string& clock, std::function<void()> at_clock) {
        clock_    = handles_.at(clock);
        at_clock_ = std::move(at_clock);
        fstReaderSetFacProcessMaskAll(file_);
        fstReaderIterBlocks(file_, &Waveform::changed, this, nullptr);
        end_of_time_step();
    }

private:
    void read_names() {
        std::vector<std::string> scopes;
        while (const fstHier* item = fstReaderIterateHier(file_)) {
            if (item->htyp == FST_HT_SCOPE) scopes.emplace_back(item->u.scope.name);
            if (item->htyp == FST_HT_UPSCOPE) scopes.pop_back();
            if (item->htyp != FST_HT_VAR) continue;
            std::string name;
            for (const std::string& scope : scopes)
                name += scope + ".";
            const std::string leaf                          = item->u.var.name;
            handles_[name + leaf.substr(0, leaf.find(' '))] = item->u.var.handle;
        }
    }

    static void changed(void* self, std::uint64_t time, fstHandle handle,
                        const unsigned char* text) {
        auto& wave = *static_cast<Waveform*>(self);
        if (time != wave.time_) wave.end_of_time_step();
        wave.time_          = time;
        std::uint64_t value = 0;
        for (; *text != 0; ++text)
            value = (value << 1U) | (*text == '1' ? 1U : 0U);
        wave.values_[handle] = value;
    }

    void end_of_time_step() {
        const std::uint64_t level = values_[clock_];
        if (level == 1 && level_ == 0) at_clock_();
        level_ = level;
    }

    void* file_;
    std::map<std::string, fstHandle> handles_;
    std::map<fstHandle, std::uint64_t> values_;
    fstHandle clock_ = 0;
    std::function<void()> at_clock_;
    std::uint64_t time_ = 0, level_ = 0;
};

struct Seen {
    std::vector<std::pair<std::uint64_t, std::uint64_t>> spikes;  ///< tick, neuron
    std::uint64_t last_tick = 0;
    std::uint64_t steps     = 0;  ///< of the tick
};

Seen read(Waveform& wave, const std::string& top, const std::string& clock) {
    Seen seen;
    wave.replay(clock, [&] {
        const std::uint64_t tick = wave.value(top + "tick_o");
        if (tick == seen.last_tick + 1) ++seen.steps;
        seen.last_tick = tick;
        if (wave.value(top + "spike_valid") != 0 && wave.value(top + "spike_ready") != 0)
            seen.spikes.emplace_back(tick, wave.value(top + "spike_neuron"));
    });
    return seen;
}

void expect_ticks_and_spikes(const std::string& spec, const std::string& top, std::uint64_t ticks) {
    const RandomNet net{.chip = "emulator-up5k", .seed = 16};
    const auto path = std::filesystem::path{::testing::TempDir()} / ("waveform_" + spec + ".fst");
    DeviceConfig config;
    config.chip  = net.chip;
    config.trace = path;
    std::vector<std::pair<std::uint64_t, std::uint64_t>> spikes;
    {
        auto device = good(open_device(spec, config));
        ASSERT_NE(device, nullptr);
        for (const runtime::SpikeEvent& spike : run_on(*device, net, ticks).spikes)
            spikes.emplace_back(spike.tick.value, spike.neuron.value - net.sources);
    }
    ASSERT_GT(spikes.size(), ticks / 2);

    Waveform wave{path};
    ASSERT_TRUE(wave.is_open());
    const std::string core = top + ".u_device.u_core.";
    for (const char* name : {"tick_o", "spike_valid", "spike_ready", "spike_neuron"})
        ASSERT_TRUE(wave.has(core + name)) << core + name;
    const Seen seen = read(wave, core, top + ".clk_i");
    EXPECT_EQ(seen.spikes, spikes);
    EXPECT_EQ(seen.steps, ticks);
    std::filesystem::remove(path);
}

TEST(Waveform, ShowsTicksAndSpikesOfTheByteDevice) {
    expect_ticks_and_spikes("rtl", "core.sl_top_bytes", 40);
}

TEST(Waveform, ShowsTicksAndSpikesBehindTheUart) {
    expect_ticks_and_spikes("rtl-uart", "core.sl_top", 8);
}

}  // namespace
}  // namespace spikeloom::backends::emulator
