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

  logic [Width-1:0] memory [0:Depth-1];

  always_ff @(posedge clk_i) begin
    if (push) memory[write_q[Address-1:0]] <= data_i;
    if (fetch) data_o <= memory[read_q[Address-1:0]];
  end

`ifdef FORMAL
  // Any one item, chosen by the pointer it is written at: as long as it is inside, its word is in the
  // memory; when it comes out it is what went in, and it stays until it is taken.
  (* anyconst *)
  logic [Address:0] chosen;
  logic             past_q = 1'b0, inside_q = 1'b0, out_q = 1'b0, held_q = 1'b0;
  logic [Width-1:0] item_q, held_data_q;
  logic [Address:0] age;

  assign age = chosen - read_q;

  always_ff @(posedge clk_i) begin
    past_q      <= rst_ni;
    held_q      <= rst_ni && valid_o && !ready_i;
    held_data_q <= data_o;
    if (!rst_ni) begin
      inside_q <= 1'b0;
      out_q    <= 1'b0;
    end else begin
      if (push && (write_q == chosen)) begin
        inside_q <= 1'b1;
        item_q   <= data_i;
      end else if (fetch && (read_q == chosen)) begin
        inside_q <= 1'b0;
      end
      if (fetch) out_q <= inside_q && (read_q == chosen);
      else if (ready_i) out_q <= 1'b0;
    end
  end

  always_comb begin
    assert (used <= (Address + 1)'(Depth));
    assert (inside_q == (inside_q && (age < used)));
    if (inside_q) assert (memory[chosen[Address-1:0]] == item_q);
    if (out_q) assert (valid_o && (data_o == item_q));
    if (held_q) assert (valid_o && (data_o == held_data_q));
    if (past_q && (age < used) && !out_q) assert (inside_q);
  end
`endif

endmodule

`default_nettype wire
