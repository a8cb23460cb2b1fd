// SPDX-License-Identifier: Apache-2.0
#include "backends/truenorth/layout.hpp"

#include "backends/truenorth/lines.hpp"
#include "compiler/mapping/partition.hpp"
#include "compiler/mapping/placement.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

namespace spikeloom::backends::truenorth {

namespace {

constexpr int most_rounds = 12;

class LayoutMaker {
public:
    LayoutMaker(const CodedNetwork& coded, std::uint32_t sources, const Machine& machine,
                const LayoutOptions& options)
        : coded_{coded}, sources_{sources}, machine_{machine}, options_{options} {}

    Checked<Layout> run() {
        out_.program.machine = machine_;
        out_.program.input_begin.assign(std::size_t{sources_} + 1, 0);
        if (coded_.nodes.empty()) return std::move(out_);
        lines_ = lines_of(coded_);
        check_nodes();
        if (errors_.empty()) partition();
        if (errors_.empty()) add_relays();
        if (errors_.empty()) place();
        if (!errors_.empty()) return tl::unexpected{std::move(errors_)};
        fill_cores();
        fill_inputs();
        return std::move(out_);
    }

private:
    void error(std::string code, std::string message) {
        errors_.push_back({std::move(code), std::move(message), {options_.file, ""}});
    }

    void check_nodes() {
        for (const Node& node : coded_.nodes) {
            if (node.terms.size() <= machine_.axons) continue;
            return error("truenorth.fan-in",
                         fmt::format("a neuron listens to {} lines, limit {} axons",
                                     node.terms.size(), machine_.axons));
        }
        for (const Term& line : lines_.lines) {
            if ((line.pre & source_bit) != 0 || line.delay <= longest_relayed) continue;
            return error("truenorth.delay",
                         fmt::format("a spike has to wait {} ticks, limit {} (two packets)",
                                     line.delay, longest_relayed));
        }
    }

    // --- partition -----------------------------------------------------------------------------

    /// A net for each line: the first of a node is the node's own, the others come from outside.
    mapping::MappingProblem problem(const std::vector<std::uint32_t>& slots_used) const {
        const auto nodes = static_cast<std::uint32_t>(coded_.nodes.size());
        mapping::MappingProblem p;
        p.name    = options_.file;
        p.neurons = nodes;
        std::vector<std::uint32_t> own(nodes, no_line), others;
        for (std::uint32_t l = 0; l < lines_.lines.size(); ++l) {
            const std::uint32_t pre = lines_.lines[l].pre;
            if ((pre & source_bit) == 0 && own[pre] == no_line)
                own[pre] = l;
            else
                others.push_back(l);
        }
        const auto add = [&](std::uint32_t line) {
            if (line != no_line) {
                const auto listeners = lines_.listeners(line);
                p.targets.insert(p.targets.end(), listeners.begin(), listeners.end());
            }
            p.net_begin.push_back(p.targets.size());
        };
        for (const std::uint32_t line : own)
            add(line);
        for (const std::uint32_t line : others)
            add(line);
        p.spikes.assign(p.nets(), 1);
        for (const Node& node : coded_.nodes)
            p.population.push_back(node.population);
        p.limits.neurons        = machine_.neurons;
        p.limits.incoming_axons = machine_.axons;
        p.limits.resources      = {{"neuron slots", slots_used, machine_.neurons}};
        p.mesh                  = mapping::Mesh{machine_.width, machine_.height};
        return p;
    }

    /// How many copies a node needs depends on where its listeners are; so partition, count, and
    /// again with what was counted, until everything fits.
    void partition() {
        std::vector<std::uint32_t> slots_used(coded_.nodes.size(), 1);
        for (int round = 0; round < most_rounds; ++round) {
            mapping::PartitionOptions options;
            options.seed     = options_.seed;
            const auto found = mapping::partition(problem(slots_used), options);
            if (!found) {
                errors_.push_back(found.error());
                if (found.error().code == "map.mesh-too-small")
                    errors_.back().code = "truenorth.cores";
                return;
            }
            core_of_.clear();
            for (const CoreId core : found->core_of)
                core_of_.push_back(core.value);
            cores_ = found->cores;
            find_ways();
            if (!errors_.empty() || fits(slots_used)) return;
        }
        error("truenorth.fan-out",
              fmt::format("no way found in {} rounds to give every neuron the copies that its "
                          "targets on several cores need",
                          most_rounds));
    }

    void find_ways() {
        deliveries_ = deliveries_of(lines_, core_of_, cores_);
        ways_.assign(coded_.nodes.size(), {});
        std::vector<std::uint32_t> indices;
        for (std::uint32_t d = 0; d < deliveries_.size();) {
            const std::uint32_t pre = lines_.lines[deliveries_[d].line].pre;
            indices.clear();
            for (; d < deliveries_.size() && lines_.lines[deliveries_[d].line].pre == pre; ++d)
                indices.push_back(d);
            if ((pre & source_bit) != 0) continue;
            ways_[pre] = ways_of(indices, deliveries_, lines_, machine_.neurons);
            if (ways_[pre].copies() <= machine_.neurons) continue;
            return error("truenorth.fan-out",
                         fmt::format("a neuron needs {} copies for its {} targets, limit {} of a "
                                     "core",
                                     ways_[pre].copies(), indices.size(), machine_.neurons));
        }
    }

    bool fits(std::vector<std::uint32_t>& slots_used) const {
        std::vector<std::uint64_t> sum(cores_, 0);
        for (std::size_t n = 0; n < coded_.nodes.size(); ++n)
            sum[core_of_[n]] += ways_[n].copies();
        const bool all = std::all_of(sum.begin(), sum.end(),
                                     [&](std::uint64_t s) { return s <= machine_.neurons; });
        for (std::size_t n = 0; n < coded_.nodes.size(); ++n)
            slots_used[n] = std::max(slots_used[n], static_cast<std::uint32_t>(ways_[n].copies()));
        return all;
    }

    // --- splitters -----------------------------------------------------------------------------

    struct Splitter {
        std::uint32_t node, group;
        std::uint32_t core;
        std::uint8_t axon;
        std::uint32_t first_slot;
    };

    void add_relays() {
        struct Room {
            std::uint32_t axons = 0, slots = 0;
        };
        constexpr std::size_t looked_at = 32;  // of the relay cores begun last
        std::vector<Room> rooms;
        for (std::uint32_t n = 0; n < ways_.size(); ++n) {
            for (std::uint32_t g = 0; g < ways_[n].groups.size(); ++g) {
                const auto need = static_cast<std::uint32_t>(ways_[n].groups[g].size());
                std::size_t r   = rooms.size() < looked_at ? 0 : rooms.size() - looked_at;
                while (r < rooms.size() && (rooms[r].axons == machine_.axons ||
                                            rooms[r].slots + need > machine_.neurons))
                    ++r;
                if (r == rooms.size()) rooms.emplace_back();
                splitters_.push_back({n, g, cores_ + static_cast<std::uint32_t>(r),
                                      static_cast<std::uint8_t>(rooms[r].axons), rooms[r].slots});
                ++rooms[r].axons;
                rooms[r].slots += need;
                out_.relays += need;
            }
        }
        out_.relay_cores         = static_cast<std::uint32_t>(rooms.size());
        const std::uint64_t all  = std::uint64_t{cores_} + rooms.size();
        const std::uint64_t most = std::uint64_t{machine_.width} * machine_.height;
        if (all > most)
            error("truenorth.cores",
                  fmt::format("the network needs {} cores, {} of them for splitters, limit {}", all,
                              rooms.size(), most));
        cores_ = static_cast<std::uint32_t>(all);
    }

    // --- placement -----------------------------------------------------------------------------

    /// The cores as they send to each other: one neuron of the problem for each packet's sender.
    void place() {
        mapping::MappingProblem p;
        mapping::Partition partition;
        p.name          = options_.file;
        partition.cores = cores_;
        std::vector<std::uint32_t> targets;
        for (std::uint32_t c = 0; c < cores_; ++c)
            partition.core_of.push_back(CoreId{c});  // the one that is aimed at
        const auto send = [&](std::uint32_t from, std::uint32_t to) {
            partition.core_of.push_back(CoreId{from});
            targets.push_back(to);
        };
        for (std::size_t n = 0; n < ways_.size(); ++n)
            for (const std::uint32_t d : ways_[n].direct)
                send(core_of_[n], deliveries_[d].core);
        for (const Splitter& s : splitters_) {
            send(core_of_[s.node], s.core);
            for (const std::uint32_t d : ways_[s.node].groups[s.group])
                send(s.core, deliveries_[d].core);
        }
        p.neurons = cores_ + static_cast<std::uint32_t>(targets.size());
        p.net_begin.assign(std::size_t{cores_} + 1, 0);
        for (const std::uint32_t to : targets) {
            p.targets.push_back(to);
            p.net_begin.push_back(p.targets.size());
        }
        p.spikes.assign(p.nets(), 1);
        p.population.assign(p.neurons, 0);
        p.limits.neurons = p.neurons;
        p.mesh           = mapping::Mesh{machine_.width, machine_.height};
        mapping::PlacementOptions options;
        options.seed     = options_.seed;
        const auto found = mapping::place(p, partition, options);
        if (!found) {
            errors_.push_back(found.error());
            return;
        }
        for (const mapping::Position at : found->of) {
            CoreProgram& core = out_.program.cores.emplace_back();
            core.x            = static_cast<std::uint16_t>(at.x);
            core.y            = static_cast<std::uint16_t>(at.y);
        }
        for (std::size_t k = 0; k < targets.size(); ++k)
            check_reach(partition.core_of[cores_ + k].value, targets[k]);
    }

    void check_reach(std::uint32_t from, std::uint32_t to) {
        const Destination d = towards(from, to, 0, 1);
        if (!errors_.empty() || (std::abs(d.dx) <= reach && std::abs(d.dy) <= reach)) return;
        error("truenorth.reach",
              fmt::format("a packet has to go ({}, {}) cores, limit {}", d.dx, d.dy, reach));
    }

    // --- tables --------------------------------------------------------------------------------

    [[nodiscard]] Destination towards(std::uint32_t from, std::uint32_t to, std::uint8_t axon,
                                      std::uint32_t delay) const {
        const CoreProgram& a = out_.program.cores[from];
        const CoreProgram& b = out_.program.cores[to];
        return {Destination::Kind::core, static_cast<std::int16_t>(b.x - a.x),
                static_cast<std::int16_t>(b.y - a.y), axon, static_cast<std::uint8_t>(delay)};
    }

    void fill_cores() {
        out_.places.resize(coded_.nodes.size());
        for (std::uint32_t n = 0; n < coded_.nodes.size(); ++n)
            out_.places[n] = {core_of_[n], add_neuron(core_of_[n], n)};
        std::vector<std::vector<Destination>> targets(coded_.nodes.size());
        for (std::uint32_t n = 0; n < ways_.size(); ++n)
            for (const std::uint32_t d : ways_[n].direct)
                targets[n].push_back(towards(core_of_[n], deliveries_[d].core, deliveries_[d].axon,
                                             lines_.lines[deliveries_[d].line].delay));
        for (const Splitter& s : splitters_) {
            const std::uint8_t feed = ways_[s.node].feed[s.group];
            targets[s.node].push_back(towards(core_of_[s.node], s.core, s.axon, feed));
            fill_splitter(s, feed);
        }
        std::vector<std::vector<std::uint32_t>> slots_of(coded_.nodes.size());
        for (std::uint32_t n = 0; n < coded_.nodes.size(); ++n) {
            slots_of[n].push_back(out_.places[n].slot);
            for (std::size_t k = 0; k < targets[n].size(); ++k) {
                if (k > 0) slots_of[n].push_back(add_neuron(core_of_[n], n)), ++out_.copies;
                out_.program.cores[core_of_[n]].neurons[slots_of[n].back()].to = targets[n][k];
            }
        }
        for (const Delivery& d : deliveries_)
            fill_row(d, slots_of);
    }

    std::uint32_t add_neuron(std::uint32_t core, std::uint32_t node) {
        NeuronProgram neuron;
        neuron.parameters = coded_.nodes[node].parameters;
        neuron.potential  = coded_.nodes[node].potential;
        if (!coded_.nodes[node].fires) neuron.to.kind = Destination::Kind::silent;
        out_.program.cores[core].neurons.push_back(neuron);
        return static_cast<std::uint32_t>(out_.program.cores[core].neurons.size() - 1);
    }

    /// A relay core's axon reaches the neurons of its splitter, each of which fires at once.
    void fill_splitter(const Splitter& s, std::uint8_t feed) {
        CoreProgram& core = out_.program.cores[s.core];
        core.axon_types.resize(std::size_t{s.axon} + 1, 0);
        core.rows.resize(std::size_t{s.axon} + 1);
        std::uint32_t slot = s.first_slot;
        for (const std::uint32_t d : ways_[s.node].groups[s.group]) {
            NeuronProgram relay;
            relay.parameters.weight    = {1, 0, 0, 0};
            relay.parameters.threshold = 1;
            relay.to                   = towards(s.core, deliveries_[d].core, deliveries_[d].axon,
                                                 lines_.lines[deliveries_[d].line].delay - feed);
            core.neurons.push_back(relay);
            core.rows[s.axon][slot / 64] |= std::uint64_t{1} << (slot % 64);
            ++slot;
        }
    }

    void fill_row(const Delivery& d, const std::vector<std::vector<std::uint32_t>>& slots_of) {
        CoreProgram& core = out_.program.cores[d.core];
        core.axon_types.push_back(lines_.lines[d.line].type);
        Row& row = core.rows.emplace_back();
        for (const std::uint32_t node : lines_.listeners(d.line)) {
            if (core_of_[node] != d.core) continue;
            for (const std::uint32_t slot : slots_of[node])
                row[slot / 64] |= std::uint64_t{1} << (slot % 64);
        }
    }

    /// An event of tick t with a delay of d arrives in tick t + d - 1.
    void fill_inputs() {
        std::vector<std::vector<InputPacket>> packets(sources_);
        for (const Delivery& d : deliveries_) {
            const Term& line = lines_.lines[d.line];
            if ((line.pre & source_bit) == 0) continue;
            packets[line.pre & ~source_bit].push_back(
                {d.core, d.axon, static_cast<std::uint16_t>(line.delay - 1)});
        }
        for (std::uint32_t e = 0; e < sources_; ++e) {
            out_.program.inputs.insert(out_.program.inputs.end(), packets[e].begin(),
                                       packets[e].end());
            out_.program.input_begin[e + 1] =
                static_cast<std::uint32_t>(out_.program.inputs.size());
        }
    }

    static constexpr std::uint32_t no_line = 0xFFFFFFFFU;

    const CodedNetwork& coded_;
    std::uint32_t sources_;
    const Machine& machine_;
    const LayoutOptions& options_;
    Lines lines_;
    std::vector<std::uint32_t> core_of_;
    std::uint32_t cores_ = 0;
    std::vector<Delivery> deliveries_;
    std::vector<Ways> ways_;
    std::vector<Splitter> splitters_;
    Layout out_;
    Diagnostics errors_;
};

}  // namespace

Checked<Layout> lay_out(const CodedNetwork& coded, std::uint32_t sources, const Machine& machine,
                        const LayoutOptions& options) {
    return LayoutMaker{coded, sources, machine, options}.run();
}

}  // namespace spikeloom::backends::truenorth
