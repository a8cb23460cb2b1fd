// SPDX-License-Identifier: Apache-2.0
/// Input sums, one page of all neurons per slot of the ring, and the biases. One read and one write a
/// clock, read latency 1 clock. With Compact the biases lie in the sixteenth page and share the ports:
/// bias_o then follows a read of that page by 1 clock and a neuron takes 2 clocks.
`default_nettype none

module sl_input_memory #(
  parameter  int unsigned Neurons          = 256,
  parameter  int unsigned AccumulatorWidth = 16,
  parameter  int unsigned BiasWidth        = 16,
  parameter  int unsigned Compact         = 1,
  localparam int unsigned Address          = $clog2(Neurons)
) (
  input  logic                        clk_i,
  input  logic                        clk_neurons_i,  // of the biases, if not Compact
  input  logic                        re_i,
  input  logic [Address+3:0]          raddr_i,
  output logic [AccumulatorWidth-1:0] sum_o,
  input  logic                        bias_re_i,
  input  logic [Address-1:0]          bias_raddr_i,
  output logic [BiasWidth-1:0]        bias_o,
  input  logic                        we_i,
  input  logic [Address+3:0]          waddr_i,
  input  logic [AccumulatorWidth-1:0] sum_i,
  input  logic                        bias_we_i,
  input  logic [Address-1:0]          bias_waddr_i,
  input  logic [BiasWidth-1:0]        bias_i
);

  if (Compact != 0) begin : g_page
    localparam int unsigned Width = (BiasWidth > AccumulatorWidth) ? BiasWidth : AccumulatorWidth;

    logic [Width-1:0] word;

    sl_ram #(.Depth(16 * Neurons), .Width(Width)) i_sums (
      .clk_i,
      .re_i   (re_i || bias_re_i),
      .raddr_i(bias_re_i ? {4'd15, bias_raddr_i} : raddr_i),
      .rdata_o(word),
      .we_i   (we_i || bias_we_i),
      .waddr_i(bias_we_i ? {4'd15, bias_waddr_i} : waddr_i),
      .wdata_i(bias_we_i ? Width'(bias_i) : Width'(sum_i))
    );

    assign sum_o  = word[AccumulatorWidth-1:0];
    assign bias_o = word[BiasWidth-1:0];
  end else begin : g_apart
    sl_ram #(.Depth(16 * Neurons), .Width(AccumulatorWidth)) i_sums (
      .clk_i, .re_i, .raddr_i, .rdata_o(sum_o), .we_i, .waddr_i, .wdata_i(sum_i)
    );

    sl_ram #(.Depth(Neurons), .Width(BiasWidth)) i_biases (
      .clk_i(clk_neurons_i), .re_i(bias_re_i), .raddr_i(bias_raddr_i), .rdata_o(bias_o),
      .we_i(bias_we_i), .waddr_i(bias_waddr_i), .wdata_i(bias_i)
    );
  end

endmodule

`default_nettype wire
