// SPDX-License-Identifier: Apache-2.0
/// The emulator core: time-multiplexed LIF neurons, event-driven synapses, pair STDP.
`default_nettype none

module sl_core #(
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
  parameter int unsigned ConfigurationHash = 0
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  // token in
  input  logic        token_valid_i,
  output logic        token_ready_o,
  input  logic [1:0]  token_kind_i,       // sl_core_pkg::token_kind_e
  input  logic [31:0] token_data_i,
  // event out; payload stable while valid and not ready
  output logic        event_valid_o,
  input  logic        event_ready_i,
  output logic        event_kind_o,       // sl_core_pkg::event_kind_e
  output logic [31:0] event_data_o,
  // bus: one outstanding request; every request, write or read, gets one response
  input  logic        bus_req_valid_i,
  output logic        bus_req_ready_o,
  input  logic        bus_req_write_i,
  input  logic [31:0] bus_req_address_i,
  input  logic [31:0] bus_req_data_i,
  output logic        bus_rsp_valid_o,
  input  logic        bus_rsp_ready_i,
  output logic [31:0] bus_rsp_data_o,
  output logic        bus_rsp_fault_o,
  // side view for the link, no handshake
  output logic [4:0]  status_o,           // status register
  output logic [31:0] tick_o,             // next tick to run
  output logic        busy_o              // a tick, a row walk or a bus access is under way
);

endmodule

`default_nettype wire
