// SPDX-License-Identifier: Apache-2.0
/// Takes the fraction lost_i / 2^16 from a magnitude, what is lost rounded up; lost_i of all ones
/// takes everything. Combinational, one multiplication.
`default_nettype none

module sl_decay #(
  parameter int unsigned Width = 16
) (
  input  logic [Width-1:0] value_i,
  input  logic [15:0]      lost_i,
  output logic [Width-1:0] value_o
);

  logic [Width+15:0] product;

  assign product = (Width + 16)'(value_i) * (Width + 16)'(lost_i);

  if (Width > 16) begin : g_wide
    always_comb begin
      value_o = '0;
      if (lost_i != '1) value_o = value_i - product[16+:Width] - Width'(product[15:0] != '0);
    end
  end else begin : g_narrow
    // All ones take everything without more ado. One subtraction: what is rounded up comes in as its carry.
    logic carry;

    assign {value_o, carry} = {value_i, 1'b1} + {~product[16+:Width], product[15:0] == '0};

    logic unused;
    assign unused = carry;
  end

endmodule

`default_nettype wire
