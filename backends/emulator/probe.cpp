// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/probe.hpp"

#include "backends/emulator/limits.hpp"
#include "backends/emulator/target.hpp"
#include "runtime/link/connection.hpp"

#include <chrono>
#include <optional>
#include <utility>

namespace spikeloom::backends::emulator {
namespace {

std::string chip_of(std::uint32_t configuration) {
    for (const std::string& name : target().chips()) {
        const auto chip = hw::load_chip(name);
        if (!chip) continue;
        const auto limits = limits_of(*chip);
        if (limits && limits->configuration == configuration) return name;
    }
    return "";
}

tl::unexpected<Diagnostic> no_answer(const link::Connection& line, const Diagnostic& why) {
    const link::LinkStatistics heard = line.statistics();
    Diagnostic fault{"probe.no-answer", why.message, why.location, why.notes};
    if (heard.frames_in > 0)
        fault.notes.push_back("the link answers, the core behind it does not");
    else if (heard.bytes_in > 0)
        fault.notes.push_back(std::to_string(heard.bytes_in) +
                              " bytes came, no valid frame among them: another rate, or no "
                              "emulator core");
    else
        fault.notes.push_back("not one byte came: no power, no core, or the wrong port");
    return tl::unexpected{std::move(fault)};
}

/// Waits for messages until both answers are there.
Result<ProbeResult> ask(link::Connection& line, link::Time patience) {
    line.send(encode(link::HostMessage{link::Identify{}}));
    line.send(encode(link::HostMessage{link::Query{}}));
    line.expect_answer();
    std::optional<link::Identity> identity;
    std::optional<link::Status> status;
    const link::Time began = line.now();
    while (!identity || !status) {
        if (const auto pumped = line.pump(); !pumped) return tl::unexpected{pumped.error()};
        while (const auto bytes = line.take()) {
            const auto message = link::decode_device_message(*bytes);
            if (!message) return tl::unexpected{message.error()};
            if (const auto* told = std::get_if<link::Identity>(&*message)) identity = *told;
            if (const auto* told = std::get_if<link::Status>(&*message)) status = *told;
        }
        if (line.now() - began > patience)
            return fault("link.no-answer", "the core tells neither what it is nor how it is");
    }
    return ProbeResult{*identity, *status, chip_of(identity->configuration)};
}

}  // namespace

Result<ProbeResult> probe_core(std::unique_ptr<link::ByteChannel> channel, link::Time patience) {
    link::Connection line{std::move(channel),
                          {.endpoint   = {.retry_timeout = patience / 10},
                           .poke_after = patience / 4,
                           .patience   = patience}};
    // Any number will do, as long as two programs seldom choose the same.
    const auto session = static_cast<std::uint8_t>(
        std::chrono::steady_clock::now().time_since_epoch() / std::chrono::microseconds{997});
    const auto opened = line.open(session);
    if (!opened && opened.error().code != "link.no-answer") return tl::unexpected{opened.error()};
    if (!opened) return no_answer(line, opened.error());
    auto answers = ask(line, patience);
    if (!answers && answers.error().code == "link.no-answer")
        return no_answer(line, answers.error());
    return answers;
}

}  // namespace spikeloom::backends::emulator
