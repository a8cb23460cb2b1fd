// SPDX-License-Identifier: Apache-2.0
/// The clock of a whole device. With gated clocks a simulator may set `pulse` in place of clk_i: a high
/// level that ends itself with the change of the registers, so that a clock is one evaluation.
`default_nettype none

module sl_clock_root (
  input  logic clk_i,
  output logic clk_o
);

`ifdef SL_CLOCK_GATING
  logic pulse  /* verilator public_flat_rw */;

  initial pulse = 1'b0;

  always_ff @(posedge pulse) pulse <= 1'b0;

  assign clk_o = clk_i || pulse;
`else
  assign clk_o = clk_i;
`endif

endmodule

`default_nettype wire
