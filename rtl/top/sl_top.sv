// SPDX-License-Identifier: Apache-2.0
/// The whole device behind a UART: two pins to the host.
/// A byte passes in ten bit times of divisor_i clocks, in each direction.
`default_nettype none

module sl_top #(
  // rtl/configs.json has the named configurations; the defaults are `sim`.
  parameter int unsigned Neurons           = 8192,
  parameter int unsigned Sources           = 4096,
  parameter int unsigned SynapseWords      = 4194304,
  parameter int unsigned SparseRows        = 1,
  parameter int unsigned ColumnEntries     = 4194304,
  parameter int unsigned ParameterSets     = 4096,
  parameter int unsigned MembraneWidth     = 24,
  parameter int unsigned CurrentWidth      = 24,
  parameter int unsigned AccumulatorWidth  = 24,
  parameter int unsigned WeightFraction    = 6,
  parameter int unsigned BiasWidth         = 24,
  parameter int unsigned TraceWidth        = 16,
  parameter int unsigned CounterWidth      = 64,
  parameter int unsigned RxBytes           = 16384,
  parameter int unsigned TxBytes           = 16384,
  parameter int unsigned Window            = 16,
  parameter int unsigned TimeoutLog2       = 16,
  parameter int unsigned ConfigurationHash = 0
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [15:0] divisor_i,   // clocks a bit, at least 4
  input  logic        rx_i,
  output logic        tx_o,
  output logic        busy_o       // the core is at work
);
  logic       rx_valid, rx_error, tx_valid, tx_ready, rx_ready;
  logic [7:0] rx_data, tx_data;

  sl_uart_rx u_uart_rx (
    .clk_i, .rst_ni, .divisor_i, .rx_i, .valid_o(rx_valid), .data_o(rx_data), .error_o(rx_error));

  sl_uart_tx u_uart_tx (
    .clk_i, .rst_ni, .divisor_i, .valid_i(tx_valid), .ready_o(tx_ready), .data_i(tx_data), .tx_o);

  sl_top_bytes #(
    .Neurons(Neurons), .Sources(Sources), .SynapseWords(SynapseWords), .SparseRows(SparseRows),
    .ColumnEntries(ColumnEntries), .ParameterSets(ParameterSets), .MembraneWidth(MembraneWidth),
    .CurrentWidth(CurrentWidth), .AccumulatorWidth(AccumulatorWidth), .WeightFraction(WeightFraction),
    .BiasWidth(BiasWidth), .TraceWidth(TraceWidth), .CounterWidth(CounterWidth),
    .RxBytes(RxBytes), .TxBytes(TxBytes), .Window(Window), .TimeoutLog2(TimeoutLog2),
    .ConfigurationHash(ConfigurationHash)
  ) u_device (
    .clk_i, .rst_ni, .rx_valid_i(rx_valid), .rx_ready_o(rx_ready), .rx_data_i(rx_data), .rx_error_i(rx_error),
    .tx_valid_o(tx_valid), .tx_ready_i(tx_ready), .tx_data_o(tx_data), .busy_o);

  logic unused;
  assign unused = rx_ready;  // the device takes every byte
endmodule

`default_nettype wire
