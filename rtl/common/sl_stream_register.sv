// SPDX-License-Identifier: Apache-2.0
/// Valid/ready register that cuts the forward path. Latency 1 clock, throughput 1 item a clock; the
/// payload stays until it is taken.
`default_nettype none

module sl_stream_register #(
  parameter int unsigned Width = 8
) (
  input  logic             clk_i,
  input  logic             rst_ni,
  input  logic             valid_i,
  output logic             ready_o,
  input  logic [Width-1:0] data_i,
  output logic             valid_o,
  input  logic             ready_i,
  output logic [Width-1:0] data_o
);

  logic             valid_q;
  logic [Width-1:0] data_q;

  assign ready_o = !valid_q || ready_i;
  assign valid_o = valid_q;
  assign data_o  = data_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_q <= 1'b0;
    else if (ready_o) valid_q <= valid_i;
  end

  always_ff @(posedge clk_i) begin
    if (ready_o && valid_i) data_q <= data_i;
  end

`ifdef FORMAL
  // What is taken comes out; what is offered stays until it is taken; nothing comes from nowhere.
  logic             past_q = 1'b0, taken_q, held_q;
  logic [Width-1:0] expected_q;

  always_ff @(posedge clk_i) begin
    past_q     <= rst_ni;
    taken_q    <= valid_i && ready_o;
    held_q     <= valid_o && !ready_i;
    expected_q <= (valid_o && !ready_i) ? data_o : data_i;
  end

  always_comb begin
    if (past_q) begin
      assert (valid_o == (taken_q || held_q));
      if (valid_o) assert (data_o == expected_q);
      assert (!(taken_q && held_q));
    end
  end
`endif

endmodule

`default_nettype wire
