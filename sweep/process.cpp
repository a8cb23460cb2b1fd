// SPDX-License-Identifier: Apache-2.0
#include "sweep/process.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <string_view>
#include <utility>

namespace spikeloom::sweep {
namespace {

using Clock = std::chrono::steady_clock;

void limit(int resource, rlim_t value) {
    const rlimit both{value, value};
    ::setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

/// Between fork and exec: calls that are safe there, and nothing else.
[[noreturn]] void become(char* const* arguments, const ProcessRequest& request, const char* errors,
                         pid_t parent) {
    ::setsid();
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(126);  // it died before the line above
    std::signal(SIGPIPE, SIG_DFL);
    limit(RLIMIT_AS, request.memory_bytes);
    limit(RLIMIT_CORE, 0);
    const int none = ::open("/dev/null", O_RDWR);
    const int file = *errors == 0 ? none : ::open(errors, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    ::dup2(none, STDIN_FILENO);
    ::dup2(none, STDOUT_FILENO);
    ::dup2(file < 0 ? none : file, STDERR_FILENO);
    ::close_range(3, ~0U, 0);
    ::execvp(arguments[0], arguments);
    constexpr std::string_view text = "cannot start the program\n";
    (void)!::write(STDERR_FILENO, text.data(), text.size());
    ::_exit(127);
}

/// Waits until the process has ended or the time is over.
bool ended_in_time(pid_t child, Clock::time_point deadline) {
    const int handle = static_cast<int>(::syscall(SYS_pidfd_open, child, 0U));
    bool ended       = false;
    for (;;) {
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        pollfd waiting{handle, POLLIN, 0};
        constexpr long long longest = 1'000'000;
        const int found =
            ::poll(&waiting, 1, static_cast<int>(std::clamp<long long>(left, 0, longest)));
        ended = found > 0;
        if (ended || left <= 0 || (found < 0 && errno != EINTR)) break;
    }
    ::close(handle);
    return ended;
}

double seconds_of(const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

}  // namespace

Result<ProcessResult> run_process(const ProcessRequest& request) {
    std::vector<std::string> words = request.arguments;
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const std::string errors = request.errors.string();

    const auto start   = Clock::now();
    const pid_t parent = ::getpid();
    const pid_t child  = ::fork();
    if (child < 0)
        return fault("sweep.process",
                     "cannot make a process: " + std::string{std::strerror(errno)});
    if (child == 0) become(arguments.data(), request, errors.c_str(), parent);

    ProcessResult result;
    const auto allowed =
        std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(request.seconds));
    result.timed_out = !ended_in_time(child, start + allowed);
    if (result.timed_out) ::kill(child, SIGKILL);
    ::kill(-child, SIGKILL);  // its own children, if any are left
    int status = 0;
    rusage usage{};
    while (::wait4(child, &status, 0, &usage) < 0 && errno == EINTR) {
    }
    result.wall_seconds = std::chrono::duration<double>(Clock::now() - start).count();
    result.cpu_seconds  = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
    result.peak_bytes   = static_cast<std::uint64_t>(usage.ru_maxrss) << 10;
    if (WIFSIGNALED(status)) result.signal = WTERMSIG(status);
    if (WIFEXITED(status)) result.status = WEXITSTATUS(status);
    return result;
}

}  // namespace spikeloom::sweep
