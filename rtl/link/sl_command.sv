// SPDX-License-Identifier: Apache-2.0
/// Carries out messages one after the other: bus accesses, tokens for the core, answers for the host.
/// Takes four bytes of a write in five clocks as long as the bus keeps up; no garbage hangs it: lengths
/// and fields are checked before they are used, and a restart ends what is under way.
`default_nettype none

module sl_command #(
  parameter int unsigned Neurons           = 256,
  parameter int unsigned Sources           = 256,
  parameter int unsigned SynapseWords      = 65536,
  parameter int unsigned RxBytes           = 512,
  parameter int unsigned Window            = 16,
  parameter int unsigned ConfigurationHash = 0
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        restart_i,
  output logic        discard_o,       // spikes of the ticks that still run are not wanted
  input  logic        tick_done_i,
  input  logic        free_running_i,
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
  output logic        moves_o          // something changes in this clock
);
  typedef enum logic [3:0] {
    StIdle, StSkip, StOperand, StWords, StRecord, StStamp, StSpikes, StTicks, StFinish,
    StByte, StFetch, StWord, StEcho, StDrain
  } state_e;

  // Operand bytes before the state changes; reset core and read pad theirs to fit the shift register.
  localparam logic [4:0] ResetOperands = 5'd3;
  localparam logic [4:0] ReadOperands  = 5'd7;
  // Bits of an address that count on from word to word: more than any region has.
  localparam int unsigned IndexWidth = $clog2(2 * SynapseWords + 16 * Neurons + 2 * Sources);
  // Words counts up to the top from here.
  localparam logic [7:0] FirstWord = ~(sl_packet_pkg::WordsMax - 8'd1);

  state_e      state_d, state_q;
  logic [7:0]  op_q, count_q, element;          // count: all ones when nothing is left
  logic [31:0] acc_q, address_q;
  logic [15:0] ticks_q;                         // ticks to run, or words to read
  logic [2:0]  reason_d, reason_q, fault;
  logic [4:0]  index_d, index_q;                // operand byte, byte of a word, or element of an answer
  logic [1:0]  index_low;                       // byte of the word that is being sent
  logic [1:0]  pending_q;                       // ticks that the core has been told to run
  logic        ended_q;                         // the last byte of the message has been taken
  logic        full_d, full_q;                  // acc holds a whole word or spike that is not handed on
  logic        wait_q;                          // a bus response is outstanding
  logic        failed_d, failed_q, half_q, plus_q, delta_q;
  logic        taken, last, is_list, response, bus_sent, advance, pad, put;
  logic        fetch, is_short, final_element, word_done, count_top;
  logic [5:0]  fetch_register;
  logic [9:0]  spare;

  sl_reply_bytes #(.Neurons(Neurons), .Sources(Sources), .SynapseWords(SynapseWords), .RxBytes(RxBytes),
                   .Window(Window), .ConfigurationHash(ConfigurationHash)) u_reply (
    .opcode_i(op_q), .index_i(index_q), .reason_i(reason_q), .last_word_i(count_top || ticks_q == '0),
    .address_i(address_q), .dropped_i, .byte_o(element), .fetch_o(fetch), .register_o(fetch_register),
    .short_o(is_short), .final_o(final_element));

  // Verdict on a message by its opcode and length; 0 is good.
  sl_message_check u_check (.opcode_i(in_data_i), .length_i(in_left_i), .free_running_i, .fault_o(fault));

  assign taken     = in_valid_i && in_ready_o;
  assign last      = in_left_i == 8'd1;
  assign response  = wait_q && bus_rsp_valid_i;
  assign bus_sent  = bus_req_valid_o && bus_req_ready_i;
  assign advance   = state_q == StTicks && token_valid_o && token_ready_i;
  assign put       = out_valid_o && out_ready_i;
  assign count_top = &count_q;
  assign pad       = state_q == StOperand && ended_q;
  assign discard_o = state_q == StDrain;

  // Waiting for the other side, and only that, leaves everything as it is.
  always_comb begin
    unique case (state_q)
      StIdle, StSkip, StRecord, StEcho: moves_o = taken;
      StStamp:  moves_o = token_ready_i;
      StTicks:  moves_o = ticks_q == '0 || advance;
      StFinish: moves_o = pending_q == '0;
      StFetch:  moves_o = bus_sent || response;
      StSpikes: moves_o = taken || (token_ready_i && full_q) || (count_top && !full_q);
      default:  moves_o = 1'b1;
    endcase
    if (tick_done_i || restart_i) moves_o = 1'b1;
  end

  // A list of spikes: bytes of the message left after it (negative: it is cut).
  assign is_list   = op_q[0] || acc_q[31:24] == sl_packet_pkg::StepFormatList;  // a stamp has lists only
  assign spare     = {2'd0, in_left_i} - 10'd1 - (is_list ? {1'b0, in_data_i, 1'b0} : {2'd0, in_data_i});

  // ---- channels: what is offered depends on the state alone ----
  assign bus_req_write_o   = state_q == StWords;
  assign bus_req_address_o = address_q;
  assign bus_req_data_o    = acc_q;
  assign bus_rsp_ready_o   = 1'b1;
  assign bus_req_valid_o   = !wait_q && ((state_q == StWords && full_q && !failed_q) || state_q == StFetch);
  assign token_valid_o     = (state_q == StSpikes && full_q) || state_q == StStamp
                             || (state_q == StTicks && ticks_q != '0 && !pending_q[1]);
  assign token_kind_o      = state_q == StTicks ? sl_packet_pkg::TokenAdvance
                             : state_q == StStamp ? sl_packet_pkg::TokenStamp : sl_packet_pkg::TokenSpike;
  assign token_data_o      = state_q == StStamp ? acc_q : {16'd0, acc_q[31:17], acc_q[16] || state_q == StTicks};
  assign word_done         = is_short || index_low == 2'd3;
  assign out_valid_o       = (state_q == StByte && !fetch) || state_q == StWord || (state_q == StEcho && in_valid_i);
  assign out_data_o        = state_q == StEcho ? in_data_i : state_q == StWord ? acc_q[7:0] : element;
  assign out_last_o        = state_q == StEcho ? last
                             : state_q == StWord ? final_element && word_done
                             : final_element || (index_q == '0 && op_q[2:0] == sl_packet_pkg::OpEcho[2:0]
                                                 && ended_q && reason_q == '0);

  always_comb begin
    unique case (state_q)
      StIdle, StSkip, StRecord: in_ready_o = 1'b1;
      StOperand: in_ready_o = !ended_q;
      StWords:   in_ready_o = !ended_q && (!full_q || failed_q || (!wait_q && bus_req_ready_i));
      StSpikes:  in_ready_o = !count_top && (!full_q || token_ready_i);
      StEcho:    in_ready_o = out_ready_i;
      default:   in_ready_o = 1'b0;
    endcase
  end

  // ---- what happens next ----

  always_comb begin
    state_d  = state_q;
    reason_d = reason_q;
    index_d  = index_q;
    full_d   = full_q;
    failed_d = failed_q;
    unique case (state_q)
      StIdle: begin
        index_d  = '0;
        full_d   = 1'b0;
        failed_d = 1'b0;
        reason_d = fault;
        if (taken) begin
          if (fault != '0) state_d = last ? StByte : StSkip;
          else begin
            unique case (in_data_i[2:0])
              sl_packet_pkg::OpIdentify[2:0], sl_packet_pkg::OpQuery[2:0], sl_packet_pkg::OpEcho[2:0]: state_d = StByte;
              sl_packet_pkg::OpStep[2:0]: state_d = StRecord;
              default: state_d = StOperand;
            endcase
          end
        end
      end
      StSkip: if (taken && last) state_d = StFinish;
      StOperand: if (taken || pad) begin
        index_d = index_q + 5'd1;
        unique case (op_q[2:0])
          sl_packet_pkg::OpResetCore[2:0]: if (index_q == ResetOperands) begin
            full_d  = 1'b1;
            state_d = StWords;
          end
          sl_packet_pkg::OpWrite[2:0]: if (index_q == 5'd3) begin
            index_d = '0;
            state_d = StWords;
          end
          sl_packet_pkg::OpRead[2:0]: if (index_q == ReadOperands) begin
            index_d = '0;
            state_d = StByte;
            if (acc_q[23:8] == '0 || acc_q[23] || (acc_q[22] && acc_q[21:8] != '0))  // above ReadCountMax
              reason_d = sl_packet_pkg::RefusalBadField[2:0];
          end
          default: if (index_q == 5'd4) begin  // stamp: the tick stays in acc
            index_d = '0;
            state_d = StStamp;
            if (spare != '0) begin
              reason_d = sl_packet_pkg::RefusalBadLength[2:0];
              state_d  = last ? StByte : StSkip;
            end
          end
        endcase
      end
      StWords: begin
        if (bus_sent || failed_q) full_d = 1'b0;
        if (response && bus_rsp_fault_i) failed_d = 1'b1;
        if (taken) begin
          index_d = index_q + 5'd1;
          full_d  = index_q[1:0] == 2'd3;
        end
        if (ended_q && !full_q && !wait_q) begin
          index_d = '0;
          state_d = (failed_q && op_q[1]) ? StByte : StIdle;
        end
      end
      StRecord: if (taken) begin
        index_d = index_q + 5'd1;
        if (index_q[1:0] == 2'd3) begin
          index_d = '0;
          full_d  = 1'b0;
          state_d = StSpikes;
          if (acc_q[31:25] != '0) reason_d = sl_packet_pkg::RefusalBadField[2:0];
          else if (spare[9]) reason_d = sl_packet_pkg::RefusalBadLength[2:0];
        end else if (last) reason_d = sl_packet_pkg::RefusalBadLength[2:0];
        if (reason_d != '0) begin
          index_d = '0;
          state_d = last ? StFinish : StSkip;
        end
      end
      StStamp: if (token_ready_i) state_d = StSpikes;
      StSpikes: begin
        if (token_ready_i) full_d = 1'b0;
        if (taken) full_d = delta_q ? in_data_i != 8'hFF : half_q;
        if (count_top && (!full_q || token_ready_i)) state_d = StTicks;
      end
      StTicks: if (ticks_q == '0) state_d = !ended_q ? StRecord : op_q[0] ? StIdle : StFinish;
      StFinish: if (pending_q == '0) state_d = StByte;
      StByte: begin
        if (fetch) state_d = StFetch;
        else if (put) begin
          index_d = index_q + 5'd1;
          if (out_last_o) state_d = StIdle;
          else if (op_q[2:0] == sl_packet_pkg::OpEcho[2:0] && reason_q == '0) state_d = StEcho;
        end
      end
      StFetch: if (response) state_d = StWord;
      StWord: if (put && word_done) begin
        state_d = StFetch;
        if (op_q[2:0] != sl_packet_pkg::OpRead[2:0]) begin
          index_d = index_q + 5'd1;
          state_d = final_element ? StIdle : StByte;
        end else if (final_element) begin
          index_d = '0;
          state_d = ticks_q == '0 ? StIdle : StByte;
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
    end else begin
      state_q   <= state_d;
      wait_q    <= bus_sent || (wait_q && !bus_rsp_valid_i);
      pending_q <= pending_q + {1'b0, advance} - {1'b0, tick_done_i && (advance || pending_q != '0)};
    end
  end

  always_ff @(posedge clk_i) begin
    reason_q <= reason_d;
    index_q  <= index_d;
    full_q   <= full_d;
    failed_q <= failed_d;
    if (state_q == StIdle) op_q <= in_data_i;
    if (taken) ended_q <= last;
    if (state_q == StWord) begin
      if (put) index_low <= index_low + 2'd1;
    end else index_low <= '0;
  end

  // ---- shift register, spikes, counts ----
  always_ff @(posedge clk_i) begin
    if (state_q == StFetch) acc_q <= bus_rsp_data_i;
    else if ((taken && !(state_q == StSpikes && delta_q) && !(state_q == StOperand && op_q[2:0] == sl_packet_pkg::OpStamp[2:0]
              && index_q == 5'd4)) || pad || (state_q == StWord && put))
      acc_q <= {pad ? 8'd0 : in_data_i, acc_q[31:8]};
    else if (state_q == StSpikes && taken)
      acc_q[31:16] <= acc_q[31:16] + {8'd0, in_data_i} + {15'd0, plus_q};
    if ((state_q == StRecord && taken && index_q[1:0] == 2'd3) || (state_q == StSpikes && state_d == StTicks))
      acc_q[31:16] <= '0;
  end

  always_ff @(posedge clk_i) begin
    half_q <= state_q == StSpikes && (half_q ^ taken);   // the low byte is there
    if (state_q != StSpikes) plus_q <= 1'b0;             // a spike came before: its number counts as passed
    else if (taken) plus_q <= in_data_i != 8'hFF;
    if (state_q == StRecord) delta_q <= !is_list;
    else if (state_q == StIdle) delta_q <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StIdle) ticks_q <= '0;
    else if (state_q == StRecord || (state_q == StOperand && op_q[1])) ticks_q <= acc_q[23:8];
    else if (advance || (state_q == StFetch && response)) ticks_q <= ticks_q - 16'd1;

    if (state_q == StByte) count_q <= FirstWord - 8'd1;
    else if (state_q == StRecord || state_q == StOperand) count_q <= ~in_data_i;
    else if ((state_q == StSpikes && taken && (delta_q || half_q)) || (state_q == StFetch && response))
      count_q <= count_q + 8'd1;
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StByte && fetch && op_q[2:0] != sl_packet_pkg::OpRead[2:0]) begin
      address_q <= {26'd0, fetch_register};
    end else if (state_q == StOperand) begin
      if (op_q[2:0] == sl_packet_pkg::OpResetCore[2:0]) address_q <= 32'(sl_packet_pkg::RegClear);
      else if (index_q == 5'd3) address_q <= {in_data_i, acc_q[31:8]};
    end else if (response && !(bus_rsp_fault_i && state_q == StWords)) begin
      address_q[IndexWidth-1:0] <= address_q[IndexWidth-1:0] + IndexWidth'(1);
    end
  end
endmodule

`default_nettype wire
