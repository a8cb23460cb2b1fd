// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/loopback.hpp"

#include <algorithm>
#include <array>
#include <deque>

namespace spikeloom::link {
namespace {

struct Shared {
    std::size_t capacity;
    std::array<std::deque<std::uint8_t>, 2> queues{};
    std::array<bool, 2> alive{true, true};
    Time now = 0;
};

class Loopback final : public ByteChannel {
public:
    Loopback(std::shared_ptr<Shared> shared, std::size_t side)
        : shared_{std::move(shared)}, side_{side} {}
    Loopback(const Loopback&)            = delete;
    Loopback& operator=(const Loopback&) = delete;
    Loopback(Loopback&&)                 = delete;
    Loopback& operator=(Loopback&&)      = delete;
    ~Loopback() override { shared_->alive[side_] = false; }

    Result<std::size_t> write(std::span<const std::uint8_t> bytes) override {
        if (!shared_->alive[1 - side_])
            return fault("link.closed", "the other end of the loopback is gone");
        auto& queue             = shared_->queues[side_];
        const std::size_t taken = std::min(bytes.size(), shared_->capacity - queue.size());
        queue.insert(queue.end(), bytes.begin(),
                     bytes.begin() + static_cast<std::ptrdiff_t>(taken));
        return taken;
    }

    Result<std::size_t> read(std::span<std::uint8_t> buffer) override {
        auto& queue             = shared_->queues[1 - side_];
        const std::size_t given = std::min(buffer.size(), queue.size());
        const auto end          = queue.begin() + static_cast<std::ptrdiff_t>(given);
        std::copy(queue.begin(), end, buffer.begin());
        queue.erase(queue.begin(), end);
        return given;
    }

    Result<void> wait(Time longest) override {
        if (shared_->queues[1 - side_].empty()) shared_->now += longest;
        return {};
    }

    [[nodiscard]] Time now() const override { return shared_->now; }

private:
    std::shared_ptr<Shared> shared_;
    std::size_t side_;
};

}  // namespace

std::pair<std::unique_ptr<ByteChannel>, std::unique_ptr<ByteChannel>> make_loopback(
    std::size_t capacity) {
    auto shared = std::make_shared<Shared>(Shared{capacity});
    return {std::make_unique<Loopback>(shared, 0), std::make_unique<Loopback>(shared, 1)};
}

}  // namespace spikeloom::link
