// SPDX-License-Identifier: Apache-2.0
/// From the tables of an image to the flat arrays of the fast model.
#include "backends/loihi/chip_model.hpp"
#include "backends/loihi/synapse_word.hpp"
#include "simulator/neuron/loihi.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

namespace spikeloom::backends::loihi {

namespace neuro = neuron::loihi;

class ModelLoader {
public:
    ModelLoader(const std::vector<CoreTable>& cores, const ChipTable& chip, std::uint64_t seed)
        : cores_{cores}, chip_{chip} {
        m_.seed_ = seed;
    }

    Result<ChipModel> run() {
        m_.chip_.noise_exponent    = chip_.noise_exponent;
        m_.chip_.noise_offset      = chip_.noise_offset;
        m_.chip_.noise_at_membrane = chip_.noise_at_membrane;
        m_.chip_.noise             = chip_.noise;
        m_.profiles_               = chip_.profiles;
        if (cores_.size() > 0xFFFF) return malformed("more than 65535 cores in use");
        std::uint32_t highest = 0;
        for (const CoreTable& core : cores_)
            highest = std::max(highest, core.core + 1);
        used_of_.resize(highest);
        for (std::uint32_t used = 0; used < cores_.size(); ++used)
            used_of_[cores_[used].core] = used;
        for (const CoreTable& core : cores_)
            add_compartments(core);
        reserve();
        for (const CoreTable& core : cores_)
            if (!add_lists(core))
                return malformed(fmt::format("the synapse lists of core {}", core.core));
        if (!join_routes()) return malformed("a route to a core or axon that is not there");
        if (!chip_.profiles.empty()) add_learning();
        std::uint32_t ticks = 2;
        while (ticks < chip_.longest_delay + 1)
            ticks *= 2;
        m_.ring_mask_ = ticks - 1;
        m_.ring_.assign(std::size_t{ticks} * m_.u_.size(), 0);
        m_.arrived_.resize(cores_.size());
        return std::move(m_);
    }

private:
    static tl::unexpected<Diagnostic> malformed(const std::string& what) {
        return fault("device.malformed", "the image contradicts itself: " + what);
    }

    void add_compartments(const CoreTable& from) {
        ChipModel::Core core{};
        core.number                    = from.core;
        core.first                     = static_cast<std::uint32_t>(m_.u_.size());
        core.count                     = static_cast<std::uint32_t>(from.compartments.size());
        core.first_group               = static_cast<std::uint32_t>(m_.groups_.size());
        const CompartmentEntry* before = nullptr;
        for (const CompartmentEntry& e : from.compartments) {
            const CompartmentConfig& config = from.configs[e.config];
            if (before == nullptr || before->config != e.config || before->threshold != e.threshold)
                m_.groups_.push_back(
                    {static_cast<std::uint32_t>(m_.u_.size()), 0, 4095 - config.du,
                     4096 - config.dv, from.thresholds[e.threshold] << neuro::unit_shift,
                     std::max<std::uint8_t>(config.refractory, 1), config.fires, config.subtracts});
            ++m_.groups_.back().count;
            before = &e;
            m_.u_.push_back(e.u);
            m_.v_.push_back(e.v);
            m_.bias_.push_back(
                static_cast<std::int32_t>(neuro::bias_value(e.bias_mantissa, e.bias_exponent)));
            m_.wait_.push_back(e.refractory);
            m_.profile_.push_back(e.profile);
            core.accesses += config.subtracts ? 2 : 1;
        }
        core.last_group = static_cast<std::uint32_t>(m_.groups_.size());
        m_.core_.push_back(core);
    }

    /// Upper bounds, so that the arrays do not double while they grow.
    void reserve() {
        std::uint64_t synapses = 0;
        for (const CoreTable& core : cores_)
            for (const Axon& axon : core.axons)
                synapses += std::uint64_t{axon.blocks};
        m_.segments_.reserve(synapses);
    }

    struct Piece {
        std::uint32_t begin, count;
        std::uint8_t format;
    };

    std::optional<std::uint8_t> format_id(const SynapseFormat& f) {
        const auto found = std::find(m_.formats_.begin(), m_.formats_.end(), f);
        const auto index = found - m_.formats_.begin();
        if (index > 255 || f.profile > chip_.profiles.size()) return std::nullopt;
        if (found == m_.formats_.end()) m_.formats_.push_back(f);
        return static_cast<std::uint8_t>(index);
    }

    /// The lists of one core, and the pieces of each of its axons.
    bool add_lists(const CoreTable& from) {
        ChipModel::Core& core = m_.core_[axon_begin_.size()];
        core.first_synapse    = m_.synapses_.size();
        axon_begin_.push_back(piece_begin_.size());
        std::vector<std::uint8_t> ids;
        for (const SynapseFormat& f : from.formats) {
            const auto id = format_id(f);
            if (!id) return false;
            ids.push_back(*id);
        }
        std::vector<StoredSynapse> list;
        for (const Axon& axon : from.axons) {
            list.clear();
            if (!read_list(axon, from.formats, from.synapses, list)) return false;
            piece_begin_.push_back(pieces_.size());
            for (const StoredSynapse& s : list) {
                if (s.index >= from.compartments.size() || s.delay >= chip_.longest_delay)
                    return false;
                const std::uint8_t id = ids[s.format];
                const bool goes_on    = pieces_.size() > piece_begin_.back() &&
                                     pieces_.back().format == id && pieces_.back().count < 0xFFFF;
                if (!goes_on)
                    pieces_.push_back({static_cast<std::uint32_t>(m_.synapses_.size()), 0, id});
                ++pieces_.back().count;
                m_.synapses_.push_back(synapse_word(s.index, s.delay, s.weight));
            }
        }
        core.last_synapse = m_.synapses_.size();
        return m_.synapses_.size() < 0xFFFFFFFF;
    }

    /// Pieces of an axon: [first, last).
    [[nodiscard]] std::pair<std::size_t, std::size_t> pieces_of(std::uint32_t used,
                                                                std::uint32_t axon) const {
        const std::size_t k = axon_begin_[used] + axon;
        return {piece_begin_[k],
                k + 1 < piece_begin_.size() ? piece_begin_[k + 1] : pieces_.size()};
    }

    bool add_route(const Route& route) {
        if (route.core >= used_of_.size() || !used_of_[route.core]) return false;
        const std::uint32_t used = *used_of_[route.core];
        if (route.axon >= cores_[used].axons.size()) return false;
        const auto [first, last] = pieces_of(used, route.axon);
        for (std::size_t k = first; k < last; ++k)
            m_.segments_.push_back({pieces_[k].begin, static_cast<std::uint16_t>(pieces_[k].count),
                                    static_cast<std::uint16_t>(used), pieces_[k].format,
                                    k == first});
        return true;
    }

    bool join_routes() {
        m_.segment_begin_.assign(1, 0);
        const auto add_all = [&](const RouteTable& table) {
            for (std::size_t e = 0; e + 1 < table.begin.size(); ++e) {
                for (const Route& route : table.of(e))
                    if (!add_route(route)) return false;
                m_.segment_begin_.push_back(static_cast<std::uint32_t>(m_.segments_.size()));
            }
            return true;
        };
        for (const CoreTable& core : cores_)
            if (!add_all(core.routes)) return false;
        return add_all(chip_.inputs);
    }

    /// Plastic pieces by core, and which element brings each its spikes.
    void add_learning() {
        std::vector<std::uint32_t> plastic_of_piece(pieces_.size(), 0xFFFFFFFF);
        for (std::uint32_t used = 0; used < cores_.size(); ++used) {
            ChipModel::Core& core = m_.core_[used];
            core.first_plastic    = static_cast<std::uint32_t>(m_.plastic_.size());
            for (std::uint32_t axon = 0; axon < cores_[used].axons.size(); ++axon) {
                const auto [first, last] = pieces_of(used, axon);
                for (std::size_t k = first; k < last; ++k) {
                    if (m_.formats_[pieces_[k].format].profile == 0) continue;
                    plastic_of_piece[k] = static_cast<std::uint32_t>(m_.plastic_.size());
                    m_.plastic_.push_back({pieces_[k].begin, pieces_[k].count, axon,
                                           pieces_[k].format, static_cast<std::uint16_t>(used)});
                }
            }
            core.last_plastic   = static_cast<std::uint32_t>(m_.plastic_.size());
            const auto& entries = cores_[used].compartments;
            core.traces         = core.first_plastic != core.last_plastic ||
                          std::any_of(entries.begin(), entries.end(),
                                      [](const CompartmentEntry& e) { return e.profile != 0; });
        }
        // Pieces lie in the order of their synapses, so the piece of a segment is found by its
        // begin.
        m_.plastic_begin_.assign(1, 0);
        for (std::size_t e = 0; e + 1 < m_.segment_begin_.size(); ++e) {
            for (std::uint32_t s = m_.segment_begin_[e]; s < m_.segment_begin_[e + 1]; ++s) {
                const auto piece = std::partition_point(
                    pieces_.begin(), pieces_.end(),
                    [&](const Piece& p) { return p.begin < m_.segments_[s].begin; });
                const std::uint32_t plastic =
                    plastic_of_piece[static_cast<std::size_t>(piece - pieces_.begin())];
                if (plastic != 0xFFFFFFFF) m_.plastic_of_.push_back(plastic);
            }
            m_.plastic_begin_.push_back(static_cast<std::uint32_t>(m_.plastic_of_.size()));
        }
        m_.y_.assign(m_.u_.size(), 0);
        m_.fired_.assign(m_.u_.size(), {});
        m_.epoch_          = chip_.profiles.front().epoch;
        std::size_t widest = 0;
        for (const ChipModel::Core& core : m_.core_)
            if (core.traces) widest = std::max<std::size_t>(widest, core.count);
        m_.y_path_.assign(widest * m_.epoch_, 0);
    }

    const std::vector<CoreTable>& cores_;
    const ChipTable& chip_;
    ChipModel m_;
    std::vector<std::optional<std::uint32_t>> used_of_;
    std::vector<Piece> pieces_;
    std::vector<std::size_t> piece_begin_;  ///< of each axon, all cores together
    std::vector<std::size_t> axon_begin_;   ///< of each used core, into piece_begin_
};

Result<ChipModel> ChipModel::make(const std::vector<CoreTable>& cores, const ChipTable& chip,
                                  std::uint64_t seed) {
    return ModelLoader{cores, chip, seed}.run();
}

}  // namespace spikeloom::backends::loihi
