// SPDX-License-Identifier: Apache-2.0
#include "sweep/coordinator.hpp"

#include "sweep/plan.hpp"

#include <fmt/format.h>

#include <cmath>
#include <utility>

namespace spikeloom::sweep {

Coordinator::Coordinator(const Spec& spec, Store& store)
    : spec_{spec}, store_{store}, sampler_{make_sampler(spec)} {}

bool Coordinator::is_copy(std::uint64_t design) {
    const auto [first, fresh] =
        first_.try_emplace(point_at(spec_, *sampler_, design, 0).key(), design);
    if (fresh) return false;
    const std::uint64_t original = first->second;
    if (const auto verdict = verdicts_.find(original); verdict != verdicts_.end())
        decide(design, verdict->second);
    else
        copies_[original].push_back(design);
    return true;
}

Result<bool> Coordinator::is_open(const Point& point) {
    const auto record = store_.find(point.id);
    if (!record) return tl::unexpected(record.error());
    if (*record) {
        if ((*record)->key != point.key())
            return fault("sweep.store",
                         fmt::format("point {} is stored with other settings", point.id));
        absorb(point.design, (*record)->status, (*record)->objectives);
        return false;
    }
    const auto reason = ruled_out(spec_, point.settings);
    if (!reason) return tl::unexpected(reason.error());
    if (!*reason) return true;
    Outcome outcome;
    outcome.status  = Status::skipped;
    outcome.code    = "sweep.constraint";
    outcome.message = **reason;
    const auto done = store_.record(point, outcome);
    if (!done) return tl::unexpected(done.error());
    absorb(point.design, outcome.status, {});
    return false;
}

Result<Handout> Coordinator::next() {
    while (design_ < sampler_->known()) {
        if (repeat_ == 0 && is_copy(design_)) {
            ++design_;
            finished_ += spec_.repeats;
            continue;
        }
        const Point point = point_at(spec_, *sampler_, design_, repeat_);
        if (++repeat_ == spec_.repeats) {
            ++design_;
            repeat_ = 0;
        }
        const auto open = is_open(point);
        if (!open) return tl::unexpected(open.error());
        if (!*open) continue;
        ++outstanding_;
        return Handout{Handout::Kind::point, point};
    }
    return Handout{outstanding_ > 0 ? Handout::Kind::wait : Handout::Kind::done, {}};
}

Result<void> Coordinator::record(const Point& point, const Outcome& outcome) {
    const auto done = store_.record(point, outcome);
    if (!done) return done;
    --outstanding_;
    absorb(point.design, outcome.status, outcome.objectives);
    return {};
}

void Coordinator::absorb(std::uint64_t design, Status status,
                         const std::vector<double>& objectives) {
    ++finished_;
    Partial& partial = partial_[design];
    partial.sums.resize(spec_.objectives.size());
    partial.complete = partial.complete && status == Status::ok;
    for (std::size_t k = 0; partial.complete && k < objectives.size(); ++k)
        partial.sums[k] += spec_.objectives[k].maximise ? -objectives[k] : objectives[k];
    if (++partial.repeats < spec_.repeats) return;
    Verdict verdict;
    if (partial.complete) {
        for (double& sum : partial.sums)
            sum /= spec_.repeats;
        verdict = std::move(partial.sums);
    }
    partial_.erase(design);
    decide(design, verdict);
}

void Coordinator::decide(std::uint64_t design, const Verdict& verdict) {
    verdicts_[design] = verdict;
    sampler_->tell(design, verdict);
    const auto waiting = copies_.extract(design);
    if (waiting.empty()) return;
    for (const std::uint64_t copy : waiting.mapped())
        decide(copy, verdict);
}

}  // namespace spikeloom::sweep
