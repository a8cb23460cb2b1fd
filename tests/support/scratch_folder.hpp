// SPDX-License-Identifier: Apache-2.0
/// A folder of a test's own, gone when the test is done.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <string>

namespace spikeloom::test {

class ScratchFolder {
public:
    ScratchFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "spikeloom-XXXXXX").string();
        path_            = ::mkdtemp(name.data());
    }
    ~ScratchFolder() { std::filesystem::remove_all(path_); }
    ScratchFolder(const ScratchFolder&)            = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] std::filesystem::path operator/(const std::string& file) const {
        return path_ / file;
    }

private:
    std::filesystem::path path_;
};

}  // namespace spikeloom::test
