// SPDX-License-Identifier: Apache-2.0
#include "compiler/frontend/nir/components.hpp"

#include <algorithm>
#include <limits>

namespace spikeloom::frontend::nir {
namespace {

constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

/// Tarjan's algorithm (1972) with its recursion kept in a vector.
class Search {
public:
    explicit Search(const std::vector<std::vector<std::size_t>>& successors)
        : successors_{successors},
          order_(successors.size(), none),
          low_(successors.size(), none),
          component_(successors.size(), none) {}

    std::vector<std::uint32_t> run() {
        for (std::size_t k = 0; k < successors_.size(); ++k)
            if (order_[k] == none) visit_from(k);
        return std::move(component_);
    }

private:
    struct Frame {
        std::size_t node;
        std::size_t next = 0;  ///< successor to look at
    };

    void enter(std::size_t node) {
        order_[node] = low_[node] = count_++;
        open_.push_back(node);
        frames_.push_back({node});
    }

    void visit_from(std::size_t start) {
        enter(start);
        while (!frames_.empty()) {
            Frame& frame = frames_.back();
            if (frame.next == successors_[frame.node].size()) {
                leave(frame.node);
                continue;
            }
            const std::size_t target = successors_[frame.node][frame.next++];
            if (order_[target] == none)
                enter(target);
            else if (component_[target] == none)
                low_[frame.node] = std::min(low_[frame.node], order_[target]);
        }
    }

    void leave(std::size_t node) {
        frames_.pop_back();
        if (!frames_.empty()) {
            std::uint32_t& parent = low_[frames_.back().node];
            parent                = std::min(parent, low_[node]);
        }
        if (low_[node] != order_[node]) return;
        std::size_t member = node;
        do {
            member = open_.back();
            open_.pop_back();
            component_[member] = components_;
        } while (member != node);
        ++components_;
    }

    const std::vector<std::vector<std::size_t>>& successors_;
    std::vector<std::uint32_t> order_, low_, component_;
    std::vector<std::size_t> open_;
    std::vector<Frame> frames_;
    std::uint32_t count_ = 0, components_ = 0;
};

}  // namespace

std::vector<std::uint32_t> strong_components(
    const std::vector<std::vector<std::size_t>>& successors) {
    return Search{successors}.run();
}

}  // namespace spikeloom::frontend::nir
