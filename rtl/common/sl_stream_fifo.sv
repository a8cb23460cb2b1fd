// SPDX-License-Identifier: Apache-2.0
/// Valid/ready FIFO in a memory. Depth is a power of two. Throughput 1 item a clock, latency 2
/// clocks (the memory has a registered read); it holds Depth items and one more in its output.
`default_nettype none

module sl_stream_fifo #(
  parameter  int unsigned Width   = 8,
  parameter  int unsigned Depth   = 16,
  localparam int unsigned Address = $clog2(Depth)
) (
  input  logic               clk_i,
  input  logic               rst_ni,
  input  logic               valid_i,
  output logic               ready_o,
  input  logic [Width-1:0]   data_i,
  output logic               valid_o,
  input  logic               ready_i,
  output logic [Width-1:0]   data_o,
  output logic [Address:0]   free_o    // items that are sure to be taken
);

  if ((Depth & (Depth - 1)) != 0 || Depth < 2) begin : g_depth
    $error("sl_stream_fifo: Depth must be a power of two, at least 2");
  end

  // One bit more than the address, so that full and empty differ.
  logic [Address:0] write_q, read_q, used;
  logic             push, fetch, valid_q;

  assign used    = write_q - read_q;
  assign ready_o = !used[Address];
  assign free_o  = (Address + 1)'(Depth) - used;
  assign push    = valid_i && ready_o;
  assign fetch   = (used != '0) && (!valid_q || ready_i);
  assign valid_o = valid_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      write_q <= '0;
      read_q  <= '0;
      valid_q <= 1'b0;
    end else begin
      if (push) write_q <= write_q + 1'b1;
      if (fetch) read_q <= read_q + 1'b1;
      if (fetch) valid_q <= 1'b1;
      else if (ready_i) valid_q <= 1'b0;
    end
  end

  sl_ram #(.Depth(Depth), .Width(Width)) i_memory (
    .clk_i,
    .re_i   (fetch),
    .raddr_i(read_q[Address-1:0]),
    .rdata_o(data_o),
    .we_i   (push),
    .waddr_i(write_q[Address-1:0]),
    .wdata_i(data_i)
  );

endmodule

`default_nettype wire
