// SPDX-License-Identifier: Apache-2.0
/// The program behind `mpirun -n N spikeloom sweep ...`: rank 0 owns the store and hands out
/// points, the other ranks evaluate them in child processes. A rank that dies ends the job, as MPI
/// does;
/// --resume goes on.
#include "sweep/local.hpp"
#include "sweep/message.hpp"
#include "tools/sweep_job.hpp"

#include <CLI/CLI.hpp>
#include <fmt/format.h>
#include <mpi.h>

#include <algorithm>
#include <chrono>
#include <deque>
#include <exception>
#include <thread>
#include <vector>

namespace spikeloom::tools {
namespace {

enum Tag : int { ready = 1, result, work, stop };

void send(const std::string& text, int to, Tag tag) {
    MPI_Send(text.data(), static_cast<int>(text.size()), MPI_CHAR, to, tag, MPI_COMM_WORLD);
}

struct Received {
    std::string text;
    int from = 0, tag = 0;
};

/// Waits without turning: MPI_Recv would keep a processor busy that points could use.
Received receive(int from) {
    constexpr std::chrono::microseconds longest{2000};
    std::chrono::microseconds pause{20};
    MPI_Status status;
    for (;;) {
        int there = 0;
        MPI_Iprobe(from, MPI_ANY_TAG, MPI_COMM_WORLD, &there, &status);
        if (there != 0) break;
        std::this_thread::sleep_for(pause);
        pause = std::min(pause * 2, longest);
    }
    int length = 0;
    MPI_Get_count(&status, MPI_CHAR, &length);
    Received message{std::string(static_cast<std::size_t>(length), '\0'), status.MPI_SOURCE,
                     status.MPI_TAG};
    MPI_Recv(message.text.data(), length, MPI_CHAR, message.from, message.tag, MPI_COMM_WORLD,
             MPI_STATUS_IGNORE);
    return message;
}

/// Rank 0: as long as there is work, every idle rank gets some.
class Owner {
public:
    explicit Owner(sweep::Coordinator& coordinator) : coordinator_{coordinator} {}

    Result<void> run() {
        for (;;) {
            while (!idle_.empty()) {
                const auto handout = coordinator_.next();
                if (!handout) return tl::unexpected(handout.error());
                using Kind = sweep::Handout::Kind;
                if (handout->kind == Kind::done) return {};
                if (handout->kind == Kind::wait) break;
                send(sweep::to_message(handout->point), idle_.front(), work);
                idle_.pop_front();
            }
            if (auto taken = take(receive(MPI_ANY_SOURCE)); !taken) return taken;
        }
    }

private:
    /// A ready rank, or a result: point and outcome, a line each.
    Result<void> take(const Received& message) {
        idle_.push_back(message.from);
        if (message.tag == ready) return {};
        const std::size_t line = message.text.find('\n');
        const auto point       = sweep::point_of(message.text.substr(0, line));
        if (!point) return tl::unexpected(point.error());
        const auto outcome = sweep::outcome_of(message.text.substr(line + 1));
        if (!outcome) return tl::unexpected(outcome.error());
        return coordinator_.record(*point, *outcome);
    }

    sweep::Coordinator& coordinator_;
    std::deque<int> idle_;
};

Result<void> own(const sweep::Spec& spec, const sweep::Workplace& place, const SweepFlags& flags,
                 int ranks) {
    auto store = sweep::Store::open(place.folder, spec, tool_name(place), flags.resume);
    if (!store) return tl::unexpected(store.error());
    sweep::Coordinator coordinator{spec, *store};
    if (ranks == 1) {
        if (auto done = sweep::run_local(spec, place, coordinator, flags.jobs, {}); !done)
            return done;
    } else if (auto done = Owner{coordinator}.run(); !done) {
        return done;
    }
    for (int rank = 1; rank < ranks; ++rank)
        send({}, rank, stop);
    return finish_sweep(spec, *store, place, flags.json);
}

Result<void> serve(const sweep::Spec& spec, const sweep::Workplace& place) {
    send({}, 0, ready);
    for (;;) {
        const Received message = receive(0);
        if (message.tag == stop) return {};
        const auto point = sweep::point_of(message.text);
        if (!point) return tl::unexpected(point.error());
        const sweep::Outcome outcome = sweep::evaluate(spec, place, *point);
        send(message.text + "\n" + sweep::to_message(outcome), 0, result);
    }
}

/// Every rank must see the same spec and the same inputs.
Result<void> agree(const sweep::Spec& spec) {
    unsigned long long hash = spec.hash;
    MPI_Bcast(&hash, 1, MPI_UNSIGNED_LONG_LONG, 0, MPI_COMM_WORLD);
    if (hash == spec.hash) return {};
    return fault("sweep.spec-changed", "this rank sees another spec or other inputs than rank 0",
                 {spec.file.string(), ""});
}

Checked<void> run(const SweepFlags& flags) {
    int rank = 0, ranks = 1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    MPI_Comm_size(MPI_COMM_WORLD, &ranks);
    const auto one = [](const Diagnostic& diagnostic) {
        return tl::unexpected<Diagnostics>{Diagnostics{diagnostic}};
    };
    const auto spec = sweep::read_spec(flags.spec);
    if (!spec) return tl::unexpected<Diagnostics>{spec.error()};
    const auto place = workplace(flags);
    if (!place) return one(place.error());
    if (auto same = agree(*spec); !same) return one(same.error());
    const auto done = rank == 0 ? own(*spec, *place, flags, ranks) : serve(*spec, *place);
    if (!done) return one(done.error());
    return {};
}

int main_of(int argc, char** argv) {
    CLI::App app{"spikeloom sweep under MPI"};
    SweepFlags flags;
    flags.add_to(app);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : 2;
    }
    MPI_Init(&argc, &argv);
    const auto done = run(flags);
    if (!done) {
        fmt::print(stderr, "{}\n", to_string(done.error()));
        MPI_Abort(MPI_COMM_WORLD, 1);
    }
    MPI_Finalize();
    return 0;
}

}  // namespace
}  // namespace spikeloom::tools

int main(int argc, char** argv) {
    try {
        return spikeloom::tools::main_of(argc, argv);
    } catch (const std::exception& error) {
        fmt::print(stderr, "error[tool.internal]: {}\n", error.what());
    }
    return 1;
}
