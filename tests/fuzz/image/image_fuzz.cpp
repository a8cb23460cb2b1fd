// SPDX-License-Identifier: Apache-2.0
/// libFuzzer target: whatever the bytes, decode() gives an image that encodes again, or a
/// diagnostic.
#include "hw/image/image.hpp"

#include <zlib.h>

#include <cstdint>
#include <cstdlib>
#include <string>

namespace {

/// The same bytes as the payload behind a header that fits them, so that the parser is reached.
std::string with_header(const std::string& payload) {
    std::string file = spikeloom::hw::encode({}).substr(0, 12);
    const auto put   = [&](std::uint64_t value, int bytes) {
        for (int b = 0; b < bytes; ++b)
            file.push_back(static_cast<char>(value >> (8 * b)));
    };
    put(payload.size(), 8);
    put(crc32_z(0, reinterpret_cast<const Bytef*>(payload.data()), payload.size()), 4);
    return file + payload;
}

void check(const std::string& bytes) {
    const auto image = spikeloom::hw::decode(bytes, "fuzz");
    if (!image) {
        if (image.error().code.rfind("image.", 0) != 0) std::abort();
        return;
    }
    const std::string again = spikeloom::hw::encode(*image);
    const auto back         = spikeloom::hw::decode(again, "fuzz");
    if (!back || spikeloom::hw::encode(*back) != again) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string bytes{reinterpret_cast<const char*>(data), size};
    check(bytes);
    check(with_header(bytes));
    return 0;
}
