// SPDX-License-Identifier: Apache-2.0
/// State of all neurons (v, i, refractory, post trace), their parameter set, and the list of those that
/// fired. Read latency 1 clock. Trace and set share a word, so a writer gives both. With Compact list and
/// refractory share a memory: never both read or both written in one clock.
`default_nettype none

module sl_state_memory #(
  parameter  int unsigned Neurons       = 256,
  parameter  int unsigned MembraneWidth = 16,
  parameter  int unsigned CurrentWidth  = 16,
  parameter  int unsigned TraceWidth    = 14,
  parameter  int unsigned SetWidth      = 2,
  parameter  int unsigned Compact       = 1,
  localparam int unsigned Address       = $clog2(Neurons)
) (
  input  logic                     clk_i,
  input  logic                     clk_neurons_i,  // of what phase B alone uses
  input  logic                     re_i,        // all fields
  input  logic                     re_trace_i,  // trace and set only
  input  logic [Address-1:0]       raddr_i,
  output logic [MembraneWidth-1:0] v_o,
  output logic [CurrentWidth-1:0]  i_o,
  output logic [7:0]               refractory_o,
  output logic [TraceWidth-1:0]    trace_o,
  output logic [SetWidth-1:0]      set_o,
  input  logic [4:0]               we_i,        // v, i, refractory, trace, set from bit 0 on
  input  logic [Address-1:0]       waddr_i,
  input  logic [MembraneWidth-1:0] v_i,
  input  logic [CurrentWidth-1:0]  i_i,
  input  logic [7:0]               refractory_i,
  input  logic [TraceWidth-1:0]    trace_i,
  input  logic [SetWidth-1:0]      set_i,
  input  logic                     list_re_i,
  input  logic [Address-1:0]       list_raddr_i,
  output logic [Address-1:0]       list_o,
  input  logic                     list_we_i,
  input  logic [Address-1:0]       list_waddr_i,
  input  logic [Address-1:0]       list_i
);

  sl_ram #(.Depth(Neurons), .Width(MembraneWidth)) i_membrane (
    .clk_i(clk_neurons_i), .re_i, .raddr_i, .rdata_o(v_o), .we_i(we_i[0]), .waddr_i, .wdata_i(v_i)
  );

  sl_ram #(.Depth(Neurons), .Width(CurrentWidth)) i_current (
    .clk_i(clk_neurons_i), .re_i, .raddr_i, .rdata_o(i_o), .we_i(we_i[1]), .waddr_i, .wdata_i(i_i)
  );

  if (Compact != 0) begin : g_shared
    logic [7:0] word;

    if (Address > 8) begin : g_size
      $error("sl_state_memory: Compact is for at most 256 neurons");
    end

    sl_ram #(.Depth(2 * Neurons), .Width(8)) i_refractory_and_list (
      .clk_i,
      .re_i   (re_i || list_re_i),
      .raddr_i(re_i ? {1'b0, raddr_i} : {1'b1, list_raddr_i}),
      .rdata_o(word),
      .we_i   (we_i[2] || list_we_i),
      .waddr_i(list_we_i ? {1'b1, list_waddr_i} : {1'b0, waddr_i}),
      .wdata_i(list_we_i ? 8'(list_i) : refractory_i)
    );

    assign refractory_o = word;
    assign list_o       = word[Address-1:0];
  end else begin : g_apart
    sl_ram #(.Depth(Neurons), .Width(8)) i_refractory (
      .clk_i(clk_neurons_i), .re_i, .raddr_i, .rdata_o(refractory_o), .we_i(we_i[2]), .waddr_i,
      .wdata_i(refractory_i)
    );

    sl_ram #(.Depth(Neurons), .Width(Address)) i_list (
      .clk_i, .re_i(list_re_i), .raddr_i(list_raddr_i), .rdata_o(list_o),
      .we_i(list_we_i), .waddr_i(list_waddr_i), .wdata_i(list_i)
    );
  end

  sl_ram #(.Depth(Neurons), .Width(SetWidth + TraceWidth)) i_trace (
    .clk_i, .re_i(re_i || re_trace_i), .raddr_i, .rdata_o({set_o, trace_o}),
    .we_i(we_i[3] || we_i[4]), .waddr_i, .wdata_i({set_i, trace_i})
  );

endmodule

`default_nettype wire
