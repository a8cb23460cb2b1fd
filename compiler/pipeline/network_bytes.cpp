// SPDX-License-Identifier: Apache-2.0
/// One `transfer` per type serves both directions, so that writer and reader cannot drift apart.
#include "compiler/pipeline/network_bytes.hpp"

#include <cstring>
#include <string>
#include <type_traits>

namespace spikeloom::compiler {

namespace {

constexpr std::uint32_t format_version = 1;

/// Appends values, little endian.
class Writer {
public:
    static constexpr bool reading = false;
    std::vector<std::uint8_t> bytes;

    template <class T>
    void raw(T& value) {
        std::uint8_t data[sizeof(T)];
        std::memcpy(data, &value, sizeof(T));
        bytes.insert(bytes.end(), data, data + sizeof(T));
    }
    template <class T>
    void block(const T* data, std::size_t count) {
        const auto* first = reinterpret_cast<const std::uint8_t*>(data);
        bytes.insert(bytes.end(), first, first + count * sizeof(T));
    }
    [[nodiscard]] bool failed() const { return false; }
    void fail() {}
};

/// Takes values; after the first fault everything reads as nothing.
class Reader {
public:
    static constexpr bool reading = true;
    explicit Reader(std::span<const std::uint8_t> bytes) : bytes_{bytes} {}

    template <class T>
    void raw(T& value) {
        if (!has(sizeof(T))) return fail();
        std::memcpy(&value, bytes_.data(), sizeof(T));
        bytes_ = bytes_.subspan(sizeof(T));
    }
    template <class T>
    void block(T* data, std::size_t count) {
        std::memcpy(data, bytes_.data(), count * sizeof(T));
        bytes_ = bytes_.subspan(count * sizeof(T));
    }
    [[nodiscard]] bool has(std::size_t size) const { return !failed_ && bytes_.size() >= size; }
    [[nodiscard]] bool has(std::uint64_t count, std::size_t each) const {
        return !failed_ && count <= bytes_.size() / each;
    }
    [[nodiscard]] bool at_end() const { return bytes_.empty(); }
    [[nodiscard]] bool failed() const { return failed_; }
    void fail() {
        failed_ = true;
        bytes_  = {};
    }

private:
    std::span<const std::uint8_t> bytes_;
    bool failed_ = false;
};

template <class A, class T>
requires std::is_arithmetic_v<T>
void transfer(A& archive, T& value) {
    archive.raw(value);
}

template <class A>
void transfer(A& archive, bool& value) {
    std::uint8_t byte = value ? 1 : 0;
    archive.raw(byte);
    if (byte > 1) archive.fail();
    value = byte == 1;
}

/// Number of elements that follow, each of at least `each` bytes.
template <class A>
std::uint64_t transfer_count(A& archive, std::uint64_t count, [[maybe_unused]] std::size_t each) {
    archive.raw(count);
    if constexpr (A::reading) {
        if (!archive.has(count, each)) archive.fail();
        if (archive.failed()) return 0;
    }
    return count;
}

template <class A, class T>
void transfer_block(A& archive, T& container) {
    using Element    = typename T::value_type;
    const auto count = transfer_count(archive, container.size(), sizeof(Element));
    if constexpr (A::reading) container.resize(count);
    if (count > 0) archive.block(container.data(), count);
}

template <class A>
void transfer(A& archive, std::string& text) {
    transfer_block(archive, text);
}
template <class A>
void transfer(A& archive, std::vector<std::uint32_t>& values) {
    transfer_block(archive, values);
}

template <class A, class T>
void transfer(A& archive, std::shared_ptr<const std::vector<T>>& array) {
    if constexpr (A::reading) {
        auto values = std::make_shared<std::vector<T>>();
        transfer_block(archive, *values);
        array = std::move(values);
    } else {
        static const std::vector<T> none;
        transfer_block(archive, array ? const_cast<std::vector<T>&>(*array)
                                      : const_cast<std::vector<T>&>(none));
    }
}

template <class A, class T>
void transfer(A& archive, std::optional<T>& value) {
    bool present = value.has_value();
    transfer(archive, present);
    if (!present) return;
    if constexpr (A::reading) value.emplace();
    transfer(archive, *value);
}

template <class A>
void transfer(A& a, ir::Normal& n) {
    for (double* x : {&n.mean, &n.deviation, &n.minimum, &n.maximum})
        transfer(a, *x);
}
template <class A>
void transfer(A& a, ir::Uniform& u) {
    transfer(a, u.minimum);
    transfer(a, u.maximum);
}
template <class A>
void transfer(A&, ir::Dense&) {}
template <class A>
void transfer(A&, ir::OneToOne&) {}
template <class A>
void transfer(A& a, ir::Sparse& s) {
    transfer(a, s.pre);
    transfer(a, s.post);
}
template <class A>
void transfer(A& a, ir::AllToAll& c) {
    transfer(a, c.allow_self);
}
template <class A>
void transfer(A& a, ir::FixedProbability& c) {
    transfer(a, c.probability);
    transfer(a, c.allow_self);
}
template <class A>
void transfer(A& a, ir::FixedOutdegree& c) {
    transfer(a, c.outdegree);
    transfer(a, c.allow_self);
}
template <class A>
void transfer(A& a, ir::FixedTotalNumber& c) {
    transfer(a, c.count);
}
template <class A>
void transfer(A& a, ir::Conv2d& c) {
    for (std::uint32_t* x :
         {&c.kernel_y, &c.kernel_x, &c.out_channels, &c.stride_y, &c.stride_x, &c.pad_top,
          &c.pad_bottom, &c.pad_left, &c.pad_right, &c.dilation_y, &c.dilation_x, &c.groups}) {
        transfer(a, *x);
    }
}
template <class A>
void transfer(A& a, ir::Pool2d& c) {
    for (std::uint32_t* x :
         {&c.kernel_y, &c.kernel_x, &c.stride_y, &c.stride_x, &c.pad_y, &c.pad_x}) {
        transfer(a, *x);
    }
}

template <class A, class Variant, std::size_t I = 0>
void transfer_alternative(A& archive, Variant& value, std::uint8_t index) {
    if constexpr (I == std::variant_size_v<Variant>) {
        archive.fail();
    } else if (index == I) {
        if constexpr (A::reading) value.template emplace<I>();
        transfer(archive, *std::get_if<I>(&value));
    } else {
        transfer_alternative<A, Variant, I + 1>(archive, value, index);
    }
}
template <class A, class... T>
void transfer(A& archive, std::variant<T...>& value) {
    auto index = static_cast<std::uint8_t>(value.index());
    archive.raw(index);
    transfer_alternative(archive, value, index);
}

template <class A, class T>
void transfer(A& archive, std::map<std::string, T>& map) {
    const auto count = transfer_count(archive, map.size(), 9);
    if constexpr (A::reading) {
        for (std::uint64_t k = 0; k < count && !archive.failed(); ++k) {
            std::string key;
            transfer(archive, key);
            transfer(archive, map[key]);
        }
    } else {
        for (auto& [key, value] : map) {
            transfer(archive, const_cast<std::string&>(key));
            transfer(archive, value);
        }
    }
}

template <class A>
void transfer(A& a, ir::Population& p) {
    transfer(a, p.name);
    transfer(a, p.shape);
    transfer(a, p.model.name);
    transfer(a, p.model.parameters);
    transfer(a, p.is_output);
    transfer(a, p.pipeline_offset);
}
template <class A>
void transfer(A& a, ir::Plasticity& p) {
    transfer(a, p.rule);
    transfer(a, p.parameters);
}
template <class A>
void transfer(A& a, ir::Projection& p) {
    transfer(a, p.name);
    transfer(a, p.pre.value);
    transfer(a, p.post.value);
    transfer(a, p.connector);
    transfer(a, p.weights);
    transfer(a, p.delays);
    transfer(a, p.plasticity);
}

template <class A, class T>
void transfer_all(A& archive, std::vector<T>& items) {
    const auto count = transfer_count(archive, items.size(), 9);
    if constexpr (A::reading) items.resize(count);
    for (std::uint64_t k = 0; k < count && !archive.failed(); ++k)
        transfer(archive, items[k]);
}

template <class A>
void transfer(A& a, ir::Network& network) {
    std::uint32_t version = format_version;
    transfer(a, version);
    if (version != format_version) return a.fail();
    transfer(a, network.name);
    transfer(a, network.seed);
    transfer(a, network.dt);
    transfer(a, network.reset);
    transfer_all(a, network.populations);
    transfer_all(a, network.projections);
}

}  // namespace

std::vector<std::uint8_t> to_bytes(const ir::Network& network) {
    Writer writer;
    ir::Network copy = network;  // arrays are shared, so this is cheap; `transfer` never changes it
    transfer(writer, copy);
    return std::move(writer.bytes);
}

Result<ir::Network> from_bytes(std::span<const std::uint8_t> bytes) {
    Reader reader{bytes};
    ir::Network network;
    transfer(reader, network);
    if (reader.failed() || !reader.at_end()) {
        return fault("network.bytes", "the stored network is damaged or of another version");
    }
    return network;
}

}  // namespace spikeloom::compiler
