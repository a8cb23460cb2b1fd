// SPDX-License-Identifier: Apache-2.0
#include "support/atomic_file.hpp"

#include "tests/support/scratch_folder.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <thread>

namespace spikeloom {
namespace {

namespace fs = std::filesystem;

class AtomicFile : public ::testing::Test {
protected:
    [[nodiscard]] std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator{folder_.path()}, fs::directory_iterator{}));
    }

    test::ScratchFolder folder_;
};

TEST_F(AtomicFile, WritesAndReadsBack) {
    const std::string text("a\0b\n", 4);
    ASSERT_TRUE(write_file(folder_ / "f", text));
    EXPECT_EQ(read_file(folder_ / "f").value(), text);
    const std::vector<std::uint8_t> bytes{1, 2, 255};
    ASSERT_TRUE(write_file(folder_ / "f", bytes));
    EXPECT_EQ(read_file(folder_ / "f").value(), "\1\2\xFF");
    EXPECT_EQ(files(), 1U);
}

TEST_F(AtomicFile, HonoursTheUmask) {
    const mode_t mask = ::umask(027);
    ASSERT_TRUE(write_file(folder_ / "f", "x"));
    ::umask(mask);
    struct stat status {};
    ASSERT_EQ(::stat((folder_ / "f").c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0640U);
}

TEST_F(AtomicFile, MissingFolderIsOneFault) {
    const auto result = write_file(folder_ / "no" / "f", "x");
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, "file.write");
    EXPECT_EQ(result.error().location.file, (folder_ / "no" / "f").string());
}

TEST_F(AtomicFile, FolderAsTargetIsOneFault) {
    fs::create_directory(folder_ / "d");
    EXPECT_EQ(write_file(folder_ / "d", "x").error().code, "file.write");
    EXPECT_EQ(files(), 1U);
    EXPECT_EQ(read_file(folder_ / "d").error().code, "file.read");
}

TEST_F(AtomicFile, FileSizeLimitKeepsTheOldContent) {
    ASSERT_TRUE(write_file(folder_ / "f", "old"));
    rlimit former{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &former), 0);
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit small{4096, former.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
    const auto result = write_file(folder_ / "f", std::string(100'000, 'x'));
    ::setrlimit(RLIMIT_FSIZE, &former);
    std::signal(SIGXFSZ, handler);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, "file.write");
    EXPECT_EQ(read_file(folder_ / "f").value(), "old");
    EXPECT_EQ(files(), 1U);
}

TEST_F(AtomicFile, FullDiskKeepsTheOldContent) {
    if (::mount("none", folder_.path().c_str(), "tmpfs", 0, "size=64k") != 0)
        GTEST_SKIP() << "skipped: this process may not mount a tmpfs";
    const auto first  = write_file(folder_ / "f", "old");
    const auto second = write_file(folder_ / "f", std::string(1'000'000, 'x'));
    const auto left   = read_file(folder_ / "f");
    const auto count  = files();
    ::umount(folder_.path().c_str());
    ASSERT_TRUE(first);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, "file.write");
    EXPECT_THAT(second.error().message, ::testing::HasSubstr("No space left"));
    EXPECT_EQ(left.value(), "old");
    EXPECT_EQ(count, 1U);
}

TEST_F(AtomicFile, FullDeviceIsOneFault) {
    EXPECT_EQ(write_file("/dev/full", "x").error().code, "file.write");
    EXPECT_TRUE(write_file("/dev/null", "x"));
    EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST_F(AtomicFile, PipesAreWrittenDirectlyAndClosedOnesAreAFault) {
    const fs::path pipe = folder_ / "pipe";
    ASSERT_EQ(::mkfifo(pipe.c_str(), 0600), 0);
    std::string received;
    std::thread reader{[&] { std::getline(std::ifstream{pipe}, received); }};
    EXPECT_TRUE(write_file(pipe, "through\n"));
    reader.join();
    EXPECT_EQ(received, "through");

    const auto handler = std::signal(SIGPIPE, SIG_IGN);
    std::thread closer{[&] { std::ifstream{pipe}.get(); }};
    const auto result = write_file(pipe, std::string(1 << 20, 'x'));
    closer.join();
    std::signal(SIGPIPE, handler);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, "file.write");
}

TEST_F(AtomicFile, ReadFaults) {
    EXPECT_EQ(read_file(folder_ / "none").error().code, "file.open");
    ASSERT_TRUE(write_file(folder_ / "f", "12345"));
    EXPECT_EQ(read_file(folder_ / "f", 4).error().code, "file.too-large");
    EXPECT_EQ(read_file(folder_ / "f", 5).value(), "12345");
}

}  // namespace
}  // namespace spikeloom
