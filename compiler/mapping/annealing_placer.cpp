// SPDX-License-Identifier: Apache-2.0
/// Simulated annealing (Kirkpatrick, Gelatt and Vecchi 1983) of swaps, hot from the order of the
/// cores; the change of a swap is summed over the traffic of the two cores.
#include "compiler/mapping/placers.hpp"
#include "support/keyed_rng.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace spikeloom::mapping {
namespace {

class Annealer {
public:
    explicit Annealer(const PlaceTask& task)
        : task_{task}, of_{place_row_major(task)}, random_{task.options.seed, Stream::mapping, 22} {
        at_.assign(task.region.cores(), empty);
        for (std::uint32_t core = 0; core < of_.size(); ++core)
            at_[node(of_[core])] = core;
    }

    Positions run() {
        const auto nodes              = static_cast<double>(task_.region.cores());
        const double moves            = std::max(1.0, task_.options.effort * 100000.0 * nodes);
        const double hot              = typical_change();
        const double cold             = hot * 1e-4;
        const auto total              = static_cast<std::uint64_t>(moves);
        double temperature            = hot;
        constexpr std::uint64_t steps = 400;
        const double cooling          = std::pow(cold / hot, 1.0 / steps);
        Positions best                = of_;
        double cost = 0, best_cost = 0;
        for (std::uint64_t step = 0; step < steps && hot > 0; ++step) {
            for (std::uint64_t i = 0; i < total / steps; ++i)
                cost += try_swap(temperature);
            if (cost < best_cost) {
                best      = of_;
                best_cost = cost;
            }
            temperature *= cooling;
            if (task_.options.progress)
                task_.options.progress("place", static_cast<double>(step + 1) / steps);
        }
        return best;
    }

private:
    static constexpr std::uint32_t empty = 0xFFFFFFFFU;

    [[nodiscard]] std::size_t node(Position p) const {
        return std::size_t{p.y} * task_.region.width + p.x;
    }
    [[nodiscard]] Position position(std::uint64_t index) const {
        return {static_cast<std::uint32_t>(index % task_.region.width),
                static_cast<std::uint32_t>(index / task_.region.width)};
    }

    /// Change of cost when core `a` goes to `to`; the core `other` comes in return.
    [[nodiscard]] double change(std::uint32_t a, Position to, std::uint32_t other) const {
        std::int64_t sum          = 0;
        const Position from       = of_[a];
        const CoreTraffic& routes = task_.traffic;
        for (std::size_t i = routes.begin[a]; i < routes.begin[a + 1]; ++i) {
            if (routes.to[i] == other) continue;
            const Position p = of_[routes.to[i]];
            const auto apart = [&](Position q) {
                return std::abs(std::int64_t{q.x} - p.x) + std::abs(std::int64_t{q.y} - p.y);
            };
            sum += routes.spikes[i] * (apart(to) - apart(from));
        }
        return static_cast<double>(sum);
    }

    struct Swap {
        std::uint32_t a = 0, b = empty;
        Position to;
        double change = 0;
    };

    Swap draw() {
        Swap swap;
        swap.a  = static_cast<std::uint32_t>(random_.below(of_.size()));
        swap.to = position(random_.below(task_.region.cores()));
        swap.b  = at_[node(swap.to)];
        if (swap.b == swap.a) return swap;
        swap.change = change(swap.a, swap.to, swap.b);
        if (swap.b != empty) swap.change += change(swap.b, of_[swap.a], swap.a);
        return swap;
    }

    double typical_change() {
        double sum = 0;
        for (int i = 0; i < 200; ++i)
            sum += std::abs(draw().change);
        return sum / 200;
    }

    double try_swap(double temperature) {
        const Swap swap = draw();
        if (swap.b == swap.a) return 0;
        if (swap.change > 0 && random_.uniform() >= std::exp(-swap.change / temperature)) return 0;
        const Position from = of_[swap.a];
        at_[node(from)]     = swap.b;
        at_[node(swap.to)]  = swap.a;
        of_[swap.a]         = swap.to;
        if (swap.b != empty) of_[swap.b] = from;
        return swap.change;
    }

    const PlaceTask& task_;
    Positions of_;
    std::vector<std::uint32_t> at_;
    KeyedSequence random_;
};

}  // namespace

Positions place_annealing(const PlaceTask& task) {
    return Annealer{task}.run();
}

}  // namespace spikeloom::mapping
