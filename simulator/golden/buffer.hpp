// SPDX-License-Identifier: Apache-2.0
/// Large arrays for hot loops: zeroed, aligned to a cache line, on huge pages where that pays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace spikeloom::golden {

/// Anonymous memory straight from the system, so that what is never touched costs nothing and that
/// growing moves pages instead of bytes.
class Pages {
public:
    Pages() = default;
    explicit Pages(std::size_t bytes) { reserve(bytes); }
    ~Pages();
    Pages(Pages&& other) noexcept { swap(other); }
    Pages& operator=(Pages&& other) noexcept {
        swap(other);
        return *this;
    }
    Pages(const Pages&)            = delete;
    Pages& operator=(const Pages&) = delete;

    /// At least `bytes`, new ones zero; content stays.
    void reserve(std::size_t bytes);
    [[nodiscard]] std::byte* data() const { return data_; }
    [[nodiscard]] std::size_t capacity() const { return capacity_; }

private:
    void swap(Pages& other) noexcept {
        std::swap(data_, other.data_);
        std::swap(capacity_, other.capacity_);
    }
    std::byte* data_      = nullptr;
    std::size_t capacity_ = 0;
};

/// Fixed array of plain numbers, zeroed.
template <class T>
class Buffer {
public:
    Buffer() = default;
    explicit Buffer(std::size_t size) : pages_{size * sizeof(T)}, size_{size} {}

    [[nodiscard]] T* data() const { return reinterpret_cast<T*>(pages_.data()); }
    [[nodiscard]] std::size_t size() const { return size_; }
    T& operator[](std::size_t k) const { return data()[k]; }
    [[nodiscard]] std::span<T> span() const { return {data(), size_}; }

private:
    Pages pages_;
    std::size_t size_ = 0;
};

}  // namespace spikeloom::golden
