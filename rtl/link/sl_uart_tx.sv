// SPDX-License-Identifier: Apache-2.0
/// Serial transmitter, 8N1. Ten bit times a byte, without a gap when the next byte is there.
`default_nettype none

module sl_uart_tx (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [15:0] divisor_i,  // clocks a bit, at least 4
  input  logic        valid_i,
  output logic        ready_o,
  input  logic [7:0]  data_i,
  output logic        tx_o
);
  logic [15:0] count_d, count_q;
  logic [3:0]  left_d, left_q;    // bits still to send, the one on the line included
  logic [8:0]  shift_d, shift_q;
  logic        over, reload;      // the bit ends

  assign over    = count_q[15:1] == '0;
  assign ready_o = left_q == 4'd0 || (left_q == 4'd1 && over);
  assign tx_o    = shift_q[0];

  always_comb begin
    reload  = over || ready_o;
    // One less: an addition of all ones, which fits into the cells of the choice.
    count_d = reload ? divisor_i : count_q + {16{!reload}};
    left_d  = left_q;
    shift_d = shift_q;
    if (over) begin
      shift_d = {1'b1, shift_q[8:1]};
      if (left_q != 4'd0) left_d = left_q - 4'd1;
    end
    if (ready_o && valid_i) begin
      left_d  = 4'd10;
      shift_d = {data_i, 1'b0};
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      left_q  <= '0;
      shift_q <= '1;
      count_q <= '0;
    end else begin
      left_q  <= left_d;
      shift_q <= shift_d;
      count_q <= count_d;
    end
  end

`ifdef FORMAL
  logic f_past_q = 1'b0;
  always_ff @(posedge clk_i) begin
    f_past_q <= 1'b1;
    if (!f_past_q) assume (!rst_ni);
    if (f_past_q) begin
      // The line rests high, and a byte is taken only in the last clock of a stop bit.
      if (ready_o) assert (tx_o);
      assert (left_q <= 4'd10);
      if (left_q == '0) assert (shift_q == '1);
      else if (left_q != 4'd10) assert ((shift_q >> (left_q - 4'd1)) == (9'h1FF >> (left_q - 4'd1)));
    end
  end
`endif
endmodule

`default_nettype wire
