// SPDX-License-Identifier: Apache-2.0
#include "sweep/keys.hpp"
#include "sweep/pareto.hpp"
#include "sweep/sampler.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <utility>

namespace spikeloom::sweep {
namespace {

constexpr double crossover_eta = 15, mutation_eta = 20;

using Genome = std::vector<double>;  ///< one coordinate in [0, 1) an axis

double inside(double u) {
    return std::clamp(u, 0.0, std::nextafter(1.0, 0.0));
}

/// Simulated binary crossover of one coordinate: two children around their parents' middle.
void cross(double& a, double& b, double uniform) {
    const double power = 1.0 / (crossover_eta + 1.0);
    const double beta =
        uniform <= 0.5 ? std::pow(2.0 * uniform, power) : std::pow(0.5 / (1.0 - uniform), power);
    const double middle = 0.5 * (a + b), half = 0.5 * beta * (b - a);
    a = inside(middle - half);
    b = inside(middle + half);
}

double mutated(double x, double uniform) {
    const double power = 1.0 / (mutation_eta + 1.0);
    const double step  = uniform < 0.5 ? std::pow(2.0 * uniform, power) - 1.0
                                       : 1.0 - std::pow(2.0 * (1.0 - uniform), power);
    return inside(x + step);
}

class Nsga2 : public Sampler {
public:
    explicit Nsga2(const Spec& spec) : axes_{spec.axes}, options_{spec.sampler} {
        if (options_.mutation == 0) options_.mutation = 1.0 / static_cast<double>(axes_.size());
        for (std::uint32_t k = 0; k < options_.population; ++k) {
            KeyedSequence draws{options_.seed, design_stream, k};
            Genome genome(axes_.size());
            for (double& u : genome)
                u = draws.uniform();
            add(std::move(genome));
        }
    }

    [[nodiscard]] std::uint64_t known() const override { return genomes_.size(); }
    [[nodiscard]] std::uint64_t total() const override {
        return std::uint64_t{options_.population} * options_.generations;
    }
    [[nodiscard]] Settings design(std::uint64_t k) const override {
        Settings settings;
        for (std::size_t at = 0; at < axes_.size(); ++at)
            settings[axes_[at].setting] = axes_[at].at(genomes_[k][at]);
        return settings;
    }
    [[nodiscard]] std::uint32_t generation(std::uint64_t k) const override {
        return static_cast<std::uint32_t>(k / options_.population);
    }

    void tell(std::uint64_t k, const Verdict& verdict) override {
        verdicts_[k] = verdict;
        if (++told_ < genomes_.size() || genomes_.size() >= total()) return;
        select();
        breed();
    }

private:
    struct Fitness {
        std::uint32_t rank = 0;
        double distance    = 0;
    };

    void add(Genome genome) {
        genomes_.push_back(std::move(genome));
        verdicts_.emplace_back();
    }

    /// Rank and crowding of `pool`; what has no verdict ranks behind all that has.
    [[nodiscard]] std::vector<Fitness> fitness_of(const std::vector<std::size_t>& pool) const {
        Scores scores;
        std::vector<std::size_t> judged;
        for (std::size_t at = 0; at < pool.size(); ++at) {
            const Verdict& verdict = verdicts_[pool[at]];
            if (!verdict) continue;
            scores.width = verdict->size();
            scores.values.insert(scores.values.end(), verdict->begin(), verdict->end());
            judged.push_back(at);
        }
        std::vector<Fitness> result(pool.size(), {std::numeric_limits<std::uint32_t>::max(), 0});
        const auto ranks         = front_ranks(scores);
        const std::uint32_t last = ranks.empty() ? 0 : *std::ranges::max_element(ranks);
        for (std::uint32_t rank = 0; !ranks.empty() && rank <= last; ++rank) {
            std::vector<std::size_t> members;
            for (std::size_t k = 0; k < ranks.size(); ++k)
                if (ranks[k] == rank) members.push_back(k);
            const auto distance = crowding(scores, members);
            for (std::size_t k = 0; k < members.size(); ++k)
                result[judged[members[k]]] = {rank, distance[k]};
        }
        return result;
    }

    static bool better(const Fitness& a, const Fitness& b) {
        return a.rank != b.rank ? a.rank < b.rank : a.distance > b.distance;
    }

    /// The best of the parents and the newest generation become the next parents.
    void select() {
        std::vector<std::size_t> pool = parents_;
        for (std::size_t k = genomes_.size() - options_.population; k < genomes_.size(); ++k)
            pool.push_back(k);
        const auto fitness = fitness_of(pool);
        std::vector<std::size_t> order(pool.size());
        std::iota(order.begin(), order.end(), std::size_t{0});
        std::ranges::stable_sort(order,
                                 [&](auto a, auto b) { return better(fitness[a], fitness[b]); });
        parents_.clear();
        fitness_.clear();
        for (std::uint32_t k = 0; k < options_.population; ++k) {
            parents_.push_back(pool[order[k]]);
            fitness_.push_back(fitness[order[k]]);
        }
    }

    /// Binary tournament.
    std::size_t pick(KeyedSequence& draws) {
        const std::uint64_t a = draws.below(parents_.size()), b = draws.below(parents_.size());
        return parents_[better(fitness_[b], fitness_[a]) ? b : a];
    }

    void breed() {
        const std::size_t from = genomes_.size();
        for (std::uint32_t pair = 0; pair < options_.population / 2; ++pair) {
            KeyedSequence draws{options_.seed, offspring_stream, from + pair};
            Genome a = genomes_[pick(draws)], b = genomes_[pick(draws)];
            const bool crossed = draws.uniform() < options_.crossover;
            for (std::size_t at = 0; at < a.size(); ++at) {
                const double chance = draws.uniform(), uniform = draws.uniform();
                if (crossed && chance < 0.5) cross(a[at], b[at], uniform);
            }
            for (Genome* genome : {&a, &b})
                for (double& x : *genome) {
                    const double chance = draws.uniform(), uniform = draws.uniform();
                    if (chance < options_.mutation) x = mutated(x, uniform);
                }
            add(std::move(a));
            add(std::move(b));
        }
    }

    std::vector<Axis> axes_;
    SamplerSpec options_;
    std::vector<Genome> genomes_;
    std::vector<Verdict> verdicts_;
    std::uint64_t told_ = 0;
    std::vector<std::size_t> parents_;  ///< designs
    std::vector<Fitness> fitness_;      ///< of the parents
};

}  // namespace

std::unique_ptr<Sampler> make_nsga2(const Spec& spec) {
    return std::make_unique<Nsga2>(spec);
}

}  // namespace spikeloom::sweep
