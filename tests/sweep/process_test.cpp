// SPDX-License-Identifier: Apache-2.0
#include "sweep/process.hpp"

#include "support/atomic_file.hpp"
#include "sweep/step.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>

namespace spikeloom::sweep {
namespace {

class Process : public testing::Test {
protected:
    void SetUp() override {
        errors_ = std::filesystem::temp_directory_path() /
                  ("spikeloom-process-" + std::to_string(::getpid()));
    }
    void TearDown() override { std::filesystem::remove(errors_); }

    ProcessResult run(const std::string& script, double seconds = 20) {
        const auto result = run_process({{"sh", "-c", script}, errors_, seconds});
        EXPECT_TRUE(result);
        return result.value_or(ProcessResult{});
    }

    std::filesystem::path errors_;
};

TEST_F(Process, StatusSignalAndErrorsComeBack) {
    EXPECT_EQ(run("echo out; echo err >&2; exit 7").status, 7);
    EXPECT_EQ(*read_file(errors_), "err\n");
    EXPECT_EQ(run("kill -ABRT $$").signal, SIGABRT);
    EXPECT_EQ(run("cat").status, 0);  // no input to wait for
    EXPECT_EQ(run_process({{"/no/such/program"}, errors_})->status, 127);
}

TEST_F(Process, TimeLimitActsAfterItsTimeAndNotBefore) {
    EXPECT_FALSE(run("sleep 0.2", 10).timed_out);
    const auto late = run("sleep 20", 0.2);
    EXPECT_TRUE(late.timed_out);
    EXPECT_EQ(late.signal, SIGKILL);
    EXPECT_GE(late.wall_seconds, 0.2);
    EXPECT_LT(late.wall_seconds, 10);
}

TEST_F(Process, EndsOnItsOwnAreJudged) {
    const Limits limits{5, std::uint64_t{64} << 20};
    const auto end_of = [&](const char* script) {
        return run_step({"sh", "-c", script}, errors_, limits);
    };
    EXPECT_EQ(end_of("true").status, Status::ok);
    EXPECT_EQ(end_of("kill -SEGV $$").code, "sweep.crash");
    EXPECT_EQ(end_of("exit 3").message, "exit status 3");
    const StepEnd refusal = end_of("echo warning: x >&2; echo 'error[a.b]: f:1: m' >&2; exit 1");
    EXPECT_EQ(refusal.status, Status::refused);
    EXPECT_EQ(refusal.code, "a.b");
    EXPECT_EQ(refusal.message, "f:1: m");
    const StepEnd memory = end_of("echo 'error[tool.memory]: not enough memory' >&2; exit 1");
    EXPECT_EQ(memory.status, Status::memory);
    EXPECT_EQ(memory.code, "sweep.memory");
    EXPECT_EQ(run_step({"/no/such/program"}, errors_, limits).code, "sweep.program");
}

}  // namespace
}  // namespace spikeloom::sweep
