// SPDX-License-Identifier: Apache-2.0
/// What `spikeloom sweep` and its MPI program have in common: flags, beginning and end of a sweep.
#pragma once

#include "sweep/coordinator.hpp"
#include "sweep/evaluate.hpp"
#include "sweep/spec.hpp"
#include "sweep/store.hpp"

#include <filesystem>
#include <string>

namespace CLI {
class App;
}

namespace spikeloom::tools {

struct SweepFlags {
    std::string spec, output;
    unsigned jobs = 1;
    bool resume   = false;
    bool dry_run  = false;
    bool json     = false;

    void add_to(CLI::App& app);
};

/// The folder that holds the running program.
std::filesystem::path program_folder();

/// Results go to `output`, points run the `spikeloom` of this program's folder.
Result<sweep::Workplace> workplace(const SweepFlags& flags);

/// "spikeloom 0.1.0, build 0123456789abcdef".
std::string tool_name(const sweep::Workplace& place);

/// Writes results.csv and index.html, and the outcome on standard output.
Result<void> finish_sweep(const sweep::Spec& spec, sweep::Store& store,
                          const sweep::Workplace& place, bool json);

/// Lists the points and says how long they will take, from the points that are recorded already or
/// else from one point that is tried out now.
Result<void> dry_run(const sweep::Spec& spec, const SweepFlags& flags);

}  // namespace spikeloom::tools
