// SPDX-License-Identifier: Apache-2.0
/// Reverse index of a sparse core: column headers and their entries (row, synapse). Read latency
/// 1 clock. The host writes a header field over the header that was read last.
`default_nettype none

module sl_column_memory #(
  parameter  int unsigned Neurons      = 8192,
  parameter  int unsigned Entries      = 4194304,
  parameter  int unsigned RowWidth     = 14,
  parameter  int unsigned AddressWidth = 22,  // of synapses and entries
  parameter  int unsigned CountWidth   = 23,
  localparam int unsigned NeuronWidth  = $clog2(Neurons),
  localparam int unsigned EntryAddress = $clog2(Entries)
) (
  input  logic                    clk_i,
  input  logic                    head_re_i,
  input  logic [NeuronWidth-1:0]  head_i,
  output logic [AddressWidth-1:0] base_o,
  output logic [CountWidth-1:0]   count_o,
  input  logic                    entry_re_i,
  input  logic [EntryAddress-1:0] entry_i,
  output logic [RowWidth-1:0]     row_o,
  output logic [AddressWidth-1:0] synapse_o,
  input  logic                    host_base_i,
  input  logic                    host_count_i,
  input  logic                    host_row_i,
  input  logic                    host_synapse_i,
  input  logic [31:0]             host_data_i
);

  logic [NeuronWidth-1:0]  head_q;
  logic [EntryAddress-1:0] entry_q;

  always_ff @(posedge clk_i) begin
    if (head_re_i) head_q <= head_i;
    if (entry_re_i) entry_q <= entry_i;
  end

  sl_ram #(.Depth(Neurons), .Width(AddressWidth)) i_base (
    .clk_i, .re_i(head_re_i), .raddr_i(head_i), .rdata_o(base_o),
    .we_i(host_base_i), .waddr_i(head_q), .wdata_i(host_data_i[AddressWidth-1:0])
  );

  sl_ram #(.Depth(Neurons), .Width(CountWidth)) i_count (
    .clk_i, .re_i(head_re_i), .raddr_i(head_i), .rdata_o(count_o),
    .we_i(host_count_i), .waddr_i(head_q), .wdata_i(host_data_i[CountWidth-1:0])
  );

  sl_ram #(.Depth(Entries), .Width(RowWidth)) i_row (
    .clk_i, .re_i(entry_re_i), .raddr_i(entry_i), .rdata_o(row_o),
    .we_i(host_row_i), .waddr_i(entry_q), .wdata_i(host_data_i[RowWidth-1:0])
  );

  sl_ram #(.Depth(Entries), .Width(AddressWidth)) i_synapse (
    .clk_i, .re_i(entry_re_i), .raddr_i(entry_i), .rdata_o(synapse_o),
    .we_i(host_synapse_i), .waddr_i(entry_q), .wdata_i(host_data_i[AddressWidth-1:0])
  );

endmodule

`default_nettype wire
