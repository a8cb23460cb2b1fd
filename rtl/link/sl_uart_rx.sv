// SPDX-License-Identifier: Apache-2.0
/// Serial receiver, 8N1: samples every bit at its middle and finds its time anew at every start bit.
/// A byte is given for one clock in the middle of its stop bit; there is no back pressure.
///
/// With D clocks a bit the line is first seen low up to one clock after the edge, and bit k is
/// sampled floor((D - 1) / 2) + k D clocks later. At D = 4 that holds for a sender whose bits last
/// between -5 % and +2.7 % of ours; larger divisors have more room.
`default_nettype none

module sl_uart_rx (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic [15:0] divisor_i,  // clocks a bit, at least 4
  input  logic        rx_i,
  output logic        valid_o,
  output logic [7:0]  data_o,
  output logic        error_o     // stop bit was low (framing error or break); the byte is dropped
);
  typedef enum logic [1:0] {StIdle, StBits, StBreak} state_e;

  state_e      state_d, state_q;
  logic [15:0] count_d, count_q;
  logic [3:0]  bit_d, bit_q;
  logic [7:0]  shift_d, shift_q;
  logic [1:0]  sync_q;
  logic        line, sample, reload, early;

  assign line   = sync_q[1];
  // Half a bit is floor((divisor - 1) / 2): one clock less than the half of an even divisor.
  assign early  = bit_q == '0 && !divisor_i[0];
  assign sample = state_q == StBits && count_q[15:2] == '0 && count_q[1:0] == (early ? 2'd2 : 2'd1);
  assign reload = state_q == StIdle || sample;
  assign data_o = shift_q;

  always_comb begin
    state_d = state_q;
    // One less: an addition of all ones, which fits into the cells of the choice.
    count_d = reload ? (sample ? divisor_i : divisor_i >> 1) : count_q + {16{!reload}};
    bit_d   = bit_q;
    shift_d = shift_q;
    valid_o = 1'b0;
    error_o = 1'b0;
    if (sample) bit_d = bit_q + 4'd1;
    unique case (state_q)
      StIdle: begin
        bit_d   = '0;
        if (!line) state_d = StBits;
      end
      StBits: if (sample) begin
        if (bit_q == 4'd0) begin
          if (line) state_d = StIdle;  // a glitch, no start bit
        end else if (bit_q != 4'd9) begin
          shift_d = {line, shift_q[7:1]};
        end else begin
          state_d = line ? StIdle : StBreak;
          valid_o = line;
          error_o = !line;
        end
      end
      default: if (line) state_d = StIdle;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StIdle;
      sync_q  <= 2'b11;
      bit_q   <= '0;
      count_q <= '0;
      shift_q <= '0;
    end else begin
      state_q <= state_d;
      sync_q  <= {sync_q[0], rx_i};
      bit_q   <= bit_d;
      count_q <= count_d;
      shift_q <= shift_d;
    end
  end
endmodule

`default_nettype wire
