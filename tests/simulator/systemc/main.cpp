// SPDX-License-Identifier: Apache-2.0
/// SystemC's library has a main() of its own, which the linker would take before GoogleTest's.
#include <gtest/gtest.h>

int main(int argc, char** argv) {
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
