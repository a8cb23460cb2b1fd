// SPDX-License-Identifier: Apache-2.0
/// Coordinator: hands out the points of a sweep and takes in what came of them.
#pragma once

#include "sweep/sampler.hpp"
#include "sweep/store.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

namespace spikeloom::sweep {

/// What there is to do now.
struct Handout {
    enum class Kind { point, wait, done };
    Kind kind = Kind::done;
    Point point{};
};

/// Points that are in the store already, that a constraint rules out, or whose design came up
/// before are dealt with here and never handed out. Not for several threads at once.
class Coordinator {
public:
    /// Both outlive it.
    Coordinator(const Spec& spec, Store& store);

    /// `wait`: nothing until an outstanding point is recorded. Errors: "sweep.store",
    /// "sweep.expression" (a constraint that cannot be evaluated).
    Result<Handout> next();
    Result<void> record(const Point& point, const Outcome& outcome);

    /// Points there will be at most: designs x repeats.
    [[nodiscard]] std::uint64_t total() const { return sampler_->total() * spec_.repeats; }
    /// Points dealt with so far, in whatever way.
    [[nodiscard]] std::uint64_t finished() const { return finished_; }

private:
    /// A design of which some repeats are recorded.
    struct Partial {
        std::vector<double> sums;
        std::uint32_t repeats = 0;
        bool complete         = true;
    };

    /// Whether the design is a copy of an earlier one, which then speaks for it.
    bool is_copy(std::uint64_t design);
    /// True when the point is to be handed out.
    Result<bool> is_open(const Point& point);
    void absorb(std::uint64_t design, Status status, const std::vector<double>& objectives);
    void decide(std::uint64_t design, const Verdict& verdict);

    const Spec& spec_;
    Store& store_;
    std::unique_ptr<Sampler> sampler_;
    std::uint64_t design_      = 0;
    std::uint32_t repeat_      = 0;
    std::uint64_t outstanding_ = 0, finished_ = 0;
    std::map<std::uint64_t, Partial> partial_;                ///< by design
    std::unordered_map<std::uint64_t, std::uint64_t> first_;  ///< design by key
    std::unordered_map<std::uint64_t, Verdict> verdicts_;     ///< of a search, by design
    std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> copies_;  ///< waiting, by design
};

}  // namespace spikeloom::sweep
