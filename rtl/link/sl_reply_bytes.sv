// SPDX-License-Identifier: Apache-2.0
/// What every answer consists of: element `index_i` of the answer to `opcode_i` is one byte, given here,
/// or a register or memory word to be read over the bus. Combinational.
`default_nettype none

module sl_reply_bytes #(
  parameter int unsigned Neurons           = 256,
  parameter int unsigned Sources           = 256,
  parameter int unsigned SynapseWords      = 65536,
  parameter int unsigned RxBytes           = 512,
  parameter int unsigned Window            = 16,
  parameter int unsigned ConfigurationHash = 0
) (
  input  logic [7:0]  opcode_i,      // of the request
  input  logic [4:0]  index_i,       // 0 is the answer's opcode
  input  logic [2:0]  reason_i,      // not 0: the answer is refused
  input  logic        last_word_i,   // data: the word at hand is the last of the message
  input  logic [31:0] address_i,
  input  logic [15:0] dropped_i,
  output logic [7:0]  byte_o,
  output logic        fetch_o,       // a word from the bus instead
  output logic [5:0]  register_o,    // its register, but for data
  output logic        short_o,       // only its low byte counts
  output logic        final_o        // last element of the message
);
  localparam logic [4:0] Dropped = 5'd3 + 5'(2 * sl_packet_pkg::CounterCount);
  localparam logic [167:0] Identity =
    (168'(Window) << 160) | (168'(RxBytes) << 144) | (168'(SynapseWords) << 112) | (168'(Sources) << 80)
    | (168'(Neurons) << 48) | (168'(ConfigurationHash) << 16) | (168'(sl_packet_pkg::ProtocolVersion) << 8);

  logic       is_step, is_query, is_read;
  logic [7:0] address_byte;

  assign is_step  = opcode_i[2:0] == sl_packet_pkg::OpStep[2:0];
  assign is_query = opcode_i[2:0] == sl_packet_pkg::OpQuery[2:0];
  assign is_read  = opcode_i[2:0] == sl_packet_pkg::OpRead[2:0];

  // Element 1..4 of written and data.
  always_comb begin
    unique case (index_i[1:0])
      2'd1:    address_byte = address_i[7:0];
      2'd2:    address_byte = address_i[15:8];
      2'd3:    address_byte = address_i[23:16];
      default: address_byte = address_i[31:24];
    endcase
  end

  always_comb begin
    byte_o  = address_byte;
    fetch_o = 1'b0;
    final_o = 1'b0;
    if (index_i == '0) begin
      // Answers are the request with bit 7 set, save for ran (0x14 -> 0x95).
      byte_o = reason_i != '0 ? sl_packet_pkg::OpRefused : {1'b1, opcode_i[6:1], opcode_i[0] || is_step};
    end else if (reason_i != '0) begin
      byte_o  = index_i[0] ? opcode_i : {5'd0, reason_i};
      final_o = index_i[1];
    end else begin
      unique case (opcode_i[2:0])
        sl_packet_pkg::OpIdentify[2:0]: begin
          byte_o  = Identity[8 * index_i +: 8];
          final_o = index_i == 5'd20;
        end
        sl_packet_pkg::OpStep[2:0]: begin
          fetch_o = 1'b1;
          final_o = index_i[1:0] == 2'd3;
        end
        sl_packet_pkg::OpQuery[2:0]: begin
          byte_o  = index_i[0] ? dropped_i[7:0] : dropped_i[15:8];
          fetch_o = index_i < Dropped;
          final_o = index_i == Dropped + 5'd1;
        end
        sl_packet_pkg::OpRead[2:0]: begin
          fetch_o = index_i[2] && index_i[0];
          final_o = fetch_o && last_word_i;
        end
        default: if (index_i[2] && index_i[0]) begin  // written
          byte_o  = sl_packet_pkg::WriteStatusAddressFault;
          final_o = 1'b1;
        end
      endcase
    end
  end

  // ran: tick, status, busy clocks; status: status, tick, counters.
  always_comb begin
    register_o = 6'(sl_packet_pkg::RegCounters) - 6'd3 + 6'(index_i);
    if (is_step && index_i[1:0] == 2'd3)
      register_o = 6'(sl_packet_pkg::RegCounters) + 6'(2 * sl_packet_pkg::CounterBusyClocks);
    else if (index_i == (is_step ? 5'd1 : 5'd2)) register_o = sl_packet_pkg::RegTick[5:0];
    else if (index_i == (is_step ? 5'd2 : 5'd1)) register_o = sl_packet_pkg::RegStatus[5:0];
    short_o = !is_read && index_i == (is_query ? 5'd1 : 5'd2);
  end
endmodule

`default_nettype wire
