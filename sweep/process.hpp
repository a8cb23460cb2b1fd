// SPDX-License-Identifier: Apache-2.0
/// Child processes with limits: whatever they do, the caller lives on and learns how they ended.
#pragma once

#include "support/result.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace spikeloom::sweep {

struct ProcessRequest {
    std::vector<std::string> arguments;  ///< the program first, looked up in PATH
    std::filesystem::path errors;        ///< file for standard error, replaced
    double seconds             = 600;    ///< wall clock; then the whole process group is killed
    std::uint64_t memory_bytes = std::uint64_t{4} << 30;  ///< of address space (RLIMIT_AS)
};

struct ProcessResult {
    int status          = 0;  ///< exit status; 127 when the program could not be started
    int signal          = 0;  ///< that ended it; 0 when it ended by itself
    bool timed_out      = false;
    double wall_seconds = 0, cpu_seconds = 0;
    std::uint64_t peak_bytes = 0;  ///< resident
};

/// Starts the program in a session of its own with no input and no output, waits for its end and
/// kills what is left of its process group. The child is killed when the calling thread dies.
/// Error: "sweep.process" when no process can be made.
Result<ProcessResult> run_process(const ProcessRequest& request);

}  // namespace spikeloom::sweep
