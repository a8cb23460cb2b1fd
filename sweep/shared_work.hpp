// SPDX-License-Identifier: Apache-2.0
/// Work that several points share, done once: by threads, processes and machines alike.
#pragma once

#include "support/result.hpp"
#include "sweep/point.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace spikeloom::sweep {

/// How a step of a point ended.
struct StepEnd {
    Status status = Status::ok;
    std::string code, message;
};

/// Does the work whose inputs `name` is the key of ("image-0123456789abcdef"), unless it was done
/// before, and gives its end. `work` writes its files into the folder that it is given,
/// `cache`/`name`; a file lock keeps others waiting meanwhile. Work that was killed is done again;
/// a refusal, a crash or a timeout is an end like any other and is remembered.
/// Error: "sweep.cache" when the folder cannot be used.
Result<StepEnd> once(const std::filesystem::path& cache, const std::string& name,
                     const std::function<StepEnd(const std::filesystem::path&)>& work);

}  // namespace spikeloom::sweep
