// SPDX-License-Identifier: Apache-2.0
/// Headers and pre traces of all rows. Read latency 1 clock; every write goes to the row that was
/// read last (read, then write in a later clock), because header and trace share a word.
`default_nettype none

module sl_row_memory #(
  parameter  int unsigned Rows       = 512,
  parameter  int unsigned BaseWidth  = 16,
  parameter  int unsigned CountWidth = 9,
  parameter  int unsigned FirstWidth = 8,
  parameter  int unsigned Sparse     = 0,
  parameter  int unsigned TraceWidth = 14,
  localparam int unsigned Address    = $clog2(Rows)
) (
  input  logic                  clk_i,
  input  logic                  re_i,
  input  logic [Address-1:0]    raddr_i,
  output logic [BaseWidth-1:0]  base_o,
  output logic [CountWidth-1:0] count_o,
  output logic [FirstWidth-1:0] first_o,   // first target; span rows only
  output logic                  plastic_o,
  output logic [TraceWidth-1:0] trace_o,
  input  logic [15:0]           plus_decay_i,
  input  logic                  bump_i,    // trace += one
  input  logic                  decay_i,   // trace decays
  input  logic                  host_base_i,
  input  logic                  host_info_i,
  input  logic                  host_trace_i,
  input  logic [31:0]           host_data_i
);

  // Header fields that change together: plastic, count and, in span rows, the first target.
  localparam int unsigned InfoWidth = 1 + CountWidth + ((Sparse != 0) ? 0 : FirstWidth);
  localparam int unsigned WordWidth = InfoWidth + TraceWidth;

  logic [Address-1:0]    address_q;
  logic [WordWidth-1:0]  word, next;
  logic [InfoWidth-1:0]  host_info;
  logic [TraceWidth-1:0] decayed;
  logic [TraceWidth:0]   bumped;
  logic                  write;

  if (Sparse != 0) begin : g_sparse
    assign host_info = {host_data_i[31], host_data_i[CountWidth-1:0]};
    assign first_o   = '0;
  end else begin : g_span
    assign host_info = {host_data_i[31], host_data_i[16+:CountWidth], host_data_i[FirstWidth-1:0]};
    assign first_o   = word[TraceWidth+:FirstWidth];
  end

  assign trace_o   = word[TraceWidth-1:0];
  assign plastic_o = word[WordWidth-1];
  assign count_o   = word[WordWidth-2-:CountWidth];

  sl_decay #(.Width(TraceWidth)) i_decay (
    .value_i(trace_o),
    .lost_i (plus_decay_i),
    .value_o(decayed)
  );

  assign bumped = (TraceWidth + 1)'(trace_o) + (TraceWidth + 1)'(sl_core_pkg::TraceOne);

  always_comb begin
    next = word;
    if (bump_i) next[TraceWidth-1:0] = bumped[TraceWidth] ? '1 : bumped[TraceWidth-1:0];
    if (decay_i) next[TraceWidth-1:0] = decayed;
    if (host_trace_i) next[TraceWidth-1:0] = host_data_i[TraceWidth-1:0];
    if (host_info_i) next[WordWidth-1:TraceWidth] = host_info;
  end

  assign write = bump_i || decay_i || host_trace_i || host_info_i;

  always_ff @(posedge clk_i) begin
    if (re_i) address_q <= raddr_i;
  end

  sl_ram #(.Depth(Rows), .Width(BaseWidth)) i_base (
    .clk_i,
    .re_i,
    .raddr_i,
    .rdata_o(base_o),
    .we_i   (host_base_i),
    .waddr_i(address_q),
    .wdata_i(host_data_i[BaseWidth-1:0])
  );

  sl_ram #(.Depth(Rows), .Width(WordWidth)) i_word (
    .clk_i,
    .re_i,
    .raddr_i,
    .rdata_o(word),
    .we_i   (write),
    .waddr_i(address_q),
    .wdata_i(next)
  );

endmodule

`default_nettype wire
