// SPDX-License-Identifier: Apache-2.0
/// Byte memory with one write and one read port; maps to block RAM.
/// Read latency one clock; a byte must not be read in the clock in which it is written (its value is any).
`default_nettype none

module sl_byte_ram #(
  parameter int unsigned Depth = 512,
  localparam int unsigned AddressWidth = $clog2(Depth)
) (
  input  logic                    clk_i,
  input  logic                    write_i,
  input  logic [AddressWidth-1:0] write_address_i,
  input  logic [7:0]              write_data_i,
  input  logic [AddressWidth-1:0] read_address_i,
  output logic [7:0]              read_data_o
);
  (* no_rw_check *) logic [7:0] memory [0:Depth-1];

  always_ff @(posedge clk_i) begin
    if (write_i) memory[write_address_i] <= write_data_i;
    read_data_o <= memory[read_address_i];
  end
endmodule

`default_nettype wire
