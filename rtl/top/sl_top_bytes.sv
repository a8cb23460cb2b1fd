// SPDX-License-Identifier: Apache-2.0
/// The whole device with a byte interface in place of the serial line.
/// Takes one byte a clock always (rx_ready_o is there for the form's sake), gives one byte every two clocks.
`default_nettype none

module sl_top_bytes #(
`include "sl_parameters.svh"
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       rx_valid_i,
  output logic       rx_ready_o,
  input  logic [7:0] rx_data_i,
  input  logic       rx_error_i,   // a byte was lost on the line here
  output logic       tx_valid_o,
  input  logic       tx_ready_i,
  output logic [7:0] tx_data_o,
  output logic       busy_o        // the core is at work
);
  logic clk;

  assign rx_ready_o = 1'b1;

  sl_clock_root u_clock (.clk_i, .clk_o(clk));

  sl_device #(
`include "sl_parameter_bindings.svh"
  ) u_device (
    .clk_i(clk), .rst_ni, .rx_valid_i, .rx_data_i, .rx_error_i, .tx_valid_o, .tx_ready_i, .tx_data_o, .busy_o);
endmodule

`default_nettype wire
