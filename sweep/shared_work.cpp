// SPDX-License-Identifier: Apache-2.0
#include "sweep/shared_work.hpp"

#include "support/atomic_file.hpp"
#include "sweep/file_lock.hpp"

#include <fmt/format.h>

#include <optional>
#include <system_error>

namespace spikeloom::sweep {
namespace {

constexpr const char* end_file = "end";  ///< status, code and message, a line each

std::optional<StepEnd> remembered(const std::filesystem::path& folder) {
    const auto text = read_file(folder / end_file);
    if (!text) return {};
    const std::size_t first  = text->find('\n');
    const std::size_t second = first == std::string::npos ? first : text->find('\n', first + 1);
    if (second == std::string::npos) return {};
    return StepEnd{status_of(text->substr(0, first)), text->substr(first + 1, second - first - 1),
                   text->substr(second + 1)};
}

}  // namespace

Result<StepEnd> once(const std::filesystem::path& cache, const std::string& name,
                     const std::function<StepEnd(const std::filesystem::path&)>& work) {
    const std::filesystem::path folder = cache / name;
    if (auto end = remembered(folder)) return *end;
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    const auto lock = FileLock::wait(folder / "lock");
    if (failed || !lock)
        return fault("sweep.cache", "cannot use the folder for shared work", {folder.string(), ""});
    if (auto end = remembered(folder)) return *end;  // another was first
    StepEnd end        = work(folder);
    const auto written = write_file(
        folder / end_file, fmt::format("{}\n{}\n{}", to_string(end.status), end.code, end.message));
    if (!written) return tl::unexpected(written.error());
    return end;
}

}  // namespace spikeloom::sweep
