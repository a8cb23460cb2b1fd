// SPDX-License-Identifier: Apache-2.0
#include "sweep/step.hpp"

#include "support/atomic_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <system_error>
#include <utility>

namespace spikeloom::sweep {
namespace {

constexpr std::size_t longest_message = 500;
constexpr int not_started             = 127;

std::string last_line(std::string text) {
    while (!text.empty() && text.back() == '\n')
        text.pop_back();
    const std::size_t newline = text.rfind('\n');
    return newline == std::string::npos ? text : text.substr(newline + 1);
}

/// Code and message of the first "error[code]: message".
StepEnd diagnostic_in(const std::string& errors) {
    constexpr std::string_view mark = "error[";
    const std::size_t at            = errors.starts_with(mark) ? 0 : errors.find("\nerror[");
    const std::size_t end           = at == std::string::npos ? at : errors.find("]: ", at);
    if (end == std::string::npos) return {Status::failed, "", last_line(errors)};
    const std::size_t from = errors.find('[', at) + 1;
    const std::size_t line = std::min(errors.find('\n', end), errors.size());
    return {Status::refused, errors.substr(from, end - from),
            errors.substr(end + 3, line - end - 3)};
}

}  // namespace

StepEnd refused(const Diagnostic& diagnostic) {
    const auto& [file, where] = diagnostic.location;
    const std::string place   = file + (where.empty() ? "" : ":" + where);
    return {Status::refused, diagnostic.code,
            place.empty() ? diagnostic.message : place + ": " + diagnostic.message};
}

StepEnd judge(const ProcessResult& process, const std::string& errors, const Limits& limits) {
    if (process.timed_out)
        return {Status::timeout, "sweep.timeout",
                fmt::format("took longer than the limit of {} s", limits.seconds)};
    if (process.signal != 0)
        return {
            Status::crashed, "sweep.crash",
            fmt::format("ended by signal {} ({}){}{}", process.signal, ::strsignal(process.signal),
                        errors.empty() ? "" : ": ", last_line(errors).substr(0, longest_message))};
    if (process.status == 0) return {};
    StepEnd end = diagnostic_in(errors);
    end.message = end.message.substr(0, longest_message);
    if (end.code == "tool.memory" || end.message.starts_with("MemoryError")) {
        end.status  = Status::memory;
        end.code    = "sweep.memory";
        end.message = fmt::format("needs more than the limit of {} MiB", limits.memory_bytes >> 20);
    } else if (end.code.empty()) {
        end.code    = process.status == not_started ? "sweep.program" : "sweep.exit";
        end.message = fmt::format("exit status {}{}{}", process.status,
                                  end.message.empty() ? "" : ": ", end.message);
    }
    return end;
}

StepEnd run_step(const std::vector<std::string>& arguments, const std::filesystem::path& errors,
                 const Limits& limits, Outcome* outcome) {
    const auto process = run_process({.arguments    = arguments,
                                      .errors       = errors,
                                      .seconds      = limits.seconds,
                                      .memory_bytes = limits.memory_bytes});
    if (!process) return refused(process.error());
    if (outcome != nullptr) {
        outcome->wall_seconds += process->wall_seconds;
        outcome->cpu_seconds += process->cpu_seconds;
        outcome->peak_bytes  = std::max(outcome->peak_bytes, process->peak_bytes);
        outcome->exit_status = process->status;
        outcome->signal      = process->signal;
    }
    const auto text = read_file(errors, std::uint64_t{1} << 24);
    StepEnd end     = judge(*process, text.value_or(std::string{}), limits);
    if (text && text->empty()) {
        std::error_code ignored;
        std::filesystem::remove(errors, ignored);
    }
    return end;
}

}  // namespace spikeloom::sweep
