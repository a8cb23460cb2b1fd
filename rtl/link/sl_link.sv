// SPDX-License-Identifier: Apache-2.0
/// The host link between a byte stream and the core's channels: frames, reliable stream, messages.
/// Takes one byte a clock always (there is no ready), gives one byte a clock.
`default_nettype none

module sl_link #(
  parameter int unsigned Neurons           = 256,
  parameter int unsigned Sources           = 256,
  parameter int unsigned SynapseWords      = 65536,
  parameter int unsigned RxBytes           = 512,
  parameter int unsigned TxBytes           = 1024,
  parameter int unsigned Window            = 16,
  parameter int unsigned TimeoutLog2       = 20,
  parameter int unsigned ConfigurationHash = 0
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  // line
  input  logic        rx_valid_i,
  input  logic [7:0]  rx_data_i,
  input  logic        rx_error_i,      // a byte was lost on the line
  output logic        tx_valid_o,
  input  logic        tx_ready_i,
  output logic [7:0]  tx_data_o,
  // core
  output logic        token_valid_o,
  input  logic        token_ready_i,
  output logic [1:0]  token_kind_o,
  output logic [31:0] token_data_o,
  input  logic        event_valid_i,
  output logic        event_ready_o,
  input  logic        event_kind_i,
  input  logic [31:0] event_data_i,
  output logic        bus_req_valid_o,
  input  logic        bus_req_ready_i,
  output logic        bus_req_write_o,
  output logic [31:0] bus_req_address_o,
  output logic [31:0] bus_req_data_o,
  input  logic        bus_rsp_valid_i,
  output logic        bus_rsp_ready_o,
  input  logic [31:0] bus_rsp_data_i,
  input  logic        bus_rsp_fault_i,
  input  logic [$clog2(Neurons):0] neurons_used_i,
  input  logic        free_running_i
);
  // ---- clocks ----
  // The link stands still while it waits for a byte, for the core or for the line. It hears of what was handed
  // over a clock later, so that while it stands nothing of it looks beyond its border.
  logic       clk_link, rx_moves, command_moves, packer_moves, tx_moves, frame_moves, moves, moved_q, timeout;
  logic       rx_valid_q, rx_error_q, token_done_q, req_done_q, byte_done_q, token_valid, req_valid, frame_valid;
  logic       exchange;
  logic [7:0] rx_data_q;

  assign moves = rx_valid_q || rx_error_q || token_done_q || req_done_q || bus_rsp_valid_i
                 || rx_moves || command_moves || packer_moves || tx_moves || frame_moves;
  assign exchange = rx_valid_i || rx_error_i || (token_valid_o && token_ready_i)
                    || (bus_req_valid_o && bus_req_ready_i) || (tx_valid_o && tx_ready_i)
                    || byte_done_q;

  // One clock more than needed: what was written is read then.
  sl_clock_gate u_gate (.clk_i, .enable_i(moves || moved_q || exchange || timeout || !rst_ni), .clk_o(clk_link));

  always_ff @(posedge clk_link) moved_q <= moves;

  always_ff @(posedge clk_link) begin
    if (!rst_ni) begin
      rx_valid_q   <= 1'b0;
      rx_error_q   <= 1'b0;
      token_done_q <= 1'b0;
      req_done_q   <= 1'b0;
      byte_done_q  <= 1'b0;
    end else begin
      rx_valid_q   <= rx_valid_i;
      rx_error_q   <= rx_error_i;
      token_done_q <= token_valid_o && token_ready_i;
      req_done_q   <= bus_req_valid_o && bus_req_ready_i;
      byte_done_q  <= tx_valid_o && tx_ready_i;
    end
  end

  always_ff @(posedge clk_link) rx_data_q <= rx_data_i;

  // Nothing is handed over in the clock of a restart, when nobody would hear of it.
  assign token_valid_o   = token_valid && !token_done_q && !restart;
  assign bus_req_valid_o = req_valid && !req_done_q && !restart;
  assign tx_valid_o      = frame_valid && !byte_done_q && !restart;

  // ---- receiving: frames, stream ----
  logic        byte_valid, good, bad, linked, restart, reset_seen, ack_valid, reject, want_ack, want_reject, freed;
  logic [7:0]  byte_data, byte_index, session, expected, ack;
  logic [15:0] credit, ack_credit, dropped;
  logic        in_valid, in_ready;
  logic [7:0]  in_data, in_left;

  sl_frame_rx u_frame_rx (
    .clk_i(clk_link), .rst_ni, .valid_i(rx_valid_q), .data_i(rx_data_q), .error_i(rx_error_q),
    .valid_o(byte_valid), .data_o(byte_data), .index_o(byte_index), .good_o(good), .bad_o(bad));

  sl_link_rx #(.RxBytes(RxBytes)) u_rx (
    .clk_i(clk_link), .rst_ni, .byte_valid_i(byte_valid), .byte_data_i(byte_data), .byte_index_i(byte_index),
    .good_i(good), .bad_i(bad), .linked_o(linked), .session_o(session), .expected_o(expected), .credit_o(credit),
    .restart_o(restart), .reset_seen_o(reset_seen), .ack_valid_o(ack_valid), .ack_o(ack), .ack_credit_o(ack_credit),
    .reject_o(reject), .want_ack_o(want_ack), .want_reject_o(want_reject), .freed_o(freed), .dropped_o(dropped),
    .msg_valid_o(in_valid), .msg_ready_i(in_ready), .msg_data_o(in_data), .msg_left_o(in_left), .moves_o(rx_moves));

  // ---- messages ----
  logic        discard, tick_done, answer_valid, answer_ready, answer_last, spikes_valid, spikes_ready, spikes_last;
  logic [7:0]  answer_data, spikes_data;

  sl_command #(.Neurons(Neurons), .Sources(Sources), .SynapseWords(SynapseWords), .RxBytes(RxBytes),
               .Window(Window), .ConfigurationHash(ConfigurationHash)) u_command (
    .clk_i(clk_link), .rst_ni, .restart_i(restart), .discard_o(discard), .tick_done_i(tick_done), .free_running_i,
    .dropped_i(dropped), .in_valid_i(in_valid), .in_ready_o(in_ready), .in_data_i(in_data), .in_left_i(in_left),
    .out_valid_o(answer_valid), .out_ready_i(answer_ready), .out_data_o(answer_data), .out_last_o(answer_last),
    .token_valid_o(token_valid), .token_ready_i(token_done_q), .token_kind_o, .token_data_o,
    .bus_req_valid_o(req_valid), .bus_req_ready_i(req_done_q), .bus_req_write_o, .bus_req_address_o, .bus_req_data_o,
    .bus_rsp_valid_i, .bus_rsp_ready_o, .bus_rsp_data_i, .bus_rsp_fault_i, .moves_o(command_moves));

  sl_spike_packer #(.Neurons(Neurons)) u_packer (
    .clk_i(clk_link), .rst_ni, .used_i(neurons_used_i), .restart_i(restart), .discard_i(discard), .tick_done_o(tick_done),
    .event_valid_i, .event_ready_o, .event_kind_i, .event_data_i,
    .msg_valid_o(spikes_valid), .msg_ready_i(spikes_ready), .msg_data_o(spikes_data), .msg_last_o(spikes_last), .moves_o(packer_moves));

  logic       out_valid, out_ready, out_last;
  logic [7:0] out_data;

  sl_message_arbiter u_arbiter (
    .clk_i(clk_link), .rst_ni(rst_ni && !restart),
    .a_valid_i(spikes_valid), .a_ready_o(spikes_ready), .a_data_i(spikes_data), .a_last_i(spikes_last),
    .b_valid_i(answer_valid), .b_ready_o(answer_ready), .b_data_i(answer_data), .b_last_i(answer_last),
    .valid_o(out_valid), .ready_i(out_ready), .data_o(out_data), .last_o(out_last));

  // ---- sending: stream, frames ----
  logic       content_valid, content_ready, content_last;
  logic [7:0] content_data;

  sl_link_tx #(.RxBytes(RxBytes), .TxBytes(TxBytes), .Window(Window), .TimeoutLog2(TimeoutLog2)) u_tx (
    .clk_i(clk_link), .clk_timer_i(clk_i), .rst_ni, .msg_valid_i(out_valid), .msg_ready_o(out_ready), .msg_data_i(out_data), .msg_last_i(out_last),
    .linked_i(linked), .session_i(session), .expected_i(expected), .credit_i(credit),
    .restart_i(restart), .reset_seen_i(reset_seen), .ack_valid_i(ack_valid), .ack_i(ack), .ack_credit_i(ack_credit),
    .reject_i(reject), .want_ack_i(want_ack), .want_reject_i(want_reject), .freed_i(freed),
    .content_valid_o(content_valid), .content_ready_i(content_ready),
    .content_data_o(content_data), .content_last_o(content_last), .moves_o(tx_moves), .timeout_o(timeout));

  sl_frame_tx u_frame_tx (
    .clk_i(clk_link), .rst_ni, .abort_i(restart), .valid_i(content_valid), .ready_o(content_ready), .data_i(content_data),
    .last_i(content_last), .valid_o(frame_valid), .ready_i(byte_done_q), .data_o(tx_data_o), .moves_o(frame_moves));
endmodule

`default_nettype wire
