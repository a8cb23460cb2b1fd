// SPDX-License-Identifier: Apache-2.0
/// One byte of the frame check sequence (CRC-16/X.25, low bit first). Combinational.
`default_nettype none

module sl_fcs16 (
  input  logic [15:0] fcs_i,
  input  logic [7:0]  data_i,
  output logic [15:0] fcs_o
);
  always_comb begin
    fcs_o = fcs_i ^ {8'd0, data_i};
    for (int unsigned k = 0; k < 8; k++)
      fcs_o = {1'b0, fcs_o[15:1]} ^ (fcs_o[0] ? sl_packet_pkg::FcsPolynomial : 16'd0);
  end
endmodule

`default_nettype wire
