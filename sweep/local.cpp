// SPDX-License-Identifier: Apache-2.0
#include "sweep/local.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

namespace spikeloom::sweep {
namespace {

/// The coordinator behind a lock, as the threads see it.
class Desk {
public:
    Desk(Coordinator& coordinator, const OnProgress& progress)
        : coordinator_{coordinator}, progress_{progress} {}

    /// Waits for a point; nothing when there will be none.
    std::optional<Point> take() {
        std::unique_lock lock{mutex_};
        while (!fault_) {
            const auto handout = coordinator_.next();
            if (!handout) {
                stop(handout.error());
            } else if (handout->kind == Handout::Kind::point) {
                return handout->point;
            } else if (handout->kind == Handout::Kind::done) {
                return {};
            } else {
                recorded_.wait(lock);
            }
        }
        return {};
    }

    void put(const Point& point, const Outcome& outcome) {
        const std::lock_guard lock{mutex_};
        if (const auto done = coordinator_.record(point, outcome); !done) stop(done.error());
        if (progress_) progress_(coordinator_.finished(), coordinator_.total());
        recorded_.notify_all();
    }

    [[nodiscard]] Result<void> end() const {
        if (fault_) return tl::unexpected(*fault_);
        return {};
    }

private:
    void stop(const Diagnostic& fault) {
        if (!fault_) fault_ = fault;
        recorded_.notify_all();
    }

    Coordinator& coordinator_;
    const OnProgress& progress_;
    std::mutex mutex_;
    std::condition_variable recorded_;
    std::optional<Diagnostic> fault_;
};

}  // namespace

Result<void> run_local(const Spec& spec, const Workplace& place, Coordinator& coordinator,
                       unsigned jobs, const OnProgress& progress) {
    Desk desk{coordinator, progress};
    const auto work = [&] {
        while (const auto point = desk.take())
            desk.put(*point, evaluate(spec, place, *point));
    };
    {
        std::vector<std::jthread> threads;
        for (unsigned k = 0; k < jobs; ++k)
            threads.emplace_back(work);
    }
    return desk.end();
}

}  // namespace spikeloom::sweep
