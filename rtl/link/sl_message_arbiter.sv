// SPDX-License-Identifier: Apache-2.0
/// Merges two message streams byte by byte, whole messages at a time; `a` goes first.
/// No latency; one byte a clock.
`default_nettype none

module sl_message_arbiter (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       a_valid_i,
  output logic       a_ready_o,
  input  logic [7:0] a_data_i,
  input  logic       a_last_i,
  input  logic       b_valid_i,
  output logic       b_ready_o,
  input  logic [7:0] b_data_i,
  input  logic       b_last_i,
  output logic       valid_o,
  input  logic       ready_i,
  output logic [7:0] data_o,
  output logic       last_o
);
  logic held_q;   // a choice has been made and stands until the message is over
  logic choice_q; // 1: b
  logic choice;

  assign choice    = held_q ? choice_q : !a_valid_i;
  assign valid_o   = choice ? b_valid_i : a_valid_i;
  assign data_o    = choice ? b_data_i : a_data_i;
  assign last_o    = choice ? b_last_i : a_last_i;
  assign a_ready_o = !choice && ready_i;
  assign b_ready_o = choice && ready_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      held_q   <= 1'b0;
      choice_q <= 1'b0;
    end else if (valid_o) begin
      held_q   <= !(ready_i && last_o);
      choice_q <= choice;
    end
  end

`ifdef FORMAL
  logic f_past_q = 1'b0;
  always_ff @(posedge clk_i) begin
    f_past_q <= 1'b1;
    if (!f_past_q) assume (!rst_ni);
    if (f_past_q && $past(rst_ni) && rst_ni) begin
      // Who offers a byte keeps it until it is taken.
      if ($past(a_valid_i && !a_ready_o)) assume (a_valid_i && $past(a_data_i) == a_data_i && $past(a_last_i) == a_last_i);
      if ($past(b_valid_i && !b_ready_o)) assume (b_valid_i && $past(b_data_i) == b_data_i && $past(b_last_i) == b_last_i);
      // So does the output; and a message is not mixed with another.
      if ($past(valid_o && !ready_i)) begin
        assert (valid_o);
        assert (data_o == $past(data_o) && last_o == $past(last_o));
      end
      if ($past(valid_o && !(ready_i && last_o))) assert (choice == $past(choice));
      assert (!(a_ready_o && b_ready_o));
    end
  end
`endif
endmodule

`default_nettype wire
