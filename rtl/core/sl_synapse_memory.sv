// SPDX-License-Identifier: Apache-2.0
/// Synapse words. Read latency 1 clock. SinglePort: one access a clock, a write goes first and the
/// reader must keep away (the iCE40's SPRAM); otherwise one read and one write a clock.
`default_nettype none

module sl_synapse_memory #(
  parameter  int unsigned Words      = 65536,
  parameter  int unsigned Width      = 16,
  parameter  int unsigned SinglePort = 1,
  localparam int unsigned Address    = $clog2(Words)
) (
  input  logic               clk_i,
  input  logic               re_i,
  input  logic [Address-1:0] raddr_i,
  output logic [Width-1:0]   rdata_o,
  input  logic               we_i,
  input  logic [Address-1:0] waddr_i,
  input  logic [Width-1:0]   wdata_i
);

  if (SinglePort != 0) begin : g_single
    sl_single_port_ram #(.Depth(Words), .Width(Width)) i_memory (
      .clk_i,
      .enable_i (re_i || we_i),
      .write_i  (we_i),
      .address_i(we_i ? waddr_i : raddr_i),
      .rdata_o,
      .wdata_i
    );
  end else begin : g_dual
    sl_ram #(.Depth(Words), .Width(Width)) i_memory (
      .clk_i, .re_i, .raddr_i, .rdata_o, .we_i, .waddr_i, .wdata_i
    );
  end

endmodule

`default_nettype wire
