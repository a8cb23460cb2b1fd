// SPDX-License-Identifier: Apache-2.0
/// Carries out messages one after the other: bus accesses, tokens for the core, answers for the host.
/// Takes one byte a clock of a write as long as the bus takes a word every four clocks; no garbage
/// hangs it: lengths and fields are checked before they are used, and a restart ends what is under way.
`default_nettype none

module sl_command #(
  parameter int unsigned Neurons           = 256,
  parameter int unsigned Sources           = 256,
  parameter int unsigned SynapseWords      = 65536,
  parameter int unsigned RxBytes           = 512,
  parameter int unsigned Window            = 16,
  parameter int unsigned ConfigurationHash = 0,
  localparam int unsigned NW = $clog2(Neurons)
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        restart_i,
  output logic        discard_o,       // spikes of the ticks that still run are not wanted
  output logic [NW:0] used_o,          // neurons in use, as last written
  input  logic        tick_done_i,
  input  logic [15:0] dropped_i,
  // message in
  input  logic        in_valid_i,
  output logic        in_ready_o,
  input  logic [7:0]  in_data_i,
  input  logic [7:0]  in_left_i,
  // message out
  output logic        out_valid_o,
  input  logic        out_ready_i,
  output logic [7:0]  out_data_o,
  output logic        out_last_o,
  // core
  output logic        token_valid_o,
  input  logic        token_ready_i,
  output logic [1:0]  token_kind_o,
  output logic [31:0] token_data_o,
  output logic        bus_req_valid_o,
  input  logic        bus_req_ready_i,
  output logic        bus_req_write_o,
  output logic [31:0] bus_req_address_o,
  output logic [31:0] bus_req_data_o,
  input  logic        bus_rsp_valid_i,
  output logic        bus_rsp_ready_o,
  input  logic [31:0] bus_rsp_data_i,
  input  logic        bus_rsp_fault_i,
  input  logic [4:0]  status_i,
  input  logic [31:0] tick_i
);
  typedef enum logic [3:0] {
    StIdle, StSkip, StOperand, StWords, StRecord, StStamp, StSpikes, StTicks, StFinish,
    StReply, StFetch, StPut, StEcho, StDrain
  } state_e;

  state_e      state_d, state_q;
  logic [7:0]  op_d, op_q, count_d, count_q;    // count: operand bytes, spikes or words to come
  logic [31:0] acc_d, acc_q, address_d, address_q, field_data;
  logic [15:0] ticks_d, ticks_q;                // ticks to run, or words to read
  logic [2:0]  reason_d, reason_q, left_d, left_q, field_bytes, fault;
  logic [4:0]  index_d, index_q;
  logic [1:0]  pending_q;                       // ticks that the core has been told to run
  logic        ended_d, ended_q;                // the last byte of the message has been taken
  logic        full_d, full_q;                  // acc holds a whole word or spike that is not handed on
  logic        wait_d, wait_q;                  // a bus response is outstanding
  logic        failed_d, failed_q, delta_d, delta_q, final_d, final_q, mode_q;
  logic        taken, last, is_list, field_fetch, field_final, bus_sent, advance;
  logic [8:0]  body_bytes;
  logic [NW:0] used_q;

  sl_reply_fields #(.Neurons(Neurons), .Sources(Sources), .SynapseWords(SynapseWords), .RxBytes(RxBytes),
                    .Window(Window), .ConfigurationHash(ConfigurationHash)) u_fields (
    .opcode_i(op_q), .index_i(index_q), .reason_i(reason_q), .last_word_i(count_q == 8'd1),
    .empty_i(op_q == sl_packet_pkg::OpEcho && ended_q), .address_i(address_q), .tick_i, .status_i, .dropped_i,
    .data_o(field_data), .bytes_o(field_bytes), .fetch_o(field_fetch), .final_o(field_final));

  // Verdict on a message by its opcode and length; 0 is good.
  sl_message_check u_check (.opcode_i(in_data_i), .length_i(in_left_i), .free_running_i(mode_q), .fault_o(fault));

  assign taken      = in_valid_i && in_ready_o;
  assign last       = in_left_i == 8'd1;
  assign is_list    = op_q == sl_packet_pkg::OpStamp || acc_q[31:24] == sl_packet_pkg::StepFormatList;
  assign body_bytes = is_list ? {in_data_i, 1'b0} : {1'b0, in_data_i};
  assign bus_sent   = bus_req_valid_o && bus_req_ready_i;
  assign advance    = token_valid_o && token_ready_i && state_q == StTicks;
  assign used_o     = used_q;
  assign discard_o  = state_q == StDrain;

  assign bus_req_write_o   = op_q != sl_packet_pkg::OpRead && state_q != StFetch;
  assign bus_req_address_o = address_q;
  assign bus_req_data_o    = acc_q;
  assign bus_rsp_ready_o   = 1'b1;
  assign token_kind_o      = state_q == StTicks ? sl_packet_pkg::TokenAdvance
                             : state_q == StStamp ? sl_packet_pkg::TokenStamp : sl_packet_pkg::TokenSpike;
  assign token_data_o      = state_q == StTicks ? 32'd1 : state_q == StStamp ? acc_q : {16'd0, acc_q[31:16]};

  // What is offered depends on the state alone; what is taken may depend on who takes it.
  assign bus_req_valid_o = !wait_q && ((state_q == StWords && full_q && !failed_q) || state_q == StFetch);
  assign token_valid_o   = (state_q == StSpikes && full_q) || state_q == StStamp
                           || (state_q == StTicks && ticks_q != '0 && !pending_q[1]);
  assign out_valid_o     = state_q == StPut || (state_q == StEcho && in_valid_i);
  assign out_data_o      = state_q == StEcho ? in_data_i : acc_q[7:0];
  assign out_last_o      = state_q == StEcho ? last : final_q && left_q == 3'd1;

  always_comb begin
    unique case (state_q)
      StIdle, StSkip, StOperand, StRecord: in_ready_o = 1'b1;
      StWords:  in_ready_o = !ended_q && (!full_q || failed_q || (!wait_q && bus_req_ready_i));
      StSpikes: in_ready_o = count_q != '0 && (!full_q || token_ready_i);
      StEcho:   in_ready_o = out_ready_i;
      default:  in_ready_o = 1'b0;
    endcase
  end

  always_comb begin
    state_d   = state_q;
    op_d      = op_q;
    count_d   = count_q;
    acc_d     = acc_q;
    address_d = address_q;
    ticks_d   = ticks_q;
    reason_d  = reason_q;
    left_d    = left_q;
    index_d   = index_q;
    ended_d   = ended_q || (taken && last);
    full_d    = full_q;
    wait_d    = bus_sent || (wait_q && !bus_rsp_valid_i);
    failed_d  = failed_q;
    delta_d   = delta_q;
    final_d   = final_q;
    if (taken) acc_d = {in_data_i, acc_q[31:8]};
    unique case (state_q)
      StIdle: begin
        op_d     = in_data_i;
        count_d  = '0;
        index_d  = '0;
        full_d   = 1'b0;
        failed_d = 1'b0;
        delta_d  = 1'b0;
        ticks_d  = '0;
        ended_d  = last;
        reason_d = fault;
        if (taken) begin
          if (fault != '0) state_d = last ? StReply : StSkip;
          else begin
            unique case (in_data_i)
              sl_packet_pkg::OpIdentify, sl_packet_pkg::OpQuery, sl_packet_pkg::OpEcho: state_d = StReply;
              sl_packet_pkg::OpStep: state_d = StRecord;
              default: state_d = StOperand;
            endcase
          end
        end
      end
      StSkip: if (taken && last) state_d = StFinish;
      StOperand: if (taken) begin
        count_d = count_q + 8'd1;
        unique case (op_q)
          sl_packet_pkg::OpResetCore: begin
            acc_d     = {24'd0, in_data_i};
            address_d = 32'(sl_packet_pkg::RegClear);
            full_d    = 1'b1;
            state_d   = StWords;
          end
          sl_packet_pkg::OpWrite: if (count_q == 8'd3) begin
            address_d = acc_d;
            count_d   = '0;
            state_d   = StWords;
          end
          sl_packet_pkg::OpRead: begin
            if (count_q == 8'd3) address_d = acc_d;
            ticks_d = acc_d[31:16];
            if (last) begin
              state_d = StReply;
              if (ticks_d == '0 || ticks_d > sl_packet_pkg::ReadCountMax)
                reason_d = sl_packet_pkg::RefusalBadField[2:0];
            end
          end
          default: if (count_q == 8'd4) begin  // stamp: the tick stays in acc
            acc_d   = acc_q;
            count_d = in_data_i;
            state_d = StStamp;
            if (9'(in_left_i) != body_bytes + 9'd1) begin
              reason_d = sl_packet_pkg::RefusalBadLength[2:0];
              state_d  = last ? StReply : StSkip;
            end
          end
        endcase
      end
      StWords: begin
        if (bus_sent || failed_q) full_d = 1'b0;
        if (wait_q && bus_rsp_valid_i) begin
          if (bus_rsp_fault_i) failed_d = 1'b1;
          else address_d = address_q + 32'd1;
        end
        if (taken) begin
          count_d = count_q + 8'd1;
          full_d  = count_q[1:0] == 2'd3;
        end
        if (ended_q && !full_q && !wait_q)
          state_d = (failed_q && op_q == sl_packet_pkg::OpWrite) ? StReply : StIdle;
      end
      StRecord: if (taken) begin
        count_d = count_q + 8'd1;
        if (count_q == 8'd3) begin
          ticks_d = acc_q[23:8];
          count_d = in_data_i;
          delta_d = !is_list;
          full_d  = 1'b0;
          state_d = StSpikes;
          if (!is_list) acc_d[31:16] = '1;
          if (acc_q[31:24] > sl_packet_pkg::StepFormatDelta) reason_d = sl_packet_pkg::RefusalBadField[2:0];
          else if (9'(in_left_i) <= body_bytes) reason_d = sl_packet_pkg::RefusalBadLength[2:0];
        end else if (last) reason_d = sl_packet_pkg::RefusalBadLength[2:0];
        if (reason_d != '0) state_d = last ? StFinish : StSkip;
      end
      StStamp: if (token_ready_i) begin
        failed_d = 1'b0;
        state_d  = StSpikes;
      end
      StSpikes: begin
        if (token_ready_i) full_d = 1'b0;
        if (taken) begin
          failed_d = !failed_q;  // list: the low byte is there
          if (delta_q) begin
            acc_d  = acc_q;
            acc_d[31:16] = acc_q[31:16] + {8'd0, in_data_i} + {15'd0, in_data_i != 8'hFF};
            full_d = in_data_i != 8'hFF;
          end else full_d = failed_q;
          if (delta_q || failed_q) count_d = count_q - 8'd1;
        end
        if (count_q == '0 && (!full_q || token_ready_i)) begin
          failed_d = 1'b0;
          state_d  = StTicks;
        end
      end
      StTicks: begin
        if (advance) ticks_d = ticks_q - 16'd1;
        if (ticks_q == '0) begin
          count_d = '0;
          state_d = !ended_q ? StRecord : op_q == sl_packet_pkg::OpStep ? StFinish : StIdle;
        end
      end
      StFinish: if (pending_q == '0) state_d = StReply;
      StReply: begin
        acc_d   = field_data;
        left_d  = field_bytes;
        final_d = field_final;
        state_d = field_fetch ? StFetch : StPut;
        if (index_q == 5'd1 && op_q == sl_packet_pkg::OpRead)
          count_d = ticks_q > 16'(sl_packet_pkg::WordsMax) ? sl_packet_pkg::WordsMax : ticks_q[7:0];
        if (index_q == '0 && op_q == sl_packet_pkg::OpStep)
          address_d = 32'(sl_packet_pkg::RegCounters) + 32'(2 * sl_packet_pkg::CounterBusyClocks);
        if (index_q == '0 && op_q == sl_packet_pkg::OpQuery) address_d = 32'(sl_packet_pkg::RegCounters);
      end
      StFetch: if (wait_q && bus_rsp_valid_i) begin
        acc_d     = bus_rsp_data_i;
        address_d = address_q + 32'd1;
        count_d   = count_q - 8'd1;
        ticks_d   = ticks_q - 16'd1;
        state_d   = StPut;
      end
      StPut: if (out_ready_i) begin
        acc_d  = {8'd0, acc_q[31:8]};
        left_d = left_q - 3'd1;
        if (left_q == 3'd1) begin
          index_d = (index_q == 5'd2 && op_q == sl_packet_pkg::OpRead) ? 5'd2 : index_q + 5'd1;
          state_d = StReply;
          if (op_q == sl_packet_pkg::OpEcho && reason_q == '0) state_d = StEcho;
          if (final_q) begin
            index_d = '0;
            state_d = (op_q == sl_packet_pkg::OpRead && reason_q == '0 && ticks_q != '0) ? StReply : StIdle;
          end
        end
      end
      StEcho: if (taken && last) state_d = StIdle;
      default: if (pending_q == '0 && !wait_q) state_d = StIdle;  // StDrain
    endcase
    if (restart_i) state_d = StDrain;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q   <= StIdle;
      wait_q    <= 1'b0;
      pending_q <= '0;
      mode_q    <= 1'b0;
      used_q    <= '0;
    end else begin
      state_q   <= state_d;
      wait_q    <= wait_d;
      pending_q <= pending_q + {1'b0, advance} - {1'b0, tick_done_i && pending_q != '0};
      // The two registers that the link itself must know.
      if (bus_sent && bus_req_write_o && address_q == 32'(sl_packet_pkg::RegMode)) mode_q <= acc_q[0];
      if (bus_sent && bus_req_write_o && address_q == 32'(sl_packet_pkg::RegNeuronsUsed)) used_q <= acc_q[NW:0];
    end
  end

  always_ff @(posedge clk_i) begin
    op_q      <= op_d;
    count_q   <= count_d;
    acc_q     <= acc_d;
    address_q <= address_d;
    ticks_q   <= ticks_d;
    reason_q  <= reason_d;
    left_q    <= left_d;
    index_q   <= index_d;
    ended_q   <= ended_d;
    full_q    <= full_d;
    failed_q  <= failed_d;
    delta_q   <= delta_d;
    final_q   <= final_d;
  end
endmodule

`default_nettype wire
