// SPDX-License-Identifier: Apache-2.0
/// Parameter sets. Read latency 1 clock; the host writes one field at a time.
`default_nettype none

module sl_set_memory #(
  parameter  int unsigned Sets          = 4,
  parameter  int unsigned MembraneWidth = 16,
  localparam int unsigned Address       = (Sets > 1) ? $clog2(Sets) : 1
) (
  input  logic                     clk_i,
  input  logic                     re_i,
  input  logic [Address-1:0]       raddr_i,
  output logic [15:0]              current_decay_o,
  output logic [15:0]              membrane_decay_o,
  output logic [MembraneWidth-1:0] threshold_o,
  output logic [MembraneWidth-1:0] v_reset_o,
  output logic [3:0]               input_shift_o,
  output logic                     reset_subtracts_o,
  output logic [7:0]               refractory_o,
  input  logic [4:0]               we_i,  // one bit a field word, as in the memory map
  input  logic [Address-1:0]       waddr_i,
  input  logic [31:0]              data_i
);

  sl_ram #(.Depth(Sets), .Width(16)) i_current_decay (
    .clk_i, .re_i, .raddr_i, .rdata_o(current_decay_o),
    .we_i(we_i[0]), .waddr_i, .wdata_i(data_i[15:0])
  );

  sl_ram #(.Depth(Sets), .Width(16)) i_membrane_decay (
    .clk_i, .re_i, .raddr_i, .rdata_o(membrane_decay_o),
    .we_i(we_i[1]), .waddr_i, .wdata_i(data_i[15:0])
  );

  sl_ram #(.Depth(Sets), .Width(MembraneWidth)) i_threshold (
    .clk_i, .re_i, .raddr_i, .rdata_o(threshold_o),
    .we_i(we_i[2]), .waddr_i, .wdata_i(data_i[MembraneWidth-1:0])
  );

  sl_ram #(.Depth(Sets), .Width(MembraneWidth)) i_v_reset (
    .clk_i, .re_i, .raddr_i, .rdata_o(v_reset_o),
    .we_i(we_i[3]), .waddr_i, .wdata_i(data_i[MembraneWidth-1:0])
  );

  sl_ram #(.Depth(Sets), .Width(13)) i_mode (
    .clk_i, .re_i, .raddr_i, .rdata_o({refractory_o, reset_subtracts_o, input_shift_o}),
    .we_i(we_i[4]), .waddr_i, .wdata_i({data_i[15:8], data_i[4:0]})
  );

endmodule

`default_nettype wire
