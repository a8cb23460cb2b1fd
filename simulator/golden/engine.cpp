// SPDX-License-Identifier: Apache-2.0
#include "simulator/golden/engine.hpp"

#include <algorithm>

namespace spikeloom::golden {

namespace {

neuron::PairRule rule_of(const ir::Plasticity& plasticity) {
    const auto& p = plasticity.parameters;
    return {p.at("a_plus"), p.at("a_minus"), p.at("w_min"), p.at("w_max")};
}

std::uint64_t network_synapses(const ir::Network& network) {
    std::uint64_t sum = 0;
    for (std::uint32_t k = 0; k < network.projections.size(); ++k) {
        sum += ir::synapse_count_estimate(network, ProjectionId{k});
    }
    return sum;
}

}  // namespace

Simulation::Engine::Engine(const ir::Network& network, const GoldenOptions& options,
                           const Discretisation& settled)
    : how{settled},
      plasticity_{options.plasticity},
      seed_{network.seed},
      thread_counters_(settled.threads),
      team_{settled.threads} {
    make_populations(network);
    make_projections(network, options);
}

void Simulation::Engine::make_populations(const ir::Network& network) {
    std::vector<std::uint32_t> longest(network.populations.size(), 1);
    for (const ir::Projection& p : network.projections) {
        longest[p.post.value] = std::max(longest[p.post.value], longest_delay_of(p.delays));
    }
    for (std::uint32_t k = 0; k < network.populations.size(); ++k) {
        populations_.emplace_back(network, PopulationId{k}, longest[k], how);
    }
}

void Simulation::Engine::make_projections(const ir::Network& network,
                                          const GoldenOptions& options) {
    const std::uint64_t all = network_synapses(network);
    for (std::uint32_t k = 0; k < network.projections.size(); ++k) {
        const ir::Projection& p = network.projections[k];
        SynapseStore::Shape shape;
        shape.pre_size = populations_[p.pre.value].size;
        shape.target   = populations_[p.post.value].geometry;
        shape.format   = weight_format(p, options, all);
        shape.parts    = how.threads;
        if (const auto* scalar = std::get_if<double>(&p.weights)) shape.constant = *scalar;
        if (shape.format == WeightFormat::packed) {
            shape.step = packed_step(largest_weight(p.weights));
        }
        const bool plastic = p.plasticity && plasticity_;
        if (plastic) {
            shape.rule = StoreRule{rule_of(*p.plasticity),
                                   DecayTable{how.dt, p.plasticity->parameters.at("tau_plus")}};
        }
        const bool one_to_one = std::holds_alternative<ir::OneToOne>(p.connector);
        if (one_to_one && shape.format == WeightFormat::constant) {
            if (const auto* delay = std::get_if<double>(&p.delays)) {
                shape.direct_delay = static_cast<std::uint32_t>(*delay);
            }
        }
        ProjectionState state{
            p.name, p.pre.value, p.post.value,
            SynapseStore{shape, ir::synapse_count_estimate(network, ProjectionId{k})}};
        const std::uint32_t rows = shape.direct_delay ? 0 : shape.pre_size;
        ir::for_each_row(
            network, ProjectionId{k}, 0, rows,
            [&](std::uint32_t, std::span<const ir::Synapse> row) { state.store.append_row(row); });
        state.store.finish();
        if (plastic) {
            state.post_trace = populations_[state.post].post_traces_for(
                p.plasticity->parameters.at("tau_minus"), how.dt);
        }
        projections_.push_back(std::move(state));
    }
}

void Simulation::Engine::advance(std::uint64_t ticks) {
    if (ticks == 0) return;
    Barrier& barrier          = team_.barrier();
    const std::uint64_t first = tick;
    team_.run([&](std::uint32_t thread) {
        prepare_sources(thread, first);
        for (std::uint64_t now = first; now < first + ticks; ++now) {
            barrier.wait();
            receive_and_update(thread, now);
            barrier.wait();
            emit(thread, now);
            if (thread == 0) collect_spikes(now);
            if (!recordings.empty()) {
                barrier.wait();
                if (thread == 0) collect_recordings();
            }
            if (now + 1 < first + ticks) prepare_sources(thread, now + 1);
        }
    });
    tick = first + ticks;
}

/// Every thread draws its share of the poisson elements; thread 0 sorts in the input events.
void Simulation::Engine::prepare_sources(std::uint32_t thread, std::uint64_t for_tick) {
    for (PopulationState& p : populations_) {
        if (p.is_poisson) p.draw(thread, for_tick, seed_);
    }
    if (thread == 0) take_inputs(for_tick);
}

void Simulation::Engine::take_inputs(std::uint64_t for_tick) {
    for (PopulationState& p : populations_) {
        if (p.is_source() && !p.is_poisson) p.emissions.front().clear();
    }
    std::vector<InputEvent> now;
    for (; !inputs_.empty() && inputs_.front().tick.value == for_tick; inputs_.pop_front()) {
        now.push_back(inputs_.front());
        ++counters_.input_events;
    }
    std::ranges::stable_sort(now, {}, [](const InputEvent& e) { return e.source.value; });
    auto population = populations_.begin();
    for (std::size_t k = 0; k < now.size();) {
        const std::uint32_t source = now[k].source.value;
        while (source >= population->first_neuron + population->size)
            ++population;
        double value = 0;
        for (; k < now.size() && now[k].source.value == source; ++k)
            value += now[k].value;
        population->emissions.front().add(source - population->first_neuron, value);
    }
}

void Simulation::Engine::receive_and_update(std::uint32_t thread, std::uint64_t now) {
    for (ProjectionState& p : projections_) {
        if (populations_[p.pre].is_source()) deliver(p, thread, now - 1);
    }
    for (PopulationState& p : populations_) {
        if (p.is_source()) continue;
        const Geometry::Share share = p.geometry.share(thread, how.threads);
        for (std::uint32_t b = share.first; b < share.last; ++b)
            p.update(b, now);
    }
}

void Simulation::Engine::emit(std::uint32_t thread, std::uint64_t now) {
    sweep(thread, now);
    for (ProjectionState& p : projections_) {
        if (!populations_[p.pre].is_source()) deliver(p, thread, now);
    }
}

DeliveryContext Simulation::Engine::context_for(const ProjectionState& p,
                                                std::uint64_t emission) const {
    const PopulationState& post = populations_[p.post];
    return {post.ring.data(), p.post_trace ? &post.post_traces[*p.post_trace] : nullptr, emission};
}

void Simulation::Engine::deliver(ProjectionState& p, std::uint32_t thread, std::uint64_t emission) {
    const Delivered done =
        p.store.deliver(thread, populations_[p.pre].emissions, context_for(p, emission));
    thread_counters_[thread].events += done.events;
    if (populations_[p.pre].is_source()) thread_counters_[thread].external += done.events;
    thread_counters_[thread].updates += done.updates;
}

void Simulation::Engine::sweep(std::uint32_t thread, std::uint64_t now) {
    for (std::uint32_t k = 0; k < populations_.size(); ++k) {
        PopulationState& post = populations_[k];
        if (post.post_traces.empty()) continue;
        const Geometry::Share share = post.geometry.share(thread, how.threads);
        const auto first            = post.sweep_due.begin() + share.first;
        const auto last             = post.sweep_due.begin() + share.last;
        if (std::find(first, last, 1) == last) continue;
        std::fill(first, last, 0);
        for (ProjectionState& p : projections_) {
            if (p.post == k && p.post_trace) p.store.catch_up(thread, context_for(p, now));
        }
        const std::uint32_t begin = post.geometry.first(share.first);
        const std::uint32_t end =
            post.geometry.first(share.last - 1) + post.geometry.count(share.last - 1);
        for (PostTraces& traces : post.post_traces)
            traces.history.swept(begin, end);
    }
}

/// Between ticks, for those who look at the weights.
void Simulation::Engine::catch_up(ProjectionState& p) const {
    if (!p.post_trace || counters_.ticks == 0) return;
    for (std::uint32_t k = 0; k < how.threads; ++k) {
        p.store.catch_up(k, context_for(p, counters_.ticks - 1));
    }
}

/// After the update of a tick, while others still deliver.
void Simulation::Engine::collect_spikes(std::uint64_t now) {
    for (const PopulationState& p : populations_) {
        if (p.is_source()) continue;
        counters_.neuron_updates += p.size;
        if (p.kind != ir::ModelKind::spiking) continue;
        for (const Emission& emission : p.emissions) {
            for (const std::uint32_t e : emission.elements) {
                spikes_.push_back({Tick{now}, NeuronId{p.first_neuron + e}});
            }
            counters_.spikes += emission.elements.size();
        }
    }
    ++counters_.ticks;
}

Counters Simulation::Engine::counters() const {
    Counters sum = counters_;
    for (const ThreadCounters& t : thread_counters_) {
        sum.synaptic_events += t.events;
        sum.external_events += t.external;
        sum.weight_updates += t.updates;
    }
    return sum;
}

MemoryFigures Simulation::Engine::memory() const {
    MemoryFigures m;
    for (const PopulationState& p : populations_) {
        m.ring_bytes += p.ring_bytes();
        m.state_bytes += p.bytes();
    }
    for (const ProjectionState& p : projections_) {
        m.synapses += p.store.synapses();
        m.synapse_bytes += p.store.bytes();
    }
    return m;
}

}  // namespace spikeloom::golden
