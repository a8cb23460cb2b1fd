// SPDX-License-Identifier: Apache-2.0
/// The tables of an emulator image as writes to the core's memory map, and back.
#pragma once

#include "hw/image/image.hpp"
#include "runtime/link/messages.hpp"
#include "support/result.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace spikeloom::backends::emulator {

/// Region of the memory map that a section fills from index 0; nullopt for "registers" and unknown
/// names.
std::optional<link::Region> region_of(std::string_view section);

/// Cuts the image's only core into write messages, in the order in which they are to be sent.
/// - "device.wrong-image": not exactly core 0, a section that is no table of this core, a length
///   that is not a whole number of words
class ImageLoader {
public:
    static Result<ImageLoader> make(const hw::HardwareImage& image);

    /// The next message of the tables, or nullopt.
    std::optional<link::Write> next_table_write();
    /// The same for what comes after the core's state was cleared: initial state, then registers.
    std::optional<link::Write> next_start_write();

    /// Register numbers of the section "registers", in its order.
    [[nodiscard]] const std::vector<std::uint32_t>& registers() const { return registers_; }
    /// Words of a section of the image; nullopt when it has none of this name.
    [[nodiscard]] std::optional<std::uint32_t> words_in(std::string_view section) const;
    /// The image has a rule for learning.
    [[nodiscard]] bool can_learn() const;

private:
    struct Table {
        std::string name;
        link::Region region;
        std::vector<std::uint32_t> words;
    };

    Result<void> add(const hw::Section& section);
    static std::optional<link::Write> next_write(const std::vector<Table>& tables,
                                                 std::size_t& table, std::size_t& word);

    std::vector<Table> tables_;
    std::vector<Table> start_;
    std::vector<std::uint32_t> registers_;
    std::vector<std::uint32_t> register_values_;
    std::size_t table_ = 0, word_ = 0;
    std::size_t start_table_ = 0, start_word_ = 0, register_ = 0;
};

}  // namespace spikeloom::backends::emulator
