// SPDX-License-Identifier: Apache-2.0
/// Wraps content bytes into frames: flag, stuffed content, frame check sequence, flag.
/// One byte a clock on the line side; four bytes and the escapes more than the content.
`default_nettype none

module sl_frame_tx (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       abort_i,   // forget the frame under way: the line gets an abort sequence
  input  logic       valid_i,
  output logic       ready_o,
  input  logic [7:0] data_i,
  input  logic       last_i,
  output logic       valid_o,
  input  logic       ready_i,
  output logic [7:0] data_o,
  output logic       moves_o    // something changes in this clock
);
  typedef enum logic [2:0] {StIdle, StBody, StFcsLow, StFcsHigh, StEnd, StAbort} state_e;

  state_e      state_d, state_q;
  logic [15:0] fcs_d, fcs_q, fcs_next;
  logic [7:0]  content;
  logic        escaped_d, escaped_q, needs_escape, content_valid, content_done;

  sl_fcs16 u_fcs (.fcs_i(fcs_q), .data_i(data_i), .fcs_o(fcs_next));

  assign needs_escape  = content == sl_packet_pkg::FrameFlag || content == sl_packet_pkg::FrameEscape;
  assign content_valid = (state_q == StBody && valid_i) || state_q == StFcsLow || state_q == StFcsHigh;
  assign content_done  = content_valid && ready_i && (!needs_escape || escaped_q);
  assign ready_o       = state_q == StBody && content_done;
  assign moves_o       = (valid_o && ready_i) || abort_i;

  always_comb begin
    unique case (state_q)
      StFcsLow:  content = ~fcs_q[7:0];
      StFcsHigh: content = ~fcs_q[15:8];
      default:   content = data_i;
    endcase
  end

  always_comb begin
    if (state_q == StIdle || state_q == StEnd) data_o = sl_packet_pkg::FrameFlag;
    else if (state_q == StAbort || (needs_escape && !escaped_q)) data_o = sl_packet_pkg::FrameEscape;
    else data_o = escaped_q ? content ^ sl_packet_pkg::FrameEscapeXor : content;
  end

  always_comb begin
    state_d   = state_q;
    fcs_d     = fcs_q;
    escaped_d = escaped_q;
    valid_o   = content_valid;
    if (content_valid && ready_i) escaped_d = needs_escape && !escaped_q;
    unique case (state_q)
      StIdle: begin
        valid_o = valid_i;
        fcs_d   = sl_packet_pkg::FcsInitial;
        if (valid_i && ready_i) state_d = StBody;
      end
      StBody: if (content_done) begin
        fcs_d = fcs_next;
        if (last_i) state_d = StFcsLow;
      end
      StFcsLow:  if (content_done) state_d = StFcsHigh;
      StFcsHigh: if (content_done) state_d = StEnd;
      StAbort: begin
        valid_o = 1'b1;
        if (ready_i) state_d = StEnd;
      end
      default: begin
        valid_o = 1'b1;
        if (ready_i) state_d = StIdle;
      end
    endcase
    if (abort_i && state_q != StIdle && state_q != StEnd) begin
      state_d   = StAbort;
      escaped_d = 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q   <= StIdle;
      escaped_q <= 1'b0;
    end else begin
      state_q   <= state_d;
      escaped_q <= escaped_d;
    end
  end

  always_ff @(posedge clk_i) fcs_q <= fcs_d;
endmodule

`default_nettype wire
