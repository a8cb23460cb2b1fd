// SPDX-License-Identifier: Apache-2.0
/// The fields of every answer, one after the other: field `index_i` of the answer to `opcode_i`.
/// Combinational. A field is up to four bytes given here, or a word to be read over the bus.
`default_nettype none

module sl_reply_fields #(
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
  input  logic        last_word_i,   // data: the word fetched next is the last of the message
  input  logic        empty_i,       // echo: there are no bytes
  input  logic [31:0] address_i,
  input  logic [31:0] tick_i,
  input  logic [4:0]  status_i,
  input  logic [15:0] dropped_i,
  output logic [31:0] data_o,
  output logic [2:0]  bytes_o,       // 1..4
  output logic        fetch_o,       // take the word from the bus instead
  output logic        final_o        // last field of the message
);
  localparam logic [4:0] FirstCounter = 5'd3;
  localparam logic [4:0] AfterCounters = FirstCounter + 5'(2 * sl_packet_pkg::CounterCount);

  logic [7:0] answer;

  // Answers are the request with bit 7 set, save for ran (0x14 -> 0x95).
  assign answer = reason_i != '0 ? sl_packet_pkg::OpRefused
                  : opcode_i == sl_packet_pkg::OpStep ? sl_packet_pkg::OpRan : opcode_i | 8'h80;

  always_comb begin
    data_o  = address_i;
    bytes_o = 3'd4;
    fetch_o = 1'b0;
    final_o = 1'b0;
    if (index_i == '0) begin
      data_o  = {24'd0, answer};
      bytes_o = 3'd1;
      final_o = empty_i && reason_i == '0;
    end else if (reason_i != '0) begin
      data_o  = {16'd0, 5'd0, reason_i, opcode_i};
      bytes_o = 3'd2;
      final_o = 1'b1;
    end else begin
      unique case (opcode_i)
        sl_packet_pkg::OpIdentify: begin
          unique case (index_i[2:0])
            3'd1: begin
              data_o  = {24'd0, sl_packet_pkg::ProtocolVersion};
              bytes_o = 3'd1;
            end
            3'd2:    data_o = ConfigurationHash;
            3'd3:    data_o = Neurons;
            3'd4:    data_o = Sources;
            3'd5:    data_o = SynapseWords;
            default: begin
              data_o  = {8'd0, 8'(Window), 16'(RxBytes)};
              bytes_o = 3'd3;
              final_o = 1'b1;
            end
          endcase
        end
        sl_packet_pkg::OpStep: begin
          data_o  = index_i[1:0] == 2'd1 ? tick_i : {27'd0, status_i};
          bytes_o = index_i[1:0] == 2'd1 ? 3'd4 : 3'd1;
          fetch_o = index_i[1:0] == 2'd3;
          final_o = index_i[1:0] == 2'd3;
          if (fetch_o) bytes_o = 3'd4;
        end
        sl_packet_pkg::OpQuery: begin
          fetch_o = index_i >= FirstCounter;
          if (index_i == 5'd1) begin
            data_o  = {27'd0, status_i};
            bytes_o = 3'd1;
          end else if (index_i == 5'd2) begin
            data_o  = tick_i;
          end else if (index_i == AfterCounters) begin
            data_o  = {16'd0, dropped_i};
            bytes_o = 3'd2;
            fetch_o = 1'b0;
            final_o = 1'b1;
          end
        end
        sl_packet_pkg::OpRead: begin
          fetch_o = index_i != 5'd1;
          final_o = fetch_o && last_word_i;
        end
        default: if (index_i != 5'd1) begin  // written
          data_o  = {24'd0, sl_packet_pkg::WriteStatusAddressFault};
          bytes_o = 3'd1;
          final_o = 1'b1;
        end
      endcase
    end
  end
endmodule

`default_nettype wire
