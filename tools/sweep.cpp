// SPDX-License-Identifier: Apache-2.0
/// `spikeloom sweep`: many design points, all results in one store.
#include "sweep/local.hpp"
#include "tools/command.hpp"
#include "tools/progress.hpp"
#include "tools/sweep_job.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <set>
#include <string_view>
#include <vector>

namespace spikeloom::tools {
namespace {

/// Long option names that another subcommand takes.
std::set<std::string> options_of(Action (*add)(CLI::App&)) {
    CLI::App app;
    const Action unused = add(app);
    std::set<std::string> names;
    for (const CLI::Option* option : app.get_options())
        for (const std::string& name : option->get_lnames())
            names.insert(name);
    return names;
}

/// A number from the environment that a launcher sets; `otherwise` when it is not there.
long launcher_says(const std::vector<const char*>& names, long otherwise) {
    for (const char* name : names)
        if (const char* text = std::getenv(name)) return std::strtol(text, nullptr, 10);
    return otherwise;
}

/// Ranks that mpirun or srun started; 1 without them.
long ranks() {
    return launcher_says({"OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"}, 1);
}

long rank() {
    return launcher_says({"OMPI_COMM_WORLD_RANK", "PMI_RANK", "SLURM_PROCID"}, 0);
}

/// Becomes the program that knows MPI; returns only when there is none.
Checked<void> become_mpi(const SweepFlags& flags) {
    const std::string program = (program_folder() / "spikeloom-sweep-mpi").string();
    std::vector<std::string> words{program, flags.spec, "-o", flags.output};
    if (flags.resume) words.emplace_back("--resume");
    if (flags.json) words.emplace_back("--json");
    std::vector<char*> arguments;
    for (std::string& word : words)
        arguments.push_back(word.data());
    arguments.push_back(nullptr);
    ::execv(program.c_str(), arguments.data());
    return failed("sweep.mpi",
                  fmt::format("{} ranks were started, but this build has no MPI: {}", ranks(),
                              std::strerror(errno)),
                  {program, ""});
}

Checked<void> sweep_here(const sweep::Spec& spec, const SweepFlags& flags, const Global& global) {
    const auto place = workplace(flags);
    if (!place) return failed(place);
    auto store = sweep::Store::open(place->folder, spec, tool_name(*place), flags.resume);
    if (!store) return failed(store);
    sweep::Coordinator coordinator{spec, *store};
    {
        Progress bar{"sweeping", coordinator.total(), global.quiet};
        const auto swept =
            sweep::run_local(spec, *place, coordinator, flags.jobs,
                             [&](std::uint64_t finished, std::uint64_t) { bar.update(finished); });
        if (!swept) return failed(swept);
    }
    const auto finished = finish_sweep(spec, *store, *place, flags.json);
    if (!finished) return failed(finished);
    return {};
}

Checked<void> sweep_it(const SweepFlags& flags, const Global& global) {
    const auto spec = sweep::read_spec(flags.spec, {options_of(add_compile), options_of(add_run)});
    if (!spec) return failed(spec);
    if (flags.dry_run) {
        const auto listed = dry_run(*spec, flags);
        if (!listed) return failed(listed);
        return {};
    }
    return ranks() > 1 ? become_mpi(flags) : sweep_here(*spec, flags, global);
}

}  // namespace

Action add_sweep(CLI::App& app) {
    const auto flags = std::make_shared<SweepFlags>();
    flags->add_to(app);
    return [flags](const Global& global) -> Checked<void> {
        auto done = sweep_it(*flags, global);
        // One rank speaks for all.
        if (!done && rank() > 0) std::exit(1);
        return done;
    };
}

}  // namespace spikeloom::tools
