// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/recovering_device.hpp"

#include "support/keyed_rng.hpp"

#include <thread>
#include <utility>

namespace spikeloom::backends::emulator {
namespace {

constexpr std::chrono::milliseconds between_tries{100};

/// Whether a fault lies in the line or in what is at its end, so that another try may help.
bool is_of_the_line(const Diagnostic& fault) {
    return fault.code.starts_with("link.") || fault.code == "device.stalled" ||
           fault.code == "device.protocol";
}

std::uint64_t mixed(std::uint64_t hash, const runtime::SpikeEvent& spike) {
    return mix64(hash ^ mix64(spike.tick.value ^ (std::uint64_t{spike.neuron.value} << 40U)));
}

}  // namespace

RecoveringDevice::RecoveringDevice(std::unique_ptr<runtime::Device> device, Open open,
                                   const RecoveryOptions& options)
    : device_{std::move(device)}, open_{std::move(open)}, options_{options} {}

/// Calls until the fault is none of the line's or no attempt is left.
template <class Call>
auto RecoveringDevice::guarded(const Call& call) -> decltype(call()) {
    auto result = call();
    std::vector<std::string> notes;
    while (!result && is_of_the_line(result.error()) && reconnects_ < options_.attempts) {
        notes.push_back(result.error().code + ": " + result.error().message);
        auto again = reopen();
        if (again) again = replay();
        if (again)
            result = call();
        else
            result = tl::unexpected{again.error()};
    }
    if (!result && !notes.empty())
        for (std::string& note : notes)
            result.error().notes.push_back("reconnected after " + std::move(note));
    return result;
}

/// Opens the line again, waiting for the port to come back.
Result<void> RecoveringDevice::reopen() {
    ++reconnects_;
    device_.reset();  // frees the port
    const auto deadline = std::chrono::steady_clock::now() + options_.window;
    while (true) {
        auto opened = open_();
        if (opened) {
            device_ = std::move(*opened);
            return {};
        }
        if (std::chrono::steady_clock::now() >= deadline) return tl::unexpected{opened.error()};
        std::this_thread::sleep_for(between_tries);
    }
}

/// Brings a fresh device to where the lost one was.
Result<void> RecoveringDevice::replay() {
    found_.clear();
    times_known_ = times_given_;
    if (!image_) return {};
    if (auto loaded = device_->load(*image_); !loaded) return loaded;
    for (const Told& what : told_)
        if (auto done = tell(*device_, what); !done) return done;
    auto spikes = device_->drain();
    if (!spikes) return tl::unexpected{spikes.error()};
    return check_given(std::move(*spikes));
}

/// The first spikes must be those that were given out already.
Result<void> RecoveringDevice::check_given(std::vector<runtime::SpikeEvent> spikes) {
    std::uint64_t hash = 0;
    for (std::size_t k = 0; k < spikes.size() && k < given_; ++k)
        hash = mixed(hash, spikes[k]);
    if (spikes.size() < given_ || hash != given_hash_)
        return fault("device.diverged",
                     "after a reconnect the same input gave other spikes than the " +
                         std::to_string(given_) + " given out before");
    found_.assign(spikes.begin() + static_cast<std::ptrdiff_t>(given_), spikes.end());
    return {};
}

Result<void> RecoveringDevice::tell(runtime::Device& device, const Told& what) {
    if (const auto* events = std::get_if<Push>(&what)) return device.push(*events);
    if (const auto* ticks = std::get_if<Ticks>(&what)) return device.advance(*ticks);
    return device.set_plasticity(std::get<Switch>(what));
}

/// Tells the device and remembers it. A replay has told it already.
Result<void> RecoveringDevice::told(Told what) {
    bool first = true;
    told_.push_back(std::move(what));
    auto done = guarded([&]() -> Result<void> {
        if (!std::exchange(first, false)) return {};
        return tell(*device_, told_.back());
    });
    if (!done) told_.pop_back();
    return done;
}

Result<void> RecoveringDevice::load(const hw::HardwareImage& image) {
    image_.reset();
    told_.clear();
    found_.clear();
    given_ = given_hash_ = times_given_ = times_known_ = 0;
    auto loaded = guarded([&] { return device_->load(image); });
    if (loaded) image_ = image;
    return loaded;
}

Result<void> RecoveringDevice::push(std::span<const runtime::InputEvent> events) {
    return events.empty() ? Result<void>{} : told(Push(events.begin(), events.end()));
}

Result<void> RecoveringDevice::advance(std::uint64_t ticks) {
    return told(ticks);
}

Result<void> RecoveringDevice::set_plasticity(bool on) {
    return told(on);
}

Result<std::vector<runtime::SpikeEvent>> RecoveringDevice::drain() {
    auto spikes = guarded([&]() -> Result<std::vector<runtime::SpikeEvent>> {
        auto more = device_->drain();
        if (!more) return more;
        auto all = std::exchange(found_, {});
        all.insert(all.end(), more->begin(), more->end());
        return all;
    });
    if (!spikes) return spikes;
    given_ += spikes->size();
    for (const runtime::SpikeEvent& spike : *spikes)
        given_hash_ = mixed(given_hash_, spike);
    return spikes;
}

Result<std::vector<double>> RecoveringDevice::probe(std::string_view variable) {
    return guarded([&] { return device_->probe(variable); });
}

Result<hw::Section> RecoveringDevice::read_back(CoreId core, std::string_view section) {
    return guarded([&] { return device_->read_back(core, section); });
}

Result<runtime::Activity> RecoveringDevice::activity() {
    auto activity = guarded([&] { return device_->activity(); });
    if (activity) (*activity)["link_reconnects"] = {reconnects_, "1"};
    return activity;
}

std::vector<runtime::TickTime> RecoveringDevice::take_tick_times() {
    auto times       = device_->take_tick_times();
    const auto known = std::min<std::uint64_t>(times_known_, times.size());
    times.erase(times.begin(), times.begin() + static_cast<std::ptrdiff_t>(known));
    times_known_ -= known;
    times_given_ += times.size();
    return times;
}

}  // namespace spikeloom::backends::emulator
