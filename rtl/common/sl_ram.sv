// SPDX-License-Identifier: Apache-2.0
/// Memory with one read and one write port. Read latency 1 clock; a read of the word that is being
/// written gives anything; the output holds while re_i is low. Never reset.
`default_nettype none

module sl_ram #(
  parameter  int unsigned Depth   = 256,
  parameter  int unsigned Width   = 16,
  localparam int unsigned Address = (Depth > 1) ? $clog2(Depth) : 1
) (
  input  logic               clk_i,
  input  logic               re_i,
  input  logic [Address-1:0] raddr_i,
  output logic [Width-1:0]   rdata_o,
  input  logic               we_i,
  input  logic [Address-1:0] waddr_i,
  input  logic [Width-1:0]   wdata_i
);

  logic [Width-1:0] memory [0:Depth-1];

  always_ff @(posedge clk_i) begin
    if (we_i) memory[waddr_i] <= wdata_i;
    if (re_i) begin
      rdata_o <= memory[raddr_i];
      if (we_i && (waddr_i == raddr_i)) rdata_o <= 'x;
    end
  end

endmodule

`default_nettype wire
