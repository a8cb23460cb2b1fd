// SPDX-License-Identifier: Apache-2.0
#include "sweep/plan.hpp"

namespace spikeloom::sweep {

Point point_at(const Spec& spec, const Sampler& sampler, std::uint64_t design,
               std::uint32_t repeat) {
    Point point{.id         = design * spec.repeats + repeat,
                .design     = design,
                .repeat     = repeat,
                .generation = sampler.generation(design),
                .seed       = spec.seed + repeat,
                .settings   = sampler.design(design)};
    point.settings.insert(spec.fixed.begin(), spec.fixed.end());
    const auto seed = point.settings.find("compile.seed");
    if (seed != point.settings.end() && seed->second.number && *seed->second.number >= 0)
        point.seed = static_cast<std::uint64_t>(*seed->second.number) + repeat;
    return point;
}

Result<std::optional<std::string>> ruled_out(const Spec& spec, const Settings& settings) {
    for (const Constraint& constraint : spec.constraints) {
        const auto met = constraint.condition.evaluate(settings);
        if (!met) return tl::unexpected(met.error());
        if (*met == 0) return std::optional{constraint.reason};
    }
    return std::optional<std::string>{};
}

}  // namespace spikeloom::sweep
