// SPDX-License-Identifier: Apache-2.0
#include "sweep/sampler.hpp"

#include "sweep/keys.hpp"

#include <numeric>
#include <utility>

namespace spikeloom::sweep {
namespace {

class Grid : public Sampler {
public:
    explicit Grid(const Spec& spec) : axes_{spec.axes} {}
    [[nodiscard]] std::uint64_t known() const override { return total(); }
    [[nodiscard]] std::uint64_t total() const override {
        std::uint64_t designs = 1;
        for (const Axis& axis : axes_)
            designs *= axis.levels();
        return designs;
    }
    [[nodiscard]] Settings design(std::uint64_t k) const override {
        Settings settings;
        for (std::size_t at = axes_.size(); at-- > 0;) {
            settings[axes_[at].setting] = axes_[at].level(k % axes_[at].levels());
            k /= axes_[at].levels();
        }
        return settings;
    }

private:
    std::vector<Axis> axes_;
};

class Random : public Sampler {
public:
    explicit Random(const Spec& spec)
        : axes_{spec.axes}, points_{spec.sampler.points}, seed_{spec.sampler.seed} {}
    [[nodiscard]] std::uint64_t known() const override { return points_; }
    [[nodiscard]] std::uint64_t total() const override { return points_; }
    [[nodiscard]] Settings design(std::uint64_t k) const override {
        Settings settings;
        KeyedSequence draws{seed_, design_stream, k};
        for (const Axis& axis : axes_)
            settings[axis.setting] = axis.at(draws.uniform());
        return settings;
    }

private:
    std::vector<Axis> axes_;
    std::uint64_t points_, seed_;
};

/// Every axis is cut into as many slices as there are points; each slice is used once.
class LatinHypercube : public Sampler {
public:
    explicit LatinHypercube(const Spec& spec)
        : axes_{spec.axes}, points_{spec.sampler.points}, seed_{spec.sampler.seed} {
        for (std::size_t at = 0; at < axes_.size(); ++at) {
            auto& slices = slices_.emplace_back(points_);
            std::iota(slices.begin(), slices.end(), 0U);
            KeyedSequence draws{seed_, slice_stream, at};
            for (std::uint64_t k = points_; k > 1; --k)
                std::swap(slices[k - 1], slices[draws.below(k)]);
        }
    }
    [[nodiscard]] std::uint64_t known() const override { return points_; }
    [[nodiscard]] std::uint64_t total() const override { return points_; }
    [[nodiscard]] Settings design(std::uint64_t k) const override {
        Settings settings;
        KeyedSequence draws{seed_, design_stream, k};
        for (std::size_t at = 0; at < axes_.size(); ++at) {
            const double u = (slices_[at][k] + draws.uniform()) / static_cast<double>(points_);
            settings[axes_[at].setting] = axes_[at].at(u);
        }
        return settings;
    }

private:
    std::vector<Axis> axes_;
    std::uint64_t points_, seed_;
    std::vector<std::vector<std::uint32_t>> slices_;  ///< by axis, then design
};

}  // namespace

std::unique_ptr<Sampler> make_sampler(const Spec& spec) {
    switch (spec.sampler.kind) {
        case SamplerKind::random:
            return std::make_unique<Random>(spec);
        case SamplerKind::latin_hypercube:
            return std::make_unique<LatinHypercube>(spec);
        case SamplerKind::nsga2:
            return make_nsga2(spec);
        case SamplerKind::grid:
            break;
    }
    return std::make_unique<Grid>(spec);
}

}  // namespace spikeloom::sweep
