// SPDX-License-Identifier: Apache-2.0
/// Stops the clock of a unit that would not change anything; simulation then leaves the unit out. The
/// unit behaves the same without the gate, and synthesis keeps one clock.
`default_nettype none

module sl_clock_gate (
  input  logic clk_i,
  input  logic enable_i,  // the next rising edge passes; settled before clk_i rises
  output logic clk_o
);

`ifdef SL_CLOCK_GATING
  logic enable_q;

  always_latch begin
    if (!clk_i) enable_q = enable_i;
  end

  assign clk_o = clk_i && enable_q;
`else
  logic unused;

  assign unused = enable_i;
  assign clk_o  = clk_i;
`endif

endmodule

`default_nettype wire
