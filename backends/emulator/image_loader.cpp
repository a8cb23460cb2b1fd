// SPDX-License-Identifier: Apache-2.0
#include "backends/emulator/image_loader.hpp"

#include "backends/emulator/encode.hpp"

#include <algorithm>
#include <array>
#include <string>

namespace spikeloom::backends::emulator {
namespace {

struct Name {
    std::string_view section;
    link::Region region;
};

constexpr std::array<Name, 7> names{{{"rows", link::Region::row},
                                     {"synapses", link::Region::synapse},
                                     {"neurons", link::Region::neuron},
                                     {"sets", link::Region::set},
                                     {"columns", link::Region::column},
                                     {"column_entries", link::Region::column_entry},
                                     {"state", link::Region::state}}};

constexpr std::string_view registers_section = "registers";

/// A parameter set takes 8 indices, of which the first 5 have words.
constexpr std::size_t set_stride = 8;
constexpr std::size_t set_words  = 5;

tl::unexpected<Diagnostic> wrong(const std::string& why) {
    return fault("device.wrong-image", why);
}

}  // namespace

std::optional<link::Region> region_of(std::string_view section) {
    const auto* name = std::ranges::find(names, section, &Name::section);
    if (name == names.end()) return std::nullopt;
    return name->region;
}

Result<ImageLoader> ImageLoader::make(const hw::HardwareImage& image) {
    if (image.cores.size() != 1 || image.cores[0].core != CoreId{0})
        return wrong("the image is for " + std::to_string(image.cores.size()) +
                     " cores, the emulator has one, number 0");
    ImageLoader loader;
    for (const hw::Section& section : image.cores[0].sections)
        if (const auto added = loader.add(section); !added) return tl::unexpected{added.error()};
    return loader;
}

Result<void> ImageLoader::add(const hw::Section& section) {
    if (section.bytes.size() % 4 != 0)
        return wrong("section '" + section.name + "' holds no whole number of words");
    const std::vector<std::uint32_t> words = words_of(section.bytes);
    if (section.name == registers_section) {
        if (words.size() % 2 != 0) return wrong("section 'registers' holds half a pair");
        for (std::size_t k = 0; k < words.size(); k += 2) {
            registers_.push_back(words[k]);
            register_values_.push_back(words[k + 1]);
        }
        return {};
    }
    const auto region = region_of(section.name);
    if (!region) return wrong("section '" + section.name + "' is no table of the emulator");
    (*region == link::Region::state ? start_ : tables_).push_back({section.name, *region, words});
    return {};
}

std::optional<link::Write> ImageLoader::next_write(const std::vector<Table>& tables,
                                                   std::size_t& table, std::size_t& word) {
    while (table < tables.size() && word >= tables[table].words.size()) {
        ++table;
        word = 0;
    }
    if (table == tables.size()) return std::nullopt;
    const Table& from = tables[table];
    const bool is_set = from.region == link::Region::set;
    const auto most   = is_set ? set_words : std::size_t{link::words_max};
    const auto count  = std::min(most, from.words.size() - word);
    const auto begin  = from.words.begin() + static_cast<std::ptrdiff_t>(word);
    link::Write write{link::address_of(from.region, static_cast<std::uint32_t>(word)),
                      {begin, begin + static_cast<std::ptrdiff_t>(count)}};
    word += is_set ? set_stride : count;
    return write;
}

std::optional<link::Write> ImageLoader::next_table_write() {
    return next_write(tables_, table_, word_);
}

std::optional<link::Write> ImageLoader::next_start_write() {
    if (auto write = next_write(start_, start_table_, start_word_)) return write;
    if (register_ == registers_.size()) return std::nullopt;
    link::Write write{link::address_of(link::Region::control, registers_[register_]),
                      {register_values_[register_]}};
    ++register_;
    return write;
}

std::optional<std::uint32_t> ImageLoader::words_in(std::string_view section) const {
    if (section == registers_section) return static_cast<std::uint32_t>(2 * registers_.size());
    for (const auto* list : {&tables_, &start_})
        for (const Table& table : *list)
            if (table.name == section) return static_cast<std::uint32_t>(table.words.size());
    return std::nullopt;
}

bool ImageLoader::can_learn() const {
    const auto wanted = static_cast<std::uint32_t>(link::Register::a_plus);
    return std::ranges::find(registers_, wanted) != registers_.end();
}

}  // namespace spikeloom::backends::emulator
