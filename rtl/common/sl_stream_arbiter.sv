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

`ifdef FORMAL
  // Given two well-behaved inputs: the output is well-behaved, every item goes to exactly one taker,
  // and no side is passed over twice.
  logic             past_q = 1'b0, held_q = 1'b0, a_held_q = 1'b0, b_held_q = 1'b0, from_b_q;
  logic             a_passed_q = 1'b0, b_passed_q = 1'b0;
  logic [Width-1:0] data_q, a_data_q, b_data_q;

  always_ff @(posedge clk_i) begin
    past_q     <= rst_ni;
    held_q     <= rst_ni && valid_o && !ready_i;
    from_b_q   <= from_b_o;
    data_q     <= data_o;
    a_held_q   <= rst_ni && a_valid_i && !a_ready_o;
    b_held_q   <= rst_ni && b_valid_i && !b_ready_o;
    a_data_q   <= a_data_i;
    b_data_q   <= b_data_i;
    a_passed_q <= rst_ni && a_valid_i && !a_ready_o && (a_passed_q || (b_valid_i && b_ready_o));
    b_passed_q <= rst_ni && b_valid_i && !b_ready_o && (b_passed_q || (a_valid_i && a_ready_o));
  end

  always_comb begin
    if (a_held_q) assume (a_valid_i && (a_data_i == a_data_q));
    if (b_held_q) assume (b_valid_i && (b_data_i == b_data_q));
    // What induction has to know of the state.
    assert (locked_q == held_q);
    if (locked_q) assert ((choice_q == from_b_q) && (choice_q ? b_held_q : a_held_q));
    if (a_passed_q) assert (a_held_q && (locked_q != choice_q));
    if (b_passed_q) assert (b_held_q && (locked_q == choice_q));
    // The contract.
    assert (valid_o == (a_valid_i || b_valid_i));
    assert (!(a_valid_i && a_ready_o && b_valid_i && b_ready_o));
    assert ((valid_o && ready_i) == ((a_valid_i && a_ready_o) || (b_valid_i && b_ready_o)));
    if (valid_o) assert (data_o == (from_b_o ? b_data_i : a_data_i));
    if (held_q) assert (valid_o && (data_o == data_q) && (from_b_o == from_b_q));
    if (a_passed_q) assert (!(b_valid_i && b_ready_o));
    if (b_passed_q) assert (!(a_valid_i && a_ready_o));
  end
`endif

endmodule

`default_nettype wire
