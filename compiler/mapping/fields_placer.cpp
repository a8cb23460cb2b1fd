// SPDX-License-Identifier: Apache-2.0
/// Our placer. Every core keeps two fields: what it would pay in each column and in each row (the
/// Manhattan distance is a sum of both). A swap is then judged in constant time, and only accepted
/// swaps cost work, so that annealing can begin warm, from the spectral placement, and end in a
/// full descent.
#include "compiler/mapping/placers.hpp"
#include "support/keyed_rng.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace spikeloom::mapping {
namespace {

class Fields {
public:
    Fields(const PlaceTask& task, Positions start, std::uint64_t key)
        : task_{task},
          width_{task.region.width},
          height_{task.region.height},
          of_{std::move(start)},
          at_(task.region.cores(), empty),
          column_(std::size_t{task.traffic.cores} * width_, 0.0),
          row_(std::size_t{task.traffic.cores} * height_, 0.0),
          random_{task.options.seed, Stream::mapping, key, 23} {
        for (std::uint32_t a = 0; a < of_.size(); ++a) {
            at_[node(of_[a])] = a;
            fill(a);
        }
        best_ = of_;
    }

    /// Annealing from a temperature given in typical changes of a swap.
    void anneal(double warm, std::uint64_t moves) {
        constexpr std::uint64_t steps = 200;
        double temperature            = warm * typical_change();
        if (temperature <= 0) return;
        const double cooling = std::pow(2e-4 / warm, 1.0 / steps);
        for (std::uint64_t step = 0; step < steps; ++step) {
            for (std::uint64_t i = 0; i < moves / steps; ++i)
                try_swap(temperature);
            keep_best();
            temperature *= cooling;
        }
    }

    /// The best swaps of each core until none helps.
    void descend() {
        for (bool better = true; better;) {
            better = false;
            for (std::uint32_t a = 0; a < of_.size(); ++a)
                better = improve(a) || better;
        }
        keep_best();
    }

    [[nodiscard]] const Positions& best() const { return best_; }

private:
    static constexpr std::uint32_t empty = 0xFFFFFFFFU;

    [[nodiscard]] std::size_t node(Position p) const { return std::size_t{p.y} * width_ + p.x; }

    void fill(std::uint32_t a) {
        const CoreTraffic& traffic = task_.traffic;
        for (std::size_t i = traffic.begin[a]; i < traffic.begin[a + 1]; ++i) {
            const auto spikes = static_cast<double>(traffic.spikes[i]);
            const Position p  = of_[traffic.to[i]];
            for (std::uint32_t x = 0; x < width_; ++x)
                column_[a * width_ + x] += spikes * std::abs(double(x) - double(p.x));
            for (std::uint32_t y = 0; y < height_; ++y)
                row_[a * height_ + y] += spikes * std::abs(double(y) - double(p.y));
        }
    }

    [[nodiscard]] double field(std::uint32_t a, Position p) const {
        return column_[std::size_t{a} * width_ + p.x] + row_[std::size_t{a} * height_ + p.y];
    }

    [[nodiscard]] double traffic_between(std::uint32_t a, std::uint32_t b) const {
        const auto first = task_.traffic.to.begin() + std::ptrdiff_t(task_.traffic.begin[a]);
        const auto last  = task_.traffic.to.begin() + std::ptrdiff_t(task_.traffic.begin[a + 1]);
        const auto found = std::lower_bound(first, last, b);
        if (found == last || *found != b) return 0;
        return static_cast<double>(
            task_.traffic.spikes[std::size_t(found - task_.traffic.to.begin())]);
    }

    /// Change of cost when core `a` and what is at `to` change places.
    [[nodiscard]] double change(std::uint32_t a, Position to) const {
        const Position from   = of_[a];
        const std::uint32_t b = at_[node(to)];
        double sum            = field(a, to) - field(a, from);
        if (b == empty) return sum;
        sum += field(b, from) - field(b, to);
        const double apart =
            std::abs(double(from.x) - double(to.x)) + std::abs(double(from.y) - double(to.y));
        return sum + 2 * traffic_between(a, b) * apart;
    }

    /// Tells the neighbours of `a` that it went from `from` to `to`.
    void shift(std::uint32_t a, Position from, Position to) {
        shift_x_.resize(width_);
        shift_y_.resize(height_);
        for (std::uint32_t x = 0; x < width_; ++x)
            shift_x_[x] = std::abs(double(x) - double(to.x)) - std::abs(double(x) - double(from.x));
        for (std::uint32_t y = 0; y < height_; ++y)
            shift_y_[y] = std::abs(double(y) - double(to.y)) - std::abs(double(y) - double(from.y));
        const CoreTraffic& traffic = task_.traffic;
        for (std::size_t i = traffic.begin[a]; i < traffic.begin[a + 1]; ++i) {
            const auto spikes = static_cast<double>(traffic.spikes[i]);
            double* column    = column_.data() + std::size_t{traffic.to[i]} * width_;
            double* row       = row_.data() + std::size_t{traffic.to[i]} * height_;
            if (from.x != to.x)
                for (std::uint32_t x = 0; x < width_; ++x)
                    column[x] += spikes * shift_x_[x];
            if (from.y != to.y)
                for (std::uint32_t y = 0; y < height_; ++y)
                    row[y] += spikes * shift_y_[y];
        }
    }

    void swap(std::uint32_t a, Position to, double changed) {
        const Position from   = of_[a];
        const std::uint32_t b = at_[node(to)];
        shift(a, from, to);
        of_[a]          = to;
        at_[node(to)]   = a;
        at_[node(from)] = b;
        if (b != empty) {
            shift(b, to, from);
            of_[b] = from;
        }
        cost_ += changed;
    }

    struct Draw {
        std::uint32_t core;
        Position to;
    };

    Draw draw() {
        const std::uint64_t bits = random_.bits();
        const auto a             = static_cast<std::uint32_t>(((bits >> 32) * of_.size()) >> 32);
        const auto n = static_cast<std::uint32_t>(((bits & 0xFFFFFFFFU) * at_.size()) >> 32);
        return {a, {n % width_, n / width_}};
    }

    double typical_change() {
        double sum = 0;
        for (int i = 0; i < 200; ++i) {
            const Draw move = draw();
            sum += std::abs(change(move.core, move.to));
        }
        return sum / 200;
    }

    void try_swap(double temperature) {
        const Draw move = draw();
        if (of_[move.core] == move.to) return;
        const double changed = change(move.core, move.to);
        if (changed > 0 &&
            (changed > 20 * temperature || random_.uniform() >= std::exp(-changed / temperature)))
            return;
        swap(move.core, move.to, changed);
    }

    bool improve(std::uint32_t a) {
        double best = -1e-9;
        Position to = of_[a];
        for (std::uint32_t y = 0; y < height_; ++y)
            for (std::uint32_t x = 0; x < width_; ++x) {
                if (of_[a] == Position{x, y}) continue;
                const double changed = change(a, {x, y});
                if (changed >= best) continue;
                best = changed;
                to   = {x, y};
            }
        if (to == of_[a]) return false;
        swap(a, to, best);
        return true;
    }

    void keep_best() {
        if (cost_ >= best_cost_) return;
        best_cost_ = cost_;
        best_      = of_;
    }

    const PlaceTask& task_;
    const std::uint32_t width_, height_;
    Positions of_, best_;
    std::vector<std::uint32_t> at_;
    std::vector<double> column_, row_;  ///< core by core
    std::vector<double> shift_x_, shift_y_;
    KeyedSequence random_;
    double cost_ = 0, best_cost_ = 0;
};

}  // namespace

Positions place_fields(const PlaceTask& task) {
    constexpr std::uint32_t turns = 16;
    const auto moves              = static_cast<std::uint64_t>(task.options.effort * 12000 *
                                                  static_cast<double>(task.region.cores()));
    Fields fields{task, place_spectral_turned(task, turns), 0};
    fields.anneal(0.5, moves);
    fields.descend();
    if (task.options.progress) task.options.progress("place", 1.0);
    return fields.best();
}

}  // namespace spikeloom::mapping
