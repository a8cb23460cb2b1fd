// SPDX-License-Identifier: Apache-2.0
/// Memory with one port, wide and deep: becomes SPRAM on the iCE40. Read latency 1 clock; the output is
/// undefined after a write.
`default_nettype none

module sl_single_port_ram #(
  parameter  int unsigned Depth   = 16384,
  parameter  int unsigned Width   = 16,
  localparam int unsigned Address = $clog2(Depth)
) (
  input  logic               clk_i,
  input  logic               enable_i,
  input  logic               write_i,
  input  logic [Address-1:0] address_i,
  output logic [Width-1:0]   rdata_o,
  input  logic [Width-1:0]   wdata_i
);

  (* ram_style = "huge" *)
  logic [Width-1:0] memory [0:Depth-1];

  always_ff @(posedge clk_i) begin
    if (enable_i) begin
      if (write_i) memory[address_i] <= wdata_i;
      else rdata_o <= memory[address_i];
    end
  end

endmodule

`default_nettype wire
