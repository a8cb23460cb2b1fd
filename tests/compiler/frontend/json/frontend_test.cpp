// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/frontend.hpp"

#include "support/atomic_file.hpp"
#include "tests/support/scratch_folder.hpp"

#include <gtest/gtest.h>

namespace spikeloom::frontend {
namespace {

namespace fs = std::filesystem;

class ReadNetwork : public ::testing::Test {
protected:
    /// First code of reading a file of this name and content; empty where it is a network.
    std::string code_of(const std::string& name, const std::string& content) {
        EXPECT_TRUE(write_file(folder_ / name, content));
        const auto network = read_network(folder_ / name);
        return network ? "" : network.error().front().code;
    }

    test::ScratchFolder folder_;
};

constexpr const char* json = R"( {"populations": [{"name": "a", "size": 2, "model": "if"}]})";

TEST_F(ReadNetwork, JsonByContentWhateverItsName) {
    EXPECT_EQ(code_of("n.json", json), "");
    EXPECT_EQ(code_of("n.txt", json), "");
    EXPECT_EQ(code_of("n.nir", json), "");
}

TEST_F(ReadNetwork, OtherContentGoesByTheExtension) {
    EXPECT_EQ(code_of("n.json", "PK\3\4"), "json.syntax");
    EXPECT_EQ(code_of("n.JSON", ""), "json.syntax");
    EXPECT_EQ(code_of("n.nir", "PK\3\4").substr(0, 4), "nir.");
    EXPECT_EQ(code_of("n.xyz", "PK\3\4"), "network.unknown-format");
}

TEST_F(ReadNetwork, FilesThatAreNone) {
    EXPECT_EQ(read_network(folder_ / "no").error().front().code, "file.open");
    EXPECT_EQ(read_network(folder_.path()).error().front().code, "file.read");
    EXPECT_EQ(read_network("/dev/zero").error().front().code, "file.read");
}

TEST_F(ReadNetwork, NirByContent) {
    const fs::path source = std::string{SPIKELOOM_SHARED_DATA} + "/nir/lif_norse.nir";
    if (!fs::exists(source)) GTEST_SKIP() << "skipped: " << source << " is missing";
    fs::copy_file(source, folder_ / "n.json");
    const auto network = read_network(folder_ / "n.json");
    ASSERT_TRUE(network) << to_string(network.error());
    EXPECT_EQ(network->populations.size(), 2U);
}

}  // namespace
}  // namespace spikeloom::frontend
