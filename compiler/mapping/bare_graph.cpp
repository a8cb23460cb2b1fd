// SPDX-License-Identifier: Apache-2.0
#include "compiler/mapping/bare_graph.hpp"

#include "support/atomic_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace spikeloom::mapping {
namespace {

static_assert(std::endian::native == std::endian::little, "the reader copies words as they are");

class Reader {
public:
    explicit Reader(std::string_view bytes) : bytes_{bytes} {}

    template <class Word>
    bool read(std::vector<Word>& words, std::uint64_t count) {
        if (count > (bytes_.size() - at_) / sizeof(Word)) return false;
        words.resize(static_cast<std::size_t>(count));
        if (count > 0) std::memcpy(words.data(), bytes_.data() + at_, words.size() * sizeof(Word));
        at_ += words.size() * sizeof(Word);
        return true;
    }

    template <class Word>
    bool read(Word& word) {
        std::vector<Word> one;
        if (!read(one, 1)) return false;
        word = one[0];
        return true;
    }

    [[nodiscard]] bool at_end() const { return at_ == bytes_.size(); }

private:
    std::string_view bytes_;
    std::size_t at_ = 0;
};

}  // namespace

Result<MappingProblem> parse_bare_graph(std::string_view bytes, const std::string& name) {
    MappingProblem problem;
    problem.name       = name;
    std::uint64_t pins = 0;
    Reader reader{bytes};
    const bool whole = reader.read(problem.neurons) && reader.read(pins) &&
                       reader.read(problem.net_begin, std::uint64_t{problem.neurons} + 1) &&
                       reader.read(problem.targets, pins) &&
                       reader.read(problem.spikes, problem.neurons) &&
                       reader.read(problem.population, problem.neurons);
    if (!whole)
        return fault("map.graph-truncated",
                     fmt::format("{} bytes are too few for the neurons and synapses that the file "
                                 "announces",
                                 bytes.size()),
                     {name, ""});
    if (!reader.at_end())
        return fault("map.graph-malformed", "there are bytes after the end", {name, ""});
    const auto& begin = problem.net_begin;
    if (begin.front() != 0 || begin.back() != pins || !std::is_sorted(begin.begin(), begin.end()))
        return fault("map.graph-malformed", "the offsets do not rise from 0 to the synapses",
                     {name, "offset"});
    for (const std::uint32_t target : problem.targets)
        if (target >= problem.neurons)
            return fault("map.graph-malformed",
                         fmt::format("target {} of {} neurons", target, problem.neurons),
                         {name, "target"});
    normalise(problem);
    return problem;
}

Result<MappingProblem> read_bare_graph(const std::filesystem::path& path) {
    auto bytes = read_file(path);
    if (!bytes) return tl::unexpected{bytes.error()};
    return parse_bare_graph(*bytes, path.string());
}

}  // namespace spikeloom::mapping
