// SPDX-License-Identifier: Apache-2.0
/// Host link and core, without the clock's root and the line.
/// Takes one byte a clock always, gives one byte every two clocks.
`default_nettype none

module sl_device #(
`include "sl_parameters.svh"
) (
  input  logic       clk_i,
  input  logic       rst_ni,
  input  logic       rx_valid_i,
  input  logic [7:0] rx_data_i,
  input  logic       rx_error_i,   // a byte was lost on the line here
  output logic       tx_valid_o,
  input  logic       tx_ready_i,
  output logic [7:0] tx_data_o,
  output logic       busy_o        // the core is at work
);
  logic        token_valid, token_ready, event_valid, event_ready, event_kind;
  logic        req_valid, req_ready, req_write, rsp_valid, rsp_ready, rsp_fault;
  logic [1:0]  token_kind;
  logic [31:0] token_data, event_data, req_address, req_data, rsp_data, tick;
  logic [4:0]  status;
  logic        free_running, unused;
  logic [$clog2(Neurons):0] neurons_used;

  sl_link #(
    .Neurons(Neurons), .Sources(Sources), .SynapseWords(SynapseWords), .RxBytes(RxBytes), .TxBytes(TxBytes),
    .Window(Window), .TimeoutLog2(TimeoutLog2), .ConfigurationHash(ConfigurationHash)
  ) u_link (
    .clk_i, .rst_ni, .rx_valid_i, .rx_data_i, .rx_error_i, .tx_valid_o, .tx_ready_i, .tx_data_o,
    .token_valid_o(token_valid), .token_ready_i(token_ready), .token_kind_o(token_kind), .token_data_o(token_data),
    .event_valid_i(event_valid), .event_ready_o(event_ready), .event_kind_i(event_kind), .event_data_i(event_data),
    .bus_req_valid_o(req_valid), .bus_req_ready_i(req_ready), .bus_req_write_o(req_write),
    .bus_req_address_o(req_address), .bus_req_data_o(req_data), .bus_rsp_valid_i(rsp_valid),
    .bus_rsp_ready_o(rsp_ready), .bus_rsp_data_i(rsp_data), .bus_rsp_fault_i(rsp_fault),
    .neurons_used_i(neurons_used), .free_running_i(free_running));

  sl_core #(
    .Neurons(Neurons), .Sources(Sources), .SynapseWords(SynapseWords), .SparseRows(SparseRows),
    .ColumnEntries(ColumnEntries), .ParameterSets(ParameterSets), .MembraneWidth(MembraneWidth),
    .CurrentWidth(CurrentWidth), .AccumulatorWidth(AccumulatorWidth), .WeightFraction(WeightFraction),
    .BiasWidth(BiasWidth), .TraceWidth(TraceWidth), .CounterWidth(CounterWidth),
    .ConfigurationHash(ConfigurationHash)
  ) u_core (
    .clk_i, .rst_ni,
    .token_valid_i(token_valid), .token_ready_o(token_ready), .token_kind_i(token_kind), .token_data_i(token_data),
    .event_valid_o(event_valid), .event_ready_i(event_ready), .event_kind_o(event_kind), .event_data_o(event_data),
    .bus_req_valid_i(req_valid), .bus_req_ready_o(req_ready), .bus_req_write_i(req_write),
    .bus_req_address_i(req_address), .bus_req_data_i(req_data), .bus_rsp_valid_o(rsp_valid),
    .bus_rsp_ready_i(rsp_ready), .bus_rsp_data_o(rsp_data), .bus_rsp_fault_o(rsp_fault),
    .status_o(status), .tick_o(tick), .neurons_used_o(neurons_used), .free_running_o(free_running), .busy_o);

  assign unused = ^{status, tick};  // the link reads them over the bus
endmodule

`default_nettype wire
