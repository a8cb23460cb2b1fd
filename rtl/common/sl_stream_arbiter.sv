// SPDX-License-Identifier: Apache-2.0
/// Joins two valid/ready streams, fair under load: the side that was served last yields. Combinational;
/// a side that was chosen stays chosen until its item is taken.
`default_nettype none

module sl_stream_arbiter #(
  parameter int unsigned Width = 8
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             a_valid_i,
  output logic             a_ready_o,
  input  logic [Width-1:0] a_data_i,
  input  logic             b_valid_i,
  output logic             b_ready_o,
  input  logic [Width-1:0] b_data_i,
  output logic             valid_o,
  input  logic             ready_i,
  output logic [Width-1:0] data_o,
  output logic             from_b_o
);

  logic locked_q;  // an item is on offer and not yet taken
  logic choice_q;  // side of the locked item, or the side served last
  logic choice;

  always_comb begin
    if (locked_q) choice = choice_q;
    else if (a_valid_i && b_valid_i) choice = !choice_q;
    else choice = b_valid_i;
  end

  assign valid_o   = choice ? b_valid_i : a_valid_i;
  assign data_o    = choice ? b_data_i : a_data_i;
  assign from_b_o  = choice;
  assign a_ready_o = ready_i && !choice;
  assign b_ready_o = ready_i && choice;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      locked_q <= 1'b0;
      choice_q <= 1'b0;
    end else if (valid_o) begin
      locked_q <= !ready_i;
      choice_q <= choice;
    end
  end

endmodule

`default_nettype wire
