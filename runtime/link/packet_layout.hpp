// SPDX-License-Identifier: Apache-2.0
// Generated from schemas/host_packets.json by schemas/generate_packets.py; do not edit.
// clang-format off
#pragma once

#include <cstddef>
#include <cstdint>

/// Numbers of the host protocol and of the emulator core's register map.
namespace spikeloom::link {

// Bytes on the line.
inline constexpr std::uint8_t frame_flag = 0x7E;  ///< delimits frames
inline constexpr std::uint8_t frame_escape = 0x7D;  ///< the next byte is xored with frame_escape_xor
inline constexpr std::uint8_t frame_escape_xor = 0x20;  ///< see frame_escape
inline constexpr std::uint16_t fcs_initial = 0xFFFF;  ///< CRC-16/X.25 register before the first byte
inline constexpr std::uint16_t fcs_polynomial = 0x8408;  ///< reflected 0x1021
inline constexpr std::uint16_t fcs_final_xor = 0xFFFF;  ///< sent FCS is the register xor this, low byte first
inline constexpr std::uint16_t fcs_residue = 0xF0B8;  ///< register after a whole good frame, FCS included

// Sizes and limits, in bytes unless said otherwise.
inline constexpr std::uint8_t header_bytes = 0x05;  ///< kind, sequence, acknowledge, credit
inline constexpr std::uint8_t fcs_bytes = 0x02;  ///< after the payload
inline constexpr std::uint8_t payload_max = 0xF0;  ///< longest message
inline constexpr std::uint8_t frame_min = 0x07;  ///< header and FCS, before stuffing
inline constexpr std::uint8_t frame_max = 0xF7;  ///< header, longest payload and FCS, before stuffing
inline constexpr std::uint8_t frame_charge = 0x02;  ///< credit that a data frame costs on top of its payload
inline constexpr std::uint8_t window_max = 0x10;  ///< data frames in flight, per direction
inline constexpr std::uint8_t words_max = 0x3A;  ///< words in one write or data message
inline constexpr std::uint16_t read_count_max = 0x4000;  ///< words that one read may ask for
inline constexpr std::uint8_t divisor_min = 0x04;  ///< clocks per UART bit

// Identity and registers.
inline constexpr std::uint8_t protocol_version = 0x01;  ///< in identity
inline constexpr std::uint32_t identity_word = 0x534C0001;  ///< register identity: 'SL', interface version 1
inline constexpr std::uint8_t counter_count = 0x0B;  ///< number of 64-bit counters
inline constexpr std::uint8_t region_shift = 0x1C;  ///< word address = region << region_shift | index

/// First byte of every message.
enum class Opcode : std::uint8_t {
  identify = 0x10,  ///< to the device
  reset_core = 0x11,  ///< to the device
  write = 0x12,  ///< to the device
  read = 0x13,  ///< to the device
  step = 0x14,  ///< to the device
  stamp = 0x15,  ///< to the device
  query = 0x16,  ///< to the device
  echo = 0x17,  ///< to the device
  identity = 0x90,  ///< to the host
  written = 0x92,  ///< to the host
  data = 0x93,  ///< to the host
  spikes = 0x94,  ///< to the host
  ran = 0x95,  ///< to the host
  status = 0x96,  ///< to the host
  echoed = 0x97,  ///< to the host
  refused = 0x9F,  ///< to the host
};

/// First byte of every frame.
enum class FrameKind : std::uint8_t {
  data = 0x01,  ///< a message follows; sequence counts data frames modulo 256
  ack = 0x02,  ///< no payload
  reject = 0x03,  ///< as ack; asks for everything from acknowledge on; always answered
  reset_link = 0x04,  ///< host to device; sequence is the session number
  reset_done = 0x05,  ///< device to host; sequence is the session number
};

/// Reason in a refused message.
enum class Refusal : std::uint8_t {
  unknown_opcode = 0x01,  ///< no such message
  bad_length = 0x02,  ///< the message is too short, too long or not a whole number of fields
  bad_field = 0x03,  ///< a field holds a value that is not allowed
  wrong_mode = 0x04,  ///< step while free running, or stamp while stepped
};

/// How a step record lists its spikes.
enum class StepFormat : std::uint8_t {
  list = 0x00,  ///< count u8, source u16[count]
  delta = 0x01,  ///< bytes u8, then a delta list as in spikes, ascending, first difference to -1
};

/// How a spikes message lists the neurons; or'ed with spike_continues.
enum class SpikeFormat : std::uint8_t {
  delta = 0x00,  ///< each byte below 0xFF: difference to the neuron before, minus 1; 0xFF adds 255 and goes on
  bitmap = 0x01,  ///< one bit a neuron, low bit first
  continues = 0x80,  ///< bit: the body goes on where the frame before stopped, same tick
};

/// Status of a written message.
enum class WriteStatus : std::uint8_t {
  address_fault = 0x01,  ///< no such word; the words after it in the message are not written
};

/// Bits 31..28 of a word address.
enum class Region : std::uint8_t {
  control = 0x00,  ///< registers
  row = 0x01,  ///< row table
  synapse = 0x02,  ///< synapse words
  neuron = 0x03,  ///< parameter set and bias of a neuron
  set = 0x04,  ///< parameter sets
  state = 0x05,  ///< membrane, current, refractory, post trace
  trace = 0x06,  ///< pre traces
  input = 0x07,  ///< pending input sums
  column = 0x08,  ///< reverse index heads (sparse rows only)
  column_entry = 0x09,  ///< reverse index (sparse rows only)
};

/// Index in the control region.
enum class Register : std::uint8_t {
  identity = 0x00,  ///< r: identity_word
  configuration = 0x01,  ///< r: hash of the named configuration
  neurons_used = 0x02,  ///< rw: neurons updated in a tick
  rows_used_sources = 0x03,  ///< rw: source rows whose traces decay
  plasticity = 0x04,  ///< rw: bit 0
  plus_decay = 0x05,  ///< rw
  minus_decay = 0x06,  ///< rw
  a_plus = 0x07,  ///< rw
  a_minus = 0x08,  ///< rw
  w_min = 0x09,  ///< rw
  w_max = 0x0A,  ///< rw
  tick = 0x0B,  ///< r: next tick to run
  status = 0x0C,  ///< r, write 1 clears: status bits
  tick_period = 0x0D,  ///< rw: clocks a tick when free running
  mode = 0x0E,  ///< rw: 0 stepped, 1 free running
  clear = 0x0F,  ///< w: clear bits
  counters = 0x10,  ///< r: first of the 64-bit counters, low word then high word
};

/// Bit numbers of the status register.
enum class StatusBit : std::uint8_t {
  late_input = 0x00,  ///< a stamped spike came after its tick
  saturated = 0x01,  ///< an input sum hit the accumulator's range
  address_fault = 0x02,  ///< a bus request named no word
  no_such_row = 0x03,  ///< a spike came for a row that does not exist
  tick_overrun = 0x04,  ///< free running: a tick was not done when the next was due
};

/// Bit numbers of the clear register and of reset_core flags.
enum class ClearBit : std::uint8_t {
  state = 0x00,  ///< states, traces, input sums, tick, counters, status
  rows = 0x01,  ///< synapse rows as well
};

/// Order of the 64-bit counters, in the registers and in a status message.
enum class Counter : std::uint8_t {
  clocks = 0x00,  ///< clocks
  ticks = 0x01,  ///< ticks run
  spikes = 0x02,  ///< spikes of neurons
  synaptic_events = 0x03,  ///< synapses walked with a delay above 0
  weight_updates = 0x04,  ///< depress or potentiate evaluations
  neuron_updates = 0x05,  ///< neurons updated
  stalled_clocks = 0x06,  ///< clocks in which the event consumer held the core
  input_events = 0x07,  ///< external spikes
  late_input_events = 0x08,  ///< external spikes that came after their tick
  row_walks = 0x09,  ///< rows walked
  busy_clocks = 0x0A,  ///< clocks in which a tick was running
};

/// Tokens into the core.
enum class TokenKind : std::uint8_t {
  spike = 0x00,  ///< data: source index
  advance = 0x01,  ///< data: ticks to run
  stamp = 0x02,  ///< data: tick of the spikes that follow (free running)
};

/// Events out of the core.
enum class EventKind : std::uint8_t {
  spike = 0x00,  ///< data: neuron
  tick_end = 0x01,  ///< data: tick
};

/// Place of one field in a header, message or record; numbers are little endian.
struct FieldPlace {
  std::size_t offset;  ///< bytes from the start (a message starts with its opcode)
  std::size_t size;    ///< bytes of one element
  std::size_t most;    ///< most elements; 1 for a scalar
};

/// Places of all fields: `layout::<message>::<field>`, and `bytes` of everything but the last array.
namespace layout {

namespace header {
inline constexpr FieldPlace kind{0, 1, 1};
inline constexpr FieldPlace sequence{1, 1, 1};
inline constexpr FieldPlace acknowledge{2, 1, 1};
inline constexpr FieldPlace credit{3, 2, 1};
inline constexpr std::size_t fixed_bytes = 5;  ///< bytes without arrays
}

namespace identify_message {
inline constexpr std::size_t fixed_bytes = 1;  ///< bytes without arrays
}

namespace reset_core_message {
inline constexpr FieldPlace flags{1, 1, 1};
inline constexpr std::size_t fixed_bytes = 2;  ///< bytes without arrays
}

namespace write_message {
inline constexpr FieldPlace address{1, 4, 1};
inline constexpr FieldPlace words{5, 4, 58};
inline constexpr std::size_t fixed_bytes = 5;  ///< bytes without arrays
}

namespace read_message {
inline constexpr FieldPlace address{1, 4, 1};
inline constexpr FieldPlace count{5, 2, 1};
inline constexpr std::size_t fixed_bytes = 7;  ///< bytes without arrays
}

namespace step_message {
inline constexpr FieldPlace records{1, 1, 239};
inline constexpr std::size_t fixed_bytes = 1;  ///< bytes without arrays
}

namespace stamp_message {
inline constexpr FieldPlace tick{1, 4, 1};
inline constexpr FieldPlace count{5, 1, 1};
inline constexpr FieldPlace sources{6, 2, 117};
inline constexpr std::size_t fixed_bytes = 6;  ///< bytes without arrays
}

namespace query_message {
inline constexpr std::size_t fixed_bytes = 1;  ///< bytes without arrays
}

namespace echo_message {
inline constexpr FieldPlace bytes{1, 1, 239};
inline constexpr std::size_t fixed_bytes = 1;  ///< bytes without arrays
}

namespace identity_message {
inline constexpr FieldPlace version{1, 1, 1};
inline constexpr FieldPlace configuration{2, 4, 1};
inline constexpr FieldPlace neurons{6, 4, 1};
inline constexpr FieldPlace sources{10, 4, 1};
inline constexpr FieldPlace synapse_words{14, 4, 1};
inline constexpr FieldPlace rx_bytes{18, 2, 1};
inline constexpr FieldPlace window{20, 1, 1};
inline constexpr std::size_t fixed_bytes = 21;  ///< bytes without arrays
}

namespace written_message {
inline constexpr FieldPlace address{1, 4, 1};
inline constexpr FieldPlace status{5, 1, 1};
inline constexpr std::size_t fixed_bytes = 6;  ///< bytes without arrays
}

namespace data_message {
inline constexpr FieldPlace address{1, 4, 1};
inline constexpr FieldPlace words{5, 4, 58};
inline constexpr std::size_t fixed_bytes = 5;  ///< bytes without arrays
}

namespace spikes_message {
inline constexpr FieldPlace tick{1, 4, 1};
inline constexpr FieldPlace format{5, 1, 1};
inline constexpr FieldPlace body{6, 1, 234};
inline constexpr std::size_t fixed_bytes = 6;  ///< bytes without arrays
}

namespace ran_message {
inline constexpr FieldPlace tick{1, 4, 1};
inline constexpr FieldPlace status{5, 1, 1};
inline constexpr FieldPlace busy_clocks{6, 4, 1};
inline constexpr std::size_t fixed_bytes = 10;  ///< bytes without arrays
}

namespace status_message {
inline constexpr FieldPlace status{1, 1, 1};
inline constexpr FieldPlace tick{2, 4, 1};
inline constexpr FieldPlace counters{6, 8, 11};
inline constexpr FieldPlace frames_dropped{94, 2, 1};
inline constexpr std::size_t fixed_bytes = 8;  ///< bytes without arrays
}

namespace echoed_message {
inline constexpr FieldPlace bytes{1, 1, 239};
inline constexpr std::size_t fixed_bytes = 1;  ///< bytes without arrays
}

namespace refused_message {
inline constexpr FieldPlace opcode{1, 1, 1};
inline constexpr FieldPlace reason{2, 1, 1};
inline constexpr std::size_t fixed_bytes = 3;  ///< bytes without arrays
}

namespace step_record {
inline constexpr FieldPlace advance{0, 2, 1};
inline constexpr FieldPlace format{2, 1, 1};
inline constexpr FieldPlace count{3, 1, 1};
inline constexpr std::size_t fixed_bytes = 4;  ///< bytes without arrays
}

}  // namespace layout

}  // namespace spikeloom::link
