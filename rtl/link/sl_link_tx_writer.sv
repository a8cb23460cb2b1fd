// SPDX-License-Identifier: Apache-2.0
/// Writing half of the send buffer: lays messages into the ring, each visible only when it is whole.
/// One byte a clock and two clocks more a message; stalls while the ring is full.
///
/// A message lies in the ring as cost (payload + 2), payload, one spare byte: what the credit counts.
`default_nettype none

module sl_link_tx_writer #(
  parameter int unsigned TxBytes = 1024,
  localparam int unsigned AW = $clog2(TxBytes)
) (
  input  logic          clk_i,
  input  logic          rst_ni,
  input  logic          restart_i,
  input  logic          msg_valid_i,
  output logic          msg_ready_o,
  input  logic [7:0]    msg_data_i,
  input  logic          msg_last_i,
  input  logic [AW-1:0] tail_i,       // oldest byte that must stay
  output logic [AW-1:0] head_o,       // end of the whole messages
  output logic          write_o,
  output logic [AW-1:0] write_address_o,
  output logic [7:0]    write_data_o,
  output logic          moves_o       // something changes in this clock
);
  typedef enum logic [1:0] {StBody, StSpare, StCost} state_e;

  state_e        state_d, state_q;
  logic [AW-1:0] head_d, head_q, write_d, write_q, write_next;
  logic [7:0]    cost_d, cost_q;
  logic          room;

  assign write_next      = write_q + AW'(1);
  assign room            = write_next != tail_i;
  assign moves_o         = room && (state_q != StBody || msg_valid_i);
  assign head_o          = head_q;
  assign msg_ready_o     = state_q == StBody && room;
  assign write_o         = (msg_valid_i && msg_ready_o) || state_q == StCost;
  assign write_address_o = state_q == StCost ? head_q : write_next;
  assign write_data_o    = state_q == StCost ? cost_q : msg_data_i;

  always_comb begin
    state_d = state_q;
    head_d  = head_q;
    write_d = write_q;
    cost_d  = cost_q;
    unique case (state_q)
      StBody: if (msg_valid_i && room) begin
        write_d = write_next;
        cost_d  = cost_q + 8'd1;
        if (msg_last_i) state_d = StSpare;
      end
      StSpare: if (room) begin
        write_d = write_next;
        state_d = StCost;
      end
      default: if (room) begin
        write_d = write_next;
        head_d  = write_next;
        cost_d  = sl_packet_pkg::FrameCharge;
        state_d = StBody;
      end
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || restart_i) begin
      state_q <= StBody;
      head_q  <= '0;
      write_q <= '0;
      cost_q  <= sl_packet_pkg::FrameCharge;
    end else begin
      state_q <= state_d;
      head_q  <= head_d;
      write_q <= write_d;
      cost_q  <= cost_d;
    end
  end
endmodule

`default_nettype wire
