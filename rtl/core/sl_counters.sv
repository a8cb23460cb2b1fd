// SPDX-License-Identifier: Apache-2.0
/// Activity counters, each up by at most one a clock, wrapping at 2^Width. Read latency 1 clock; a
/// counter is read as two words, the upper one is 0 beyond its width.
`default_nettype none

module sl_counters #(
  parameter  int unsigned Count   = 11,
  parameter  int unsigned Width   = 64,
  localparam int unsigned Address = $clog2(Count)
) (
  input  logic               clk_i,
  input  logic               clear_i,
  input  logic [Count-1:0]   count_i,
  input  logic               re_i,
  input  logic [Address-1:0] index_i,
  input  logic               high_i,
  output logic [31:0]        data_o
);

  (* mem2reg *)
  logic [Width-1:0] counter_q [0:Count-1];

  for (genvar k = 0; k < Count; k++) begin : g_counter
    always_ff @(posedge clk_i) begin
      if (clear_i) counter_q[k] <= '0;
      else if (count_i[k]) counter_q[k] <= counter_q[k] + 1'b1;
    end
  end

  if (Width > 32) begin : g_wide
    always_ff @(posedge clk_i) begin
      if (re_i) data_o <= high_i ? 32'(counter_q[index_i][Width-1:32]) : counter_q[index_i][31:0];
    end
  end else begin : g_narrow
    always_ff @(posedge clk_i) begin
      if (re_i) data_o <= high_i ? '0 : 32'(counter_q[index_i]);
    end
  end

endmodule

`default_nettype wire
