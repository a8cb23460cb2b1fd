// SPDX-License-Identifier: Apache-2.0
#include "runtime/link/messages.hpp"

#include "runtime/link/spike_list.hpp"

#include <algorithm>
#include <cassert>

namespace spikeloom::link {
namespace {

/// Appends little-endian fields after an opcode.
class Packer {
public:
    explicit Packer(Opcode opcode) { u8(static_cast<std::uint8_t>(opcode)); }
    Packer& u8(std::uint8_t x) { return number(x, 1); }
    Packer& u16(std::uint16_t x) { return number(x, 2); }
    Packer& u32(std::uint32_t x) { return number(x, 4); }
    Packer& u64(std::uint64_t x) { return number(x, 8); }
    Packer& bytes(std::span<const std::uint8_t> x) {
        out_.insert(out_.end(), x.begin(), x.end());
        return *this;
    }
    template <class List>
    Packer& words(const List& list) {
        for (const auto x : list)
            number(x, sizeof x);
        return *this;
    }
    Bytes done() {
        assert(out_.size() <= payload_max);
        return std::move(out_);
    }

private:
    Packer& number(std::uint64_t x, std::size_t size) {
        for (std::size_t k = 0; k < size; ++k)
            out_.push_back(static_cast<std::uint8_t>(x >> (8 * k)));
        return *this;
    }
    Bytes out_;
};

/// Takes little-endian fields off the front; reading past the end gives 0 and is remembered.
class Unpacker {
public:
    explicit Unpacker(std::span<const std::uint8_t> bytes) : bytes_{bytes} {}
    template <class T>
    T take() {
        if (bytes_.size() < sizeof(T)) {
            short_ = true;
            bytes_ = {};
            return 0;
        }
        std::uint64_t x = 0;
        for (std::size_t k = 0; k < sizeof(T); ++k)
            x |= std::uint64_t{bytes_[k]} << (8 * k);
        bytes_ = bytes_.subspan(sizeof(T));
        return static_cast<T>(x);
    }
    template <class T>
    std::vector<T> take_all() {
        std::vector<T> list;
        while (!bytes_.empty() && !short_)
            list.push_back(take<T>());
        return list;
    }
    Bytes take_bytes(std::size_t count) {
        if (bytes_.size() < count) {
            short_ = true;
            count  = bytes_.size();
        }
        Bytes part(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(count));
        bytes_ = bytes_.subspan(count);
        return part;
    }
    Bytes rest() { return take_bytes(bytes_.size()); }
    [[nodiscard]] bool empty() const { return bytes_.empty(); }
    [[nodiscard]] bool ran_short() const { return short_; }
    /// Every byte was read and none was missing.
    [[nodiscard]] bool fits() const { return bytes_.empty() && !short_; }

private:
    std::span<const std::uint8_t> bytes_;
    bool short_ = false;
};

/// Sources as a delta list, where they ascend and it is shorter than the plain list.
std::optional<Bytes> short_delta_list(std::span<const std::uint16_t> sources) {
    Bytes list;
    std::uint32_t next = 0;
    for (const std::uint16_t source : sources) {
        if (source < next) return std::nullopt;
        append_delta(source - next, list);
        next = source + 1U;
    }
    if (list.size() >= 2 * sources.size() || list.size() > 0xFF) return std::nullopt;
    return list;
}

struct HostEncoder {
    Bytes operator()(const Identify&) const { return Packer{Opcode::identify}.done(); }
    Bytes operator()(const ResetCore& m) const {
        return Packer{Opcode::reset_core}.u8(m.flags).done();
    }
    Bytes operator()(const Write& m) const {
        return Packer{Opcode::write}.u32(m.address).words(m.words).done();
    }
    Bytes operator()(const Read& m) const {
        return Packer{Opcode::read}.u32(m.address).u16(m.count).done();
    }
    Bytes operator()(const Step& m) const {
        Packer packer{Opcode::step};
        for (const StepRecord& record : m.records) {
            assert(record.sources.size() <= 0xFF);
            packer.u16(record.advance);
            if (const auto delta = short_delta_list(record.sources)) {
                packer.u8(static_cast<std::uint8_t>(StepFormat::delta));
                packer.u8(static_cast<std::uint8_t>(delta->size())).bytes(*delta);
            } else {
                packer.u8(static_cast<std::uint8_t>(StepFormat::list));
                packer.u8(static_cast<std::uint8_t>(record.sources.size())).words(record.sources);
            }
        }
        return packer.done();
    }
    Bytes operator()(const Stamp& m) const {
        return Packer{Opcode::stamp}
            .u32(m.tick)
            .u8(static_cast<std::uint8_t>(m.sources.size()))
            .words(m.sources)
            .done();
    }
    Bytes operator()(const Query&) const { return Packer{Opcode::query}.done(); }
    Bytes operator()(const Echo& m) const { return Packer{Opcode::echo}.bytes(m.bytes).done(); }
};

struct DeviceEncoder {
    Bytes operator()(const Identity& m) const {
        return Packer{Opcode::identity}
            .u8(m.version)
            .u32(m.configuration)
            .u32(m.neurons)
            .u32(m.sources)
            .u32(m.synapse_words)
            .u16(m.rx_bytes)
            .u8(m.window)
            .done();
    }
    Bytes operator()(const Written& m) const {
        return Packer{Opcode::written}.u32(m.address).u8(m.status).done();
    }
    Bytes operator()(const Data& m) const {
        return Packer{Opcode::data}.u32(m.address).words(m.words).done();
    }
    Bytes operator()(const Spikes& m) const {
        return Packer{Opcode::spikes}.u32(m.tick).u8(m.format).bytes(m.body).done();
    }
    Bytes operator()(const Ran& m) const {
        return Packer{Opcode::ran}.u32(m.tick).u8(m.status).u32(m.busy_clocks).done();
    }
    Bytes operator()(const Status& m) const {
        return Packer{Opcode::status}
            .u8(m.status)
            .u32(m.tick)
            .words(m.counters)
            .u16(m.frames_dropped)
            .done();
    }
    Bytes operator()(const Echoed& m) const { return Packer{Opcode::echoed}.bytes(m.bytes).done(); }
    Bytes operator()(const Refused& m) const {
        return Packer{Opcode::refused}.u8(m.opcode).u8(m.reason).done();
    }
};

/// One record; the refusal when it is none.
tl::expected<StepRecord, Refusal> take_record(Unpacker& in) {
    StepRecord record;
    record.advance    = in.take<std::uint16_t>();
    const auto format = in.take<std::uint8_t>();
    const auto count  = in.take<std::uint8_t>();
    if (in.ran_short()) return tl::unexpected{Refusal::bad_length};
    if (format == static_cast<std::uint8_t>(StepFormat::list)) {
        for (unsigned k = 0; k < count; ++k)
            record.sources.push_back(in.take<std::uint16_t>());
    } else if (format == static_cast<std::uint8_t>(StepFormat::delta)) {
        std::vector<std::uint32_t> sources;
        const Bytes body = in.take_bytes(count);
        if (!in.ran_short() && !append_delta_list(body, 0, 0x10000, sources))
            return tl::unexpected{Refusal::bad_field};
        for (const std::uint32_t source : sources)
            record.sources.push_back(static_cast<std::uint16_t>(source));
    } else {
        return tl::unexpected{Refusal::bad_field};
    }
    if (in.ran_short()) return tl::unexpected{Refusal::bad_length};
    return record;
}

tl::expected<HostMessage, Refusal> take_step(Unpacker in) {
    Step step;
    if (in.empty()) return tl::unexpected{Refusal::bad_length};
    while (!in.empty() && !step.fault) {
        auto record = take_record(in);
        if (record)
            step.records.push_back(*std::move(record));
        else
            step.fault = record.error();
    }
    return step;
}

tl::expected<HostMessage, Refusal> take_stamp(Unpacker in) {
    Stamp stamp;
    stamp.tick       = in.take<std::uint32_t>();
    const auto count = in.take<std::uint8_t>();
    stamp.sources    = in.take_all<std::uint16_t>();
    if (!in.fits() || stamp.sources.size() != count) return tl::unexpected{Refusal::bad_length};
    return stamp;
}

tl::expected<HostMessage, Refusal> take_read(Unpacker in) {
    const auto address = in.take<std::uint32_t>();
    const auto count   = in.take<std::uint16_t>();
    if (!in.fits()) return tl::unexpected{Refusal::bad_length};
    if (count == 0 || count > read_count_max) return tl::unexpected{Refusal::bad_field};
    return Read{address, count};
}

tl::expected<HostMessage, Refusal> take_write(Unpacker in) {
    Write write;
    write.address = in.take<std::uint32_t>();
    write.words   = in.take_all<std::uint32_t>();
    if (!in.fits() || write.words.empty()) return tl::unexpected{Refusal::bad_length};
    return write;
}

/// A message without arrays, once all its fields are read.
template <class Message>
tl::expected<HostMessage, Refusal> whole(const Unpacker& in, Message message) {
    if (!in.fits()) return tl::unexpected{Refusal::bad_length};
    return message;
}

tl::unexpected<Diagnostic> bad_message(std::span<const std::uint8_t> bytes, const char* why) {
    return fault("link.bad-message", "the device sent a message of " +
                                         std::to_string(bytes.size()) + " bytes, opcode " +
                                         std::to_string(bytes.empty() ? 0 : bytes[0]) + ": " + why);
}

Identity take_identity(Unpacker& in) {
    Identity m;
    m.version       = in.take<std::uint8_t>();
    m.configuration = in.take<std::uint32_t>();
    m.neurons       = in.take<std::uint32_t>();
    m.sources       = in.take<std::uint32_t>();
    m.synapse_words = in.take<std::uint32_t>();
    m.rx_bytes      = in.take<std::uint16_t>();
    m.window        = in.take<std::uint8_t>();
    return m;
}

Status take_status(Unpacker& in) {
    Status m;
    m.status = in.take<std::uint8_t>();
    m.tick   = in.take<std::uint32_t>();
    for (auto& counter : m.counters)
        counter = in.take<std::uint64_t>();
    m.frames_dropped = in.take<std::uint16_t>();
    return m;
}

std::optional<DeviceMessage> take_device_message(Opcode opcode, Unpacker& in) {
    const auto u8  = [&in] { return in.take<std::uint8_t>(); };
    const auto u32 = [&in] { return in.take<std::uint32_t>(); };
    switch (opcode) {
        case Opcode::identity:
            return take_identity(in);
        case Opcode::written:
            return Written{u32(), u8()};
        case Opcode::data:
            return Data{u32(), in.take_all<std::uint32_t>()};
        case Opcode::spikes:
            return Spikes{u32(), u8(), in.rest()};
        case Opcode::ran:
            return Ran{u32(), u8(), u32()};
        case Opcode::status:
            return take_status(in);
        case Opcode::echoed:
            return Echoed{in.rest()};
        case Opcode::refused:
            return Refused{u8(), u8()};
        default:
            return std::nullopt;
    }
}

}  // namespace

Bytes encode(const HostMessage& message) {
    return std::visit(HostEncoder{}, message);
}

Bytes encode(const DeviceMessage& message) {
    return std::visit(DeviceEncoder{}, message);
}

std::size_t encoded_size(const StepRecord& record) {
    const auto delta = short_delta_list(record.sources);
    return layout::step_record::fixed_bytes + (delta ? delta->size() : 2 * record.sources.size());
}

tl::expected<HostMessage, Refusal> decode_host_message(std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return tl::unexpected{Refusal::bad_length};
    Unpacker in{bytes.subspan(1)};
    switch (static_cast<Opcode>(bytes[0])) {
        case Opcode::identify:
            return whole(in, Identify{});
        case Opcode::reset_core: {
            const ResetCore reset{in.take<std::uint8_t>()};
            return whole(in, reset);
        }
        case Opcode::write:
            return take_write(in);
        case Opcode::read:
            return take_read(in);
        case Opcode::step:
            return take_step(in);
        case Opcode::stamp:
            return take_stamp(in);
        case Opcode::query:
            return whole(in, Query{});
        case Opcode::echo:
            return Echo{in.rest()};
        default:
            return tl::unexpected{Refusal::unknown_opcode};
    }
}

Result<DeviceMessage> decode_device_message(std::span<const std::uint8_t> bytes) {
    if (bytes.empty()) return bad_message(bytes, "empty");
    Unpacker in{bytes.subspan(1)};
    auto message = take_device_message(static_cast<Opcode>(bytes[0]), in);
    if (!message) return bad_message(bytes, "no such opcode");
    if (!in.fits()) return bad_message(bytes, "wrong length");
    return *std::move(message);
}

}  // namespace spikeloom::link
