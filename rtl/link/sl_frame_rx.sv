// SPDX-License-Identifier: Apache-2.0
/// Takes frames out of the byte stream: flags, escapes, frame check sequence, length.
/// Always ready, one byte a clock; content bytes pass in the clock in which they come, the verdict
/// comes with the closing flag.
`default_nettype none

module sl_frame_rx (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       valid_i,
  input  logic [7:0] data_i,
  input  logic       error_i,      // a byte was lost here: the frame it belongs to is bad
  output logic       valid_o,      // content byte: header, payload, FCS
  output logic [7:0] data_o,
  output logic [7:0] index_o,      // content bytes of this frame before this one
  output logic       good_o,       // the frame is over and whole; index_o is its length
  output logic       bad_o         // the frame is over and worth nothing
);
  localparam logic [7:0] TooLong = sl_packet_pkg::FrameMax + 8'd1;

  logic [15:0] fcs_d, fcs_q, fcs_next;
  logic [7:0]  count_d, count_q;
  logic        escape_d, escape_q, broken_d, broken_q, flag, escape, whole;

  assign flag    = valid_i && data_i == sl_packet_pkg::FrameFlag;
  assign escape  = valid_i && data_i == sl_packet_pkg::FrameEscape;
  assign valid_o = valid_i && !flag && !escape;
  assign data_o  = escape_q ? data_i ^ sl_packet_pkg::FrameEscapeXor : data_i;
  assign index_o = count_q;
  assign whole   = !escape_q && !broken_q && count_q >= sl_packet_pkg::FrameMin && count_q != TooLong
                   && fcs_q == sl_packet_pkg::FcsResidue;
  assign good_o  = flag && whole;
  assign bad_o   = flag && !whole && (count_q != '0 || escape_q || broken_q);

  sl_fcs16 u_fcs (.fcs_i(fcs_q), .data_i(data_o), .fcs_o(fcs_next));

  always_comb begin
    fcs_d    = fcs_q;
    count_d  = count_q;
    escape_d = escape_q;
    broken_d = broken_q || error_i;
    if (flag) begin
      fcs_d    = sl_packet_pkg::FcsInitial;
      count_d  = '0;
      escape_d = 1'b0;
      broken_d = error_i;
    end else if (valid_i) begin
      escape_d = escape;
      if (!escape) fcs_d = fcs_next;
      if (!escape && count_q != TooLong) count_d = count_q + 8'd1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      fcs_q    <= sl_packet_pkg::FcsInitial;
      count_q  <= '0;
      escape_q <= 1'b0;
      broken_q <= 1'b0;
    end else begin
      fcs_q    <= fcs_d;
      count_q  <= count_d;
      escape_q <= escape_d;
      broken_q <= broken_d;
    end
  end
endmodule

`default_nettype wire
