// SPDX-License-Identifier: Apache-2.0
/// Receiving half of the reliable stream: takes whole frames in order into a buffer, commits or rolls
/// back, and gives messages out byte by byte.
/// Takes one byte a clock without pause; gives one byte a clock, three clocks between messages.
///
/// A message lies in the buffer as length byte, payload, one spare byte: what the sender counts.
`default_nettype none

module sl_link_rx #(
  parameter int unsigned RxBytes = 512  // buffer; a power of two, 256..32768
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  // frames
  input  logic        byte_valid_i,
  input  logic [7:0]  byte_data_i,
  input  logic [7:0]  byte_index_i,
  input  logic        good_i,
  input  logic        bad_i,
  // to the sending half; *_o without "linked" are pulses
  output logic        linked_o,
  output logic [7:0]  session_o,
  output logic [7:0]  expected_o,
  output logic [15:0] credit_o,
  output logic        restart_o,        // a new session starts: forget everything
  output logic        reset_seen_o,     // a reset link is to be answered
  output logic        ack_valid_o,
  output logic [7:0]  ack_o,
  output logic [15:0] ack_credit_o,
  output logic        reject_o,         // with ack_valid_o
  output logic        want_ack_o,
  output logic        want_reject_o,
  output logic        freed_o,          // a message has left the buffer
  output logic [15:0] dropped_o,        // bad frames, stops at the top
  // messages
  output logic        msg_valid_o,
  input  logic        msg_ready_i,
  output logic [7:0]  msg_data_o,
  output logic [7:0]  msg_left_o,       // bytes of the message left, this one included
  output logic        moves_o           // something changes without a byte from the line
);
  localparam int unsigned AW = $clog2(RxBytes);

  if (RxBytes < 256 || RxBytes > 32768 || (1 << AW) != RxBytes)
    $error("RxBytes must be a power of two from 256 to 32768");

  typedef enum logic [1:0] {StIdle, StLength, StBody, StSpare} state_e;

  // ---- header of the frame that is coming in ----
  logic [7:0]  kind_q, sequence_q, ack_q;
  logic [15:0] header_credit_q;

  always_ff @(posedge clk_i) begin
    if (byte_valid_i) begin
      unique case (byte_index_i)
        8'd0:    kind_q <= byte_data_i;
        8'd1:    sequence_q <= byte_data_i;
        8'd2:    ack_q <= byte_data_i;
        8'd3:    header_credit_q[7:0] <= byte_data_i;
        8'd4:    header_credit_q[15:8] <= byte_data_i;
        default: ;
      endcase
    end
  end

  // ---- what a good frame means ----
  logic       linked_q, gap_q, overflow_q, is_data, is_short, is_reset, take;
  logic [7:0] session_q, expected_q, ahead;

  assign is_data  = kind_q == sl_packet_pkg::KindData;
  assign is_short = byte_index_i == sl_packet_pkg::FrameMin;
  assign is_reset = good_i && is_short && kind_q == sl_packet_pkg::KindResetLink;
  assign ahead    = sequence_q - expected_q;
  assign take     = good_i && is_data && linked_q && ahead == '0 && !overflow_q;

  assign linked_o      = linked_q;
  assign session_o     = session_q;
  assign expected_o    = expected_q;
  assign reset_seen_o  = is_reset;
  assign restart_o     = is_reset && (!linked_q || sequence_q != session_q);
  assign ack_valid_o   = good_i && linked_q && (is_data || (is_short &&
                         (kind_q == sl_packet_pkg::KindAck || kind_q == sl_packet_pkg::KindReject)));
  assign reject_o      = kind_q == sl_packet_pkg::KindReject;
  assign ack_o         = ack_q;
  assign ack_credit_o  = header_credit_q;
  // Taken, no room, or a repetition (expected - sequence is 1..128): acknowledge. Else a gap.
  assign want_ack_o    = good_i && is_data && linked_q && (ahead == '0 || ahead[7]);
  assign want_reject_o = good_i && is_data && linked_q && ahead != '0 && !ahead[7] && !gap_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      linked_q   <= 1'b0;
      session_q  <= '0;
      expected_q <= '0;
      gap_q      <= 1'b0;
    end else if (restart_o) begin
      linked_q   <= 1'b1;
      session_q  <= sequence_q;
      expected_q <= '0;
      gap_q      <= 1'b0;
    end else begin
      if (take) expected_q <= expected_q + 8'd1;
      if (take) gap_q <= 1'b0;
      else if (want_reject_o) gap_q <= 1'b1;
    end
  end

  logic [15:0] dropped_q;
  assign dropped_o = dropped_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) dropped_q <= '0;
    else if (bad_i && dropped_q != '1) dropped_q <= dropped_q + 16'd1;
  end

  // ---- buffer ----
  logic [AW-1:0] head_q, write_q, write_next, read_d, read_q, used;
  logic [7:0]    ram_data, left_d, left_q;
  logic          store, full;
  state_e        state_d, state_q;

  assign write_next = write_q + AW'(1);
  assign full       = write_next == read_q;
  assign store      = byte_valid_i && byte_index_i >= sl_packet_pkg::HeaderBytes;
  assign used       = head_q - read_q;
  assign credit_o   = 16'(AW'(~used));

  sl_byte_ram #(.Depth(RxBytes)) u_ram (
    .clk_i,
    .write_i        (take || (store && !full && !overflow_q)),
    .write_address_i(take ? head_q : write_next),
    .write_data_i   (take ? byte_index_i - sl_packet_pkg::FrameMin : byte_data_i),
    .read_address_i (read_d),
    .read_data_o    (ram_data));

  // write_q is the last byte written; at a commit that is the FCS byte where the next length goes.
  always_ff @(posedge clk_i) begin
    if (!rst_ni || restart_o) begin
      head_q     <= '0;
      write_q    <= '0;
      overflow_q <= 1'b0;
    end else if (take) begin
      head_q     <= write_q;
      overflow_q <= 1'b0;
    end else if (good_i || bad_i) begin
      write_q    <= head_q;
      overflow_q <= 1'b0;
    end else if (store) begin
      if (full || overflow_q) overflow_q <= 1'b1;
      else write_q <= write_next;
    end
  end

  // ---- messages out ----
  assign msg_valid_o = state_q == StBody;
  assign msg_data_o  = ram_data;
  assign msg_left_o  = left_q;
  assign freed_o     = state_q == StSpare;
  assign moves_o     = state_q == StIdle ? read_q != head_q : state_q != StBody || msg_ready_i;

  always_comb begin
    state_d = state_q;
    read_d  = read_q;
    left_d  = left_q;
    unique case (state_q)
      StIdle: if (read_q != head_q) state_d = StLength;
      StLength: begin
        left_d  = ram_data;
        read_d  = read_q + AW'(1);
        state_d = ram_data == '0 ? StSpare : StBody;
      end
      StBody: if (msg_ready_i) begin
        left_d = left_q - 8'd1;
        read_d = read_q + AW'(1);
        if (left_q == 8'd1) state_d = StSpare;
      end
      default: begin
        read_d  = read_q + AW'(1);
        state_d = StIdle;
      end
    endcase
    if (restart_o) begin
      state_d = StIdle;
      read_d  = '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StIdle;
      read_q  <= '0;
      left_q  <= '0;
    end else begin
      state_q <= state_d;
      read_q  <= read_d;
      left_q  <= left_d;
    end
  end
endmodule

`default_nettype wire
