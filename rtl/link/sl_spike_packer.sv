// SPDX-License-Identifier: Apache-2.0
/// Collects the spikes of one tick in a bitmap and sends them as spikes messages: a delta list, or the
/// bitmap itself when more than a tenth of the used neurons fired.
/// Takes one spike a clock. At a tick end with spikes: up to nine clocks for every eight neurons of which one
/// fired, one for every eight others, and one for every byte of a bitmap; the event stream waits meanwhile.
`default_nettype none

module sl_spike_packer #(
  parameter int unsigned Neurons = 256,   // a power of two, at least 16
  localparam int unsigned NW = $clog2(Neurons)
) (
  input  logic          clk_i,
  input  logic          rst_ni,
  input  logic [NW:0]   used_i,       // neurons in use
  input  logic          restart_i,    // a new session: what is being sent is not wanted any more
  input  logic          discard_i,    // do not send, only drain
  output logic          tick_done_o,  // pulse: a tick end was taken, its spikes are with the sender
  // from the core: spikes ascending, then the tick end
  input  logic          event_valid_i,
  output logic          event_ready_o,
  input  logic          event_kind_i,
  input  logic [31:0]   event_data_i,
  // messages
  output logic          msg_valid_o,
  input  logic          msg_ready_i,
  output logic [7:0]    msg_data_o,
  output logic          msg_last_o,
  output logic          moves_o       // something changes in this clock
);
  localparam int unsigned PW = NW - 3;
  // A message ends here or at the end of the number under way, of up to Neurons / 255 bytes more.
  localparam logic [7:0] BodyEnough = sl_packet_pkg::PayloadMax - sl_packet_pkg::SpikesFixedBytes - 8'(Neurons / 255) - 8'd1;

  typedef enum logic [2:0] {StClear, StCollect, StHeader, StDelta, StBitmap} state_e;

  state_e        state_d, state_q;
  logic [PW-1:0] place_d, place_q;    // collecting: byte being filled; sending: byte being read
  logic [PW-1:0] last_d, last_q;      // last byte with a spike
  logic [7:0]    bits_d, bits_q;      // collecting: byte being filled; delta: bits not yet sent
  logic          any_d, any_q, fresh_d, fresh_q, mute_d, mute_q, more_d, more_q;
  logic [NW+3:0] score_d, score_q;    // ten times the spikes
  logic [8:0]    gap_d, gap_q;        // neurons since the last one sent
  logic [2:0]    bit_d, bit_q;        // bits of the byte that have been shifted out
  logic [7:0]    count_d, count_q;    // header: byte; body: bytes sent
  logic          write, dense, spike, tick_end, go, last_byte, full, step, emits;
  logic [PW-1:0] write_place, read_place, event_place;
  logic [7:0]    write_bits, ram_bits, event_bit, current, body, header;
  logic          far, alone;

  if (Neurons < 16 || (1 << NW) != Neurons) $error("Neurons must be a power of two, at least 16");

  sl_byte_ram #(.Depth(Neurons / 8)) u_ram (
    .clk_i, .write_i(write), .write_address_i(write_place), .write_data_i(write_bits),
    .read_address_i(read_place), .read_data_o(ram_bits));

  assign spike       = event_valid_i && event_kind_i == sl_packet_pkg::EventSpike;
  assign tick_end    = event_valid_i && event_kind_i == sl_packet_pkg::EventTickEnd;
  assign event_place = event_data_i[NW-1:3];
  assign event_bit   = 8'd1 << event_data_i[2:0];
  assign dense       = score_q > (NW + 4)'(used_i);

  // Delta list: bits are shifted out one by one; a gap that is too far for a byte gives 0xFF first.
  assign current = fresh_q ? ram_bits : bits_q;
  assign alone   = current[7:1] == '0;
  assign far     = gap_q[8] || &gap_q[7:0];
  assign emits   = state_q == StDelta && (far || current[0]);
  assign moves_o = state_q != StCollect || event_valid_i;

  assign last_byte   = place_q == last_q;
  assign full        = count_q >= BodyEnough;
  assign go          = msg_ready_i || mute_q;
  assign body        = state_q == StBitmap ? ram_bits : far ? 8'hFF : gap_q[7:0];
  assign msg_valid_o = !mute_q && (state_q == StHeader || state_q == StBitmap || emits);
  assign msg_data_o  = state_q == StHeader ? header : body;
  assign msg_last_o  = (state_q == StBitmap && (last_byte || full))
                       || (state_q == StDelta && !far && ((last_byte && alone) || full));

  always_comb begin
    unique case (count_q[2:0])
      3'd0:    header = sl_packet_pkg::OpSpikes;
      3'd1:    header = event_data_i[7:0];
      3'd2:    header = event_data_i[15:8];
      3'd3:    header = event_data_i[23:16];
      3'd4:    header = event_data_i[31:24];
      default: header = (dense ? sl_packet_pkg::SpikeFormatBitmap : sl_packet_pkg::SpikeFormatDelta)
                        | (more_q ? sl_packet_pkg::SpikeFormatContinues : 8'd0);
    endcase
  end

  always_comb begin
    state_d     = state_q;
    place_d     = place_q;
    last_d      = last_q;
    bits_d      = bits_q;
    any_d       = any_q;
    fresh_d     = fresh_q;
    more_d      = more_q;
    mute_d      = mute_q || discard_i || (restart_i && state_q != StCollect);
    score_d     = score_q;
    gap_d       = gap_q;
    bit_d       = bit_q;
    count_d     = count_q;
    step        = 1'b0;
    write       = 1'b0;
    write_place = place_q;
    write_bits  = bits_q;
    event_ready_o = 1'b0;
    tick_done_o   = 1'b0;
    unique case (state_q)
      StClear: begin
        write      = 1'b1;
        write_bits = '0;
        place_d    = place_q + PW'(1);
        if (&place_q) state_d = StCollect;
      end
      StCollect: begin
        mute_d  = discard_i || restart_i;
        count_d = '0;
        gap_d   = '0;
        bit_d   = '0;
        more_d  = 1'b0;
        fresh_d = 1'b1;
        write   = event_valid_i && any_q;  // the byte written last wins, so repeating it does no harm
        event_ready_o = spike || (tick_end && !any_q);
        tick_done_o   = tick_end && !any_q;
        if (spike) begin
          any_d   = 1'b1;
          place_d = event_place;
          bits_d  = (any_q && place_q == event_place) ? bits_q | event_bit : event_bit;
          score_d = score_q + (NW + 4)'(10);
        end else if (tick_end && any_q) begin
          last_d  = place_q;
          place_d = '0;
          state_d = StHeader;
        end
      end
      StHeader: if (go) begin
        count_d = count_q + 8'd1;
        if (count_q == sl_packet_pkg::SpikesFixedBytes - 8'd1) begin
          count_d = '0;
          state_d = dense ? StBitmap : StDelta;
        end
      end
      StBitmap: step = go;
      default: begin
        fresh_d = 1'b0;
        bits_d  = current;
        if (far) begin
          if (go) gap_d = {1'b0, gap_q[7:0] + 8'd1};  // 255 less
        end else if (current == '0) begin
          step  = 1'b1;
          gap_d = gap_q + 9'd8 - {6'd0, bit_q};
        end else if (!current[0] || go) begin
          bits_d = {1'b0, current[7:1]};
          bit_d  = bit_q + 3'd1;
          gap_d  = current[0] ? '0 : gap_q + 9'd1;
          step   = bit_q == 3'd7 || (alone && last_byte);
        end
      end
    endcase
    // Bytes of the body.
    if (go && (state_q == StBitmap || emits)) begin
      count_d = count_q + 8'd1;
      if (msg_last_o) begin
        state_d = StHeader;
        count_d = '0;
        more_d  = 1'b1;
      end
    end
    // A byte of the bitmap is done: clear it; after the last one the tick end is taken.
    if (step) begin
      write      = 1'b1;
      write_bits = '0;
      fresh_d    = 1'b1;
      bit_d      = '0;
      place_d    = place_q + PW'(1);
      if (last_byte) begin
        state_d       = StCollect;
        any_d         = 1'b0;
        score_d       = '0;
        event_ready_o = 1'b1;
        tick_done_o   = 1'b1;
      end
    end
    read_place = state_q == StCollect ? '0 : place_d;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q <= StClear;
      place_q <= '0;
      any_q   <= 1'b0;
      mute_q  <= 1'b0;
      score_q <= '0;
    end else begin
      state_q <= state_d;
      place_q <= place_d;
      any_q   <= any_d;
      mute_q  <= mute_d;
      score_q <= score_d;
    end
  end

  always_ff @(posedge clk_i) begin
    last_q  <= last_d;
    bits_q  <= bits_d;
    fresh_q <= fresh_d;
    more_q  <= more_d;
    gap_q   <= gap_d;
    bit_q   <= bit_d;
    count_q <= count_d;
  end
endmodule

`default_nettype wire
