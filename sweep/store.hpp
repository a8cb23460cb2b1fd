// SPDX-License-Identifier: Apache-2.0
/// Store: the results of a sweep in one SQLite file, one transaction a point.
#pragma once

#include "support/result.hpp"
#include "sweep/file_lock.hpp"
#include "sweep/pareto.hpp"
#include "sweep/point.hpp"
#include "sweep/spec.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace spikeloom::sweep {

/// A finished point as the sweep needs it to go on.
struct Record {
    Status status     = Status::ok;
    std::uint64_t key = 0;
    std::vector<double> objectives;
};

/// A finished point with everything.
struct Row {
    Point point;
    Outcome outcome;
};

struct Front {
    std::vector<std::uint64_t> designs;  ///< ascending
    std::vector<double> means;           ///< row-major: objectives of each design
    std::uint64_t considered = 0;        ///< designs with all objectives
};

/// The file is in WAL mode with synchronous=NORMAL: a killed process loses nothing that record()
/// returned for; a power failure may lose the last points, never the file.
class Store {
public:
    /// Makes `folder`/sweep.sqlite for a spec, or opens the one that is there when `resume`.
    /// Errors: "sweep.exists" (there is one and no resume), "sweep.busy" (another sweep holds the
    /// folder), "sweep.spec-changed" (it belongs to another spec or to changed inputs),
    /// "sweep.store" (what SQLite says).
    static Result<Store> open(const std::filesystem::path& folder, const Spec& spec,
                              const std::string& tool, bool resume);
    Store(Store&&) noexcept;
    Store& operator=(Store&&) noexcept;
    ~Store();

    /// One transaction. Recording a point twice is the error "sweep.twice".
    Result<void> record(const Point& point, const Outcome& outcome);
    /// The same for many points in one transaction.
    Result<void> record_all(const std::vector<Row>& rows);
    [[nodiscard]] Result<std::optional<Record>> find(std::uint64_t id);
    [[nodiscard]] Result<std::uint64_t> count();
    /// Mean wall time of the points that ran [s]; 0 when there is none.
    [[nodiscard]] Result<double> mean_seconds();
    /// Calls `each` for every row, by id; stops when it returns false.
    Result<void> scan(const std::function<bool(const Row&)>& each);
    /// Pareto front of the designs, over the mean of their repeats; designs with a repeat that
    /// gave no objectives are left out.
    Result<Front> front();

private:
    struct Impl;
    explicit Store(std::unique_ptr<Impl> impl);
    std::unique_ptr<Impl> impl_;
};

}  // namespace spikeloom::sweep
