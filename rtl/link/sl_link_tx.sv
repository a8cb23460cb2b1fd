// SPDX-License-Identifier: Apache-2.0
/// Sending half of the reliable stream: keeps messages until they are acknowledged, sends them within
/// window and credit, goes back to the oldest on a reject or a timeout; sends acks and rejects.
/// One byte a clock within a frame; two or three clocks between frames, two for each message acknowledged.
`default_nettype none

module sl_link_tx #(
  parameter int unsigned RxBytes     = 512,
  parameter int unsigned TxBytes     = 1024,  // ring; a power of two, 256..32768
  parameter int unsigned Window      = 16,    // messages in flight, 1..16
  parameter int unsigned TimeoutLog2 = 20     // 2^n clocks without progress: send again
) (
  input  logic        clk_i,
  input  logic        clk_timer_i,     // goes on while nothing moves
  input  logic        rst_ni,
  // messages
  input  logic        msg_valid_i,
  output logic        msg_ready_o,
  input  logic [7:0]  msg_data_i,
  input  logic        msg_last_i,
  // from the receiving half
  input  logic        linked_i,
  input  logic [7:0]  session_i,
  input  logic [7:0]  expected_i,
  input  logic [15:0] credit_i,
  input  logic        restart_i,
  input  logic        reset_seen_i,
  input  logic        ack_valid_i,
  input  logic [7:0]  ack_i,
  input  logic [15:0] ack_credit_i,
  input  logic        reject_i,
  input  logic        want_ack_i,
  input  logic        want_reject_i,
  input  logic        freed_i,
  // content of frames
  output logic        content_valid_o,
  input  logic        content_ready_i,
  output logic [7:0]  content_data_o,
  output logic        content_last_o,
  output logic        moves_o,         // something but the timer changes in this clock
  output logic        timeout_o        // so does something now
);
  localparam int unsigned AW = $clog2(TxBytes);
  localparam int unsigned CW = $clog2(RxBytes);

  if (TxBytes < 256 || TxBytes > 32768 || (1 << AW) != TxBytes || Window < 1 || Window > 16)
    $error("TxBytes must be a power of two from 256 to 32768, Window 1 to 16");

  // ---- ring ----
  logic [AW-1:0] head, tail_d, tail_q, send_d, send_q, write_address, read_address;
  logic [7:0]    write_data, ram_data;
  logic          write, writer_moves;

  sl_link_tx_writer #(.TxBytes(TxBytes)) u_writer (
    .clk_i, .rst_ni, .restart_i, .msg_valid_i, .msg_ready_o, .msg_data_i, .msg_last_i,
    .tail_i(tail_q), .head_o(head), .moves_o(writer_moves),
    .write_o(write), .write_address_o(write_address), .write_data_o(write_data));

  sl_byte_ram #(.Depth(TxBytes)) u_ram (
    .clk_i, .write_i(write), .write_address_i(write_address), .write_data_i(write_data),
    .read_address_i(read_address), .read_data_o(ram_data));

  // ---- what is to be done ----
  typedef enum logic [2:0] {StIdle, StPop, StCheck, StHeader, StBody, StSpare} state_e;

  state_e     state_d, state_q;
  logic [7:0] oldest_d, oldest_q;   // sequence of the message at the tail
  logic [4:0] sent_d, sent_q;       // messages in flight
  logic [7:0] acked_q, ack_ahead;
  logic       done_q, reject_q, ack_q, back_q, poke_q, blocked_q, small_q;
  logic       ack_counts, timeout, take_back, start, tell, pop_wanted, pop, sent_one, can_check;
  logic [7:0] credit_q;             // low byte; ample_q: covers any message, roomy_q: covers all the ring
  logic       ample_q, roomy_q, affordable;

  assign ack_ahead  = ack_i - oldest_q;
  // After going back, what was in flight before may still be acknowledged: the window bounds it. It is
  // taken off the ring once it has been sent again.
  assign ack_counts = ack_valid_i && ack_ahead <= 8'(Window);
  assign pop_wanted = acked_q != oldest_q && sent_q != '0;

  // ---- frame under way ----
  logic [2:0]    kind_d, kind_q, index_d, index_q;
  logic [7:0]    left_d, left_q, tell_expected_q, header;
  logic [CW-1:0] tell_credit_q;
  logic [15:0]   tell_credit;
  logic          poking_d, poking_q, content_done;

  // A credit smaller than the ring is spent on one message at a time.
  assign affordable      = roomy_q || (sent_q == '0 && (ample_q || ram_data <= credit_q));
  assign tell_credit     = 16'(tell_credit_q);
  assign content_valid_o = state_q == StHeader || state_q == StBody;
  assign content_data_o  = state_q == StBody ? ram_data : header;
  assign content_last_o  = left_q == (state_q == StBody ? 8'd3 : 8'd2) && (state_q == StBody || index_q == 3'd4);
  assign tell            = start && kind_d != sl_packet_pkg::KindResetDone[2:0];
  assign content_done    = content_valid_o && content_ready_i;
  assign can_check       = send_q != head && sent_q != 5'(Window) && !blocked_q;
  assign read_address    = (state_q == StIdle && pop_wanted) ? tail_q : send_d;

  always_comb begin
    unique case (index_q)
      3'd0:    header = {5'd0, kind_q};
      3'd1:    header = kind_q == sl_packet_pkg::KindResetDone[2:0] ? session_i
                        : oldest_q + (poking_q ? 8'hFF : 8'(sent_q));
      3'd2:    header = tell_expected_q;
      3'd3:    header = tell_credit[7:0];
      default: header = tell_credit[15:8];
    endcase
  end

  always_comb begin
    state_d   = state_q;
    tail_d    = tail_q;
    send_d    = send_q;
    oldest_d  = oldest_q;
    sent_d    = sent_q;
    kind_d    = kind_q;
    index_d   = index_q;
    left_d    = left_q;
    poking_d  = poking_q;
    take_back = 1'b0;
    start     = 1'b0;
    pop       = 1'b0;
    sent_one  = 1'b0;
    unique case (state_q)
      StIdle: begin
        index_d  = '0;
        left_d   = sl_packet_pkg::FrameCharge;
        poking_d = 1'b0;
        kind_d   = sl_packet_pkg::KindAck[2:0];
        if (pop_wanted) begin
          state_d = StPop;
        end else if (back_q) begin
          take_back = 1'b1;
          send_d    = tail_q;
          sent_d    = '0;
        end else if (done_q || reject_q || poke_q) begin
          start   = 1'b1;
          state_d = StHeader;
          poking_d = !done_q && !reject_q;
          kind_d  = done_q ? sl_packet_pkg::KindResetDone[2:0]
                    : reject_q ? sl_packet_pkg::KindReject[2:0] : sl_packet_pkg::KindData[2:0];
        end else if (can_check) begin
          state_d = StCheck;
        end else if (ack_q) begin
          start   = 1'b1;
          state_d = StHeader;
        end
      end
      StPop: begin
        pop      = 1'b1;
        state_d  = StIdle;
        tail_d   = tail_q + AW'(ram_data);
        oldest_d = oldest_q + 8'd1;
        sent_d   = sent_q - 5'd1;
      end
      StCheck: begin
        state_d = StIdle;
        if (affordable) begin
          start   = 1'b1;
          state_d = StHeader;
          kind_d  = sl_packet_pkg::KindData[2:0];
          left_d  = ram_data;
          send_d  = send_q + AW'(1);
        end
      end
      StHeader: if (content_done) begin
        index_d = index_q + 3'd1;
        if (index_q == 3'd4) state_d = content_last_o ? StIdle : StBody;
      end
      StBody: if (content_done) begin
        left_d = left_q - 8'd1;
        send_d = send_q + AW'(1);
        if (content_last_o) state_d = StSpare;
      end
      default: begin
        state_d  = StIdle;
        send_d   = send_q + AW'(1);
        sent_d   = sent_q + 5'd1;
        sent_one = 1'b1;
      end
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || restart_i) begin
      state_q  <= StIdle;
      tail_q   <= '0;
      send_q   <= '0;
      oldest_q <= '0;
      sent_q   <= '0;
    end else begin
      state_q  <= state_d;
      tail_q   <= tail_d;
      send_q   <= send_d;
      oldest_q <= oldest_d;
      sent_q   <= sent_d;
    end
  end

  always_comb begin
    unique case (state_q)
      StIdle: moves_o = pop_wanted || back_q || done_q || reject_q || poke_q || can_check || ack_q;
      StHeader, StBody: moves_o = content_done;
      default: moves_o = 1'b1;
    endcase
    if (writer_moves) moves_o = 1'b1;
  end

  always_ff @(posedge clk_i) begin
    kind_q   <= kind_d;
    index_q  <= index_d;
    left_q   <= left_d;
    poking_q <= poking_d;
    if (start) begin
      tell_expected_q <= expected_i;
      tell_credit_q   <= credit_i[CW-1:0];
    end
  end

  // ---- requests: set by the receiving half and the timer, cleared when served ----
  always_ff @(posedge clk_i) begin
    if (!rst_ni || restart_i) begin
      done_q    <= restart_i;
      reject_q  <= 1'b0;
      ack_q     <= 1'b0;
      back_q    <= 1'b0;
      poke_q    <= 1'b0;
      blocked_q <= 1'b0;
      small_q   <= 1'b0;
      acked_q   <= '0;
    end else begin
      if (reset_seen_i) done_q <= 1'b1;
      else if (start && kind_d == sl_packet_pkg::KindResetDone[2:0]) done_q <= 1'b0;
      if (want_reject_i) reject_q <= 1'b1;
      else if (start && kind_d == sl_packet_pkg::KindReject[2:0]) reject_q <= 1'b0;
      if (linked_i && (want_ack_i || (freed_i && small_q))) ack_q <= 1'b1;
      else if (tell) ack_q <= 1'b0;
      if (tell) small_q <= !credit_i[CW-1];
      if ((ack_counts && reject_i) || (timeout && sent_q != '0)) back_q <= 1'b1;
      else if (take_back) back_q <= 1'b0;
      if (timeout && sent_q == '0) poke_q <= 1'b1;
      else if (start && poking_d) poke_q <= 1'b0;
      if (ack_counts || take_back) blocked_q <= 1'b0;
      else if (state_q == StCheck && !start) blocked_q <= 1'b1;
      if (ack_counts && ack_ahead != '0) acked_q <= ack_i;
    end
  end

  always_ff @(posedge clk_i) begin
    if (restart_i || ack_counts) begin
      credit_q <= ack_credit_i[7:0];
      ample_q  <= ack_credit_i[15:8] != '0;
      roomy_q  <= (ack_credit_i >> AW) != '0;
    end
  end

  // ---- timer: runs while something is in flight or waits for credit ----
  logic [TimeoutLog2:0] timer_q;
  assign timeout   = timer_q[TimeoutLog2];
  assign timeout_o = timeout;
  always_ff @(posedge clk_timer_i) begin
    if (!rst_ni || restart_i || timeout || pop || take_back || sent_one || (sent_q == '0 && !blocked_q))
      timer_q <= '0;
    else
      timer_q <= timer_q + (TimeoutLog2 + 1)'(1);
  end
endmodule

`default_nettype wire
