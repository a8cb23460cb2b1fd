// SPDX-License-Identifier: Apache-2.0
/// Test top: a UART receiver and a UART transmitter side by side.
`default_nettype none

module uart_pair (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [15:0] divisor_i,
  input  logic        rx_i,
  output logic        rx_valid_o,
  output logic [7:0]  rx_data_o,
  output logic        rx_error_o,
  input  logic        tx_valid_i,
  output logic        tx_ready_o,
  input  logic [7:0]  tx_data_i,
  output logic        tx_o
);
  sl_uart_rx u_rx (.clk_i, .rst_ni, .divisor_i, .rx_i, .valid_o(rx_valid_o), .data_o(rx_data_o), .error_o(rx_error_o));
  sl_uart_tx u_tx (.clk_i, .rst_ni, .divisor_i, .valid_i(tx_valid_i), .ready_o(tx_ready_o), .data_i(tx_data_i), .tx_o);
endmodule

`default_nettype wire
