// SPDX-License-Identifier: Apache-2.0
#include "simulator/chip/core_pipelines.hpp"

#include "simulator/chip/cycle_wheel.hpp"
#include "simulator/chip/event_queue.hpp"
#include "simulator/chip/latency_histogram.hpp"
#include "support/keyed_rng.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace spikeloom::chip {
namespace {

Message costs(std::uint32_t soma, std::uint32_t axon_out, std::uint32_t axon_in,
              std::uint32_t synapse, std::uint32_t dendrite) {
    return {0, 1, soma, axon_out, axon_in, synapse, dendrite};
}

TEST(CorePipelines, WithoutQueuesEverythingIsSerial) {
    CorePipelines cores{2, 0};
    const Message m = costs(10, 5, 3, 20, 2);
    EXPECT_EQ(cores.ready(1, m), 15);
    cores.handed(1, 15);
    EXPECT_EQ(cores.ready(1, m), 30);
    cores.handed(1, 100);  // the network made it wait
    EXPECT_EQ(cores.ready(1, m), 115);
    cores.handed(1, 115);
    EXPECT_EQ(cores.sent_all(1, 7), 122);
    EXPECT_EQ(cores.receive(0, 50, m).taken, 50);
    const auto second = cores.receive(0, 60, m);
    EXPECT_EQ(second.taken, 75);
    EXPECT_EQ(second.finished, 100);
    EXPECT_EQ(cores.receive(0, 200, m).finished, 225);
    cores.clear();
    EXPECT_EQ(cores.ready(1, m), 15);
    EXPECT_EQ(cores.receive(0, 1, m).finished, 26);
}

TEST(CorePipelines, QueuesLetStagesOverlap) {
    CorePipelines cores{1, 4};
    const Message m = costs(10, 4, 3, 20, 2);
    for (const std::int64_t ready : {14, 24, 34}) {  // soma sets the pace
        EXPECT_EQ(cores.ready(0, m), ready);
        cores.handed(0, ready);
    }
    EXPECT_EQ(cores.receive(0, 0, m).finished, 25);
    EXPECT_EQ(cores.receive(0, 0, m).finished, 45);  // synapse sets the pace
    EXPECT_EQ(cores.receive(0, 0, m).taken, 6);      // axon-in runs ahead
}

/// With a queue of n, axon-in takes n + 2 messages before the synapse stage is done with the first:
/// one at the synapses, n in the queue, one finished that waits at axon-in itself.
TEST(CorePipelines, AFullQueueStopsTheStageBefore) {
    for (const std::uint32_t queue : {1U, 2U, 3U}) {
        CorePipelines cores{1, queue};
        const Message m = costs(0, 0, 1, 1000, 0);
        std::vector<std::int64_t> taken;
        for (std::uint32_t k = 0; k < queue + 4; ++k)
            taken.push_back(cores.receive(0, 0, m).taken);
        EXPECT_EQ(taken[queue + 1], queue + 1);
        EXPECT_EQ(taken[queue + 2], 1001);
        EXPECT_EQ(taken[queue + 3], 2001);
    }
}

TEST(CorePipelines, ABlockedAxonOutStopsTheSomaWhenTheQueueIsFull) {
    CorePipelines cores{1, 1};
    const Message m = costs(10, 1, 0, 0, 0);
    EXPECT_EQ(cores.ready(0, m), 11);
    cores.handed(0, 500);
    EXPECT_EQ(cores.ready(0, m), 501);  // made at 20, in the queue
    cores.handed(0, 600);
    EXPECT_EQ(cores.ready(0, m), 601);  // made at 30, stored when the second left the queue, 500
    cores.handed(0, 601);
    EXPECT_EQ(cores.ready(0, m), 602);  // begun at 500, made at 510, stored at 600, taken at 601
    cores.handed(0, 602);
    EXPECT_EQ(cores.sent_all(0, 1), 602);
    EXPECT_EQ(cores.sent_all(0, 50), 650);  // soma went on from 600
}

TEST(EventQueue, ComesBackByBucketFarEventsIncluded) {
    EventQueue queue{4};
    KeyedSequence random{2, Stream::test, 0};
    std::vector<std::int64_t> pushed, seen;
    for (std::uint32_t i = 0; i < 3000; ++i) {
        pushed.push_back(static_cast<std::int64_t>(random.below(i % 3 == 0 ? 100 : 1'000'000)));
        queue.push({pushed.back(), i, 0});
    }
    queue.run([&](const Event& event) {
        seen.push_back(event.time);
        if (event.message == 0 && event.what % 10 == 0) {
            pushed.push_back(event.time + 20'000);
            queue.push({event.time + 20'000, event.what, 1});
        }
    });
    ASSERT_EQ(seen.size(), pushed.size());
    for (std::size_t i = 1; i < seen.size(); ++i)
        EXPECT_LE(seen[i - 1] >> 4, seen[i] >> 4);
    std::sort(seen.begin(), seen.end());
    std::sort(pushed.begin(), pushed.end());
    EXPECT_EQ(seen, pushed);
}

TEST(CycleWheel, NextIsTheFirstCycleWithAnything) {
    CycleWheel wheel{70};
    EXPECT_EQ(wheel.next(0), CycleWheel::never);
    wheel.credit(70, 1);
    wheel.wake(3, 2);
    wheel.credit_far(0, 100'000, 3);
    wheel.credit_far(0, 99'999, 4);
    EXPECT_EQ(wheel.next(0), 3U);
    EXPECT_EQ(wheel.due(3).wakes, std::vector<std::uint32_t>{2});
    wheel.done(3);
    EXPECT_EQ(wheel.next(3), 70U);
    wheel.due(70);
    wheel.done(70);
    wheel.arrive(128 + 2, {5, 6});  // the slot of cycle 2, once round
    EXPECT_EQ(wheel.next(70), 130U);
    wheel.due(130);
    wheel.done(130);
    EXPECT_EQ(wheel.next(130), 99'999U);
    EXPECT_EQ(wheel.due(99'999).credits, std::vector<std::uint32_t>{4});
    wheel.done(99'999);
    EXPECT_EQ(wheel.next(99'999), 100'000U);
    wheel.clear();
    EXPECT_EQ(wheel.next(99'999), CycleWheel::never);
}

TEST(LatencyHistogram, CountsExactlyAndQuantilesWithinABucket) {
    LatencyHistogram histogram;
    EXPECT_EQ(histogram.quantile(0.5), 0U);
    EXPECT_EQ(histogram.minimum(), 0U);
    std::vector<std::uint64_t> samples;
    KeyedSequence random{4, Stream::test, 0};
    for (int i = 0; i < 5000; ++i) {
        samples.push_back(random.bits() >> (1 + random.below(62)));
        histogram.add(static_cast<std::int64_t>(samples.back()));
    }
    std::sort(samples.begin(), samples.end());
    EXPECT_EQ(histogram.count(), 5000U);
    EXPECT_EQ(histogram.minimum(), samples.front());
    EXPECT_EQ(histogram.maximum(), samples.back());
    for (const double share : {0.01, 0.1, 0.5, 0.9, 0.99, 1.0}) {
        const std::uint64_t exact = samples[static_cast<std::size_t>(share * 5000) - 1];
        EXPECT_GE(histogram.quantile(share), exact);
        EXPECT_LE(histogram.quantile(share), exact + exact / 31 + 1);
    }
}

}  // namespace
}  // namespace spikeloom::chip
