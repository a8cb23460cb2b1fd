// SPDX-License-Identifier: Apache-2.0
/// The whole device behind a UART: two pins to the host.
/// A byte passes in ten bit times of divisor_i clocks, in each direction.
`default_nettype none

module sl_top #(
`include "sl_parameters.svh"
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [15:0] divisor_i,   // clocks a bit, at least 4
  input  logic        rx_i,
  output logic        tx_o,
  output logic        busy_o       // the core is at work
);
  logic       clk, rx_valid, rx_error, tx_valid, tx_ready;
  logic [7:0] rx_data, tx_data;

  sl_clock_root u_clock (.clk_i, .clk_o(clk));

  sl_uart_rx u_uart_rx (
    .clk_i(clk), .rst_ni, .divisor_i, .rx_i, .valid_o(rx_valid), .data_o(rx_data), .error_o(rx_error));

  sl_uart_tx u_uart_tx (
    .clk_i(clk), .rst_ni, .divisor_i, .valid_i(tx_valid), .ready_o(tx_ready), .data_i(tx_data), .tx_o);

  sl_device #(
`include "sl_parameter_bindings.svh"
  ) u_device (
    .clk_i(clk), .rst_ni, .rx_valid_i(rx_valid), .rx_data_i(rx_data), .rx_error_i(rx_error),
    .tx_valid_o(tx_valid), .tx_ready_i(tx_ready), .tx_data_o(tx_data), .busy_o);
endmodule

`default_nettype wire
