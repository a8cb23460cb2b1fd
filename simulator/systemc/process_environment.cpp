// SPDX-License-Identifier: Apache-2.0
#include "simulator/systemc/process_environment.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <deque>
#include <utility>

extern char** environ;

namespace spikeloom::systemc {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t last_lines   = 5;
constexpr std::size_t longest_line = std::size_t{1} << 22U;  ///< of an answer [byte]

/// One end of a pipe.
class End {
public:
    End() = default;
    explicit End(int fd) : fd_{fd} {}
    End(End&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
    End& operator=(End&& other) noexcept {
        close();
        fd_ = std::exchange(other.fd_, -1);
        return *this;
    }
    End(const End&)            = delete;
    End& operator=(const End&) = delete;
    ~End() { close(); }
    void close() {
        if (fd_ >= 0) ::close(std::exchange(fd_, -1));
    }
    [[nodiscard]] int get() const { return fd_; }

private:
    int fd_ = -1;
};

/// Read end, write end; neither survives an exec.
bool make_pipe(End& read, End& write) {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) return false;
    read  = End{ends[0]};
    write = End{ends[1]};
    return true;
}

/// Child's end, ours. A socket, not a pipe: writing to a dead one must raise no signal.
bool make_socket(End& child, End& ours) {
    std::array<int, 2> ends{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) return false;
    child = End{ends[0]};
    ours  = End{ends[1]};
    return true;
}

class ProcessEnvironment final : public Environment {
public:
    explicit ProcessEnvironment(ProcessOptions options) : options_{std::move(options)} {}
    ProcessEnvironment(const ProcessEnvironment&)            = delete;
    ProcessEnvironment& operator=(const ProcessEnvironment&) = delete;
    ProcessEnvironment(ProcessEnvironment&&)                 = delete;
    ProcessEnvironment& operator=(ProcessEnvironment&&)      = delete;
    ~ProcessEnvironment() override { end(); }

    Result<Action> start(const EnvironmentSetup& setup) override {
        if (auto spawned = spawn(); !spawned) return tl::unexpected{spawned.error()};
        return ask(start_line(setup), parse_action);
    }
    Result<Action> step(const Sight& sight) override {
        return ask(sight_line(sight), parse_action);
    }
    Result<std::map<std::string, double>> stop() override {
        auto told = ask(R"({"type":"stop"})", parse_last_words);
        end();
        return told;
    }

private:
    Result<void> spawn();
    void end();
    Result<std::string> exchange(std::string line);
    bool pump(std::string& unsent, Clock::time_point deadline);
    bool take(End& from, std::string& into);
    tl::unexpected<Diagnostic> lost(const char* code, std::string message);

    template <class Parse>
    auto ask(const std::string& line, const Parse& parse) -> decltype(parse(line)) {
        const auto answer = exchange(line + "\n");
        if (!answer) return tl::unexpected{answer.error()};
        auto parsed = parse(*answer);
        if (!parsed) {
            auto why = lost(parsed.error().code.c_str(), parsed.error().message);
            return why;
        }
        return parsed;
    }

    ProcessOptions options_;
    pid_t pid_ = -1;
    End to_, from_, errors_;
    std::string answers_;     ///< read, not used yet
    std::string last_words_;  ///< of standard error, the end of it
};

Result<void> ProcessEnvironment::spawn() {
    End child_in, child_out, child_errors;
    if (options_.command.empty() || !make_socket(child_in, to_) || !make_pipe(from_, child_out) ||
        !make_pipe(errors_, child_errors))
        return fault("environment.start", "no command, or no pipes to be had");
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, child_in.get(), 0);
    ::posix_spawn_file_actions_adddup2(&actions, child_out.get(), 1);
    ::posix_spawn_file_actions_adddup2(&actions, child_errors.get(), 2);
    if (!options_.folder.empty())
        ::posix_spawn_file_actions_addchdir_np(&actions, options_.folder.c_str());
    posix_spawnattr_t attributes;
    ::posix_spawnattr_init(&attributes);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);  // to end its children with it
    std::vector<char*> arguments;
    for (std::string& word : options_.command)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    const int failed =
        ::posix_spawnp(&pid_, arguments[0], &actions, &attributes, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
    if (failed != 0) {
        pid_ = -1;
        return fault("environment.start",
                     "cannot start the environment \"" + options_.command[0] +
                         "\": " + std::strerror(failed));  // NOLINT(concurrency-mt-unsafe)
    }
    for (const End* ours : {&to_, &from_, &errors_})
        ::fcntl(ours->get(), F_SETFL, O_NONBLOCK);
    return {};
}

/// Gives it a moment to go by itself, then ends it and its children.
void ProcessEnvironment::end() {
    if (pid_ < 0) return;
    to_.close();
    const auto deadline = Clock::now() + std::chrono::milliseconds{500};
    int status          = 0;
    while (::waitpid(pid_, &status, WNOHANG) == 0) {
        if (Clock::now() > deadline) {
            ::kill(-pid_, SIGKILL);
            ::waitpid(pid_, &status, 0);
            break;
        }
        ::usleep(2000);
    }
    ::kill(-pid_, SIGKILL);  // what it started and left behind
    pid_ = -1;
}

/// Reads what is there; false at the end of the stream.
bool ProcessEnvironment::take(End& from, std::string& into) {
    std::array<char, 65536> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init)
    while (true) {
        const ssize_t n = ::read(from.get(), buffer.data(), buffer.size());
        if (n > 0)
            into.append(buffer.data(), static_cast<std::size_t>(n));
        else
            return n < 0 && (errno == EAGAIN || errno == EINTR);
    }
}

/// Moves bytes both ways once; false when its output has ended.
bool ProcessEnvironment::pump(std::string& unsent, Clock::time_point deadline) {
    std::array<pollfd, 3> lines{{{from_.get(), POLLIN, 0},
                                 {errors_.get(), POLLIN, 0},
                                 {unsent.empty() ? -1 : to_.get(), POLLOUT, 0}}};
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    ::poll(lines.data(), lines.size(), static_cast<int>(std::clamp<long>(left + 1, 0, 1000)));
    if ((lines[2].revents & POLLOUT) != 0) {
        const ssize_t n = ::send(to_.get(), unsent.data(), unsent.size(), MSG_NOSIGNAL);
        if (n > 0) unsent.erase(0, static_cast<std::size_t>(n));
    }
    if (errors_.get() >= 0 && lines[1].revents != 0 && !take(errors_, last_words_)) errors_.close();
    constexpr std::size_t kept = 8192;
    if (last_words_.size() > 2 * kept) last_words_.erase(0, last_words_.size() - kept);
    return lines[0].revents == 0 || take(from_, answers_);
}

/// Sends a line and waits for one.
Result<std::string> ProcessEnvironment::exchange(std::string line) {
    const auto deadline = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                             std::chrono::duration<double>(options_.timeout));
    while (true) {
        const auto newline = answers_.find('\n');
        if (newline != std::string::npos) {
            std::string answer = answers_.substr(0, newline);
            answers_.erase(0, newline + 1);
            return answer;
        }
        if (answers_.size() > longest_line)
            return lost("environment.nonsense", "the environment answers a line that never ends");
        if (Clock::now() >= deadline)
            return lost("environment.timeout", "the environment has not answered for " +
                                                   std::to_string(options_.timeout).substr(0, 5) +
                                                   " s");
        if (!pump(line, deadline)) {
            if (answers_.find('\n') != std::string::npos) continue;
            return lost("environment.died", "the environment has ended before its answer");
        }
    }
}

/// Ends the program; the diagnostic with its exit and its last words.
tl::unexpected<Diagnostic> ProcessEnvironment::lost(const char* code, std::string message) {
    Diagnostic diagnostic{code, std::move(message), {options_.command[0], ""}, {}};
    int status = 0;
    ::usleep(20'000);  // for the rest of its words
    if (errors_.get() >= 0) (void)take(errors_, last_words_);
    if (pid_ >= 0 && ::waitpid(pid_, &status, WNOHANG) == pid_) {
        diagnostic.notes.push_back(WIFSIGNALED(status)
                                       ? "ended by signal " + std::to_string(WTERMSIG(status))
                                       : "exit status " + std::to_string(WEXITSTATUS(status)));
        ::kill(-pid_, SIGKILL);
        pid_ = -1;
    } else if (pid_ >= 0) {
        ::kill(-pid_, SIGKILL);
        ::waitpid(pid_, &status, 0);
        pid_ = -1;
    }
    std::deque<std::string> lines{""};
    for (const char c : last_words_) {
        if (c == '\n')
            lines.emplace_back();
        else
            lines.back() += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
        if (lines.size() > last_lines + 1) lines.pop_front();
    }
    for (const std::string& line : lines)
        if (!line.empty()) diagnostic.notes.push_back("it said: " + line);
    return tl::unexpected{std::move(diagnostic)};
}

}  // namespace

std::unique_ptr<Environment> make_process_environment(const ProcessOptions& options) {
    return std::make_unique<ProcessEnvironment>(options);
}

}  // namespace spikeloom::systemc
