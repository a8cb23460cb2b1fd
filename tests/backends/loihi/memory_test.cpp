// SPDX-License-Identifier: Apache-2.0
/// Packed synapse lists: what is written is read, and takes what the accounting says.
#include "backends/loihi/tables.hpp"
#include "support/keyed_rng.hpp"

#include <gtest/gtest.h>

namespace spikeloom::backends::loihi {
namespace {

TEST(LoihiSynapseMemory, RoundTripAndSize) {
    using neuron::loihi::SignMode;
    const std::vector<SynapseFormat> formats{
        {{0, 8, SignMode::mixed}, 0, 0, 10, 0, 0},
        {{3, 8, SignMode::excitatory}, 6, 0, 10, 1, 0},
        {{-2, 8, SignMode::inhibitory}, 6, 4, 12, 2, 0},
    };
    KeyedSequence random{3, Stream::test, 1};
    std::vector<std::uint64_t> memory;
    for (const std::size_t count : {1U, 2U, 63U, 64U, 65U, 128U, 129U, 500U}) {
        std::vector<StoredSynapse> list;
        std::uint64_t bits = 0;
        for (std::uint32_t f = 0; f < formats.size(); ++f) {
            for (std::size_t k = 0; k < count; ++k) {
                const auto magnitude      = static_cast<std::int32_t>(random.below(128));
                const bool mixed          = formats[f].weight.sign == SignMode::mixed;
                const std::int32_t weight = mixed ? 2 * magnitude - (k % 2 == 0 ? 256 : 0)
                                            : formats[f].weight.sign == SignMode::inhibitory
                                                ? -2 * magnitude - 1
                                                : 2 * magnitude + 1;
                const auto delay =
                    formats[f].delay_bits == 0 ? 0U : static_cast<std::uint32_t>(random.below(62));
                list.push_back({static_cast<std::uint32_t>(random.below(1024)), delay, weight, f});
            }
            bits += neuron::loihi::list_bits(count, formats[f].fields());
        }
        const std::size_t before = memory.size();
        const Axon axon          = append_list(list, formats, memory);
        EXPECT_EQ((memory.size() - before) * 64, bits) << count;
        std::vector<StoredSynapse> back;
        ASSERT_TRUE(read_list(axon, formats, memory, back));
        EXPECT_EQ(back, list);
    }
}

TEST(LoihiSynapseMemory, DamagedListsAreRefused) {
    const std::vector<SynapseFormat> formats{{}};
    std::vector<std::uint64_t> memory;
    const std::vector<StoredSynapse> list(10, StoredSynapse{5, 0, 8, 0});
    const Axon axon = append_list(list, formats, memory);
    std::vector<StoredSynapse> back;
    EXPECT_FALSE(read_list({axon.word, 2}, formats, memory, back));
    EXPECT_FALSE(read_list({axon.word + 100, 1}, formats, memory, back));
    EXPECT_FALSE(read_list(axon, {}, memory, back));
    memory.pop_back();
    EXPECT_FALSE(read_list(axon, formats, memory, back));
}

}  // namespace
}  // namespace spikeloom::backends::loihi
