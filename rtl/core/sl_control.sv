// SPDX-License-Identifier: Apache-2.0
/// Takes the tokens, runs the phases of a tick, keeps the time. Source spikes are walked as they come
/// (phase A); a tick then runs phases B, C, D and tells its end.
`default_nettype none

module sl_control #(
  parameter  int unsigned Neurons     = 256,
  parameter  int unsigned Sources     = 256,
  localparam int unsigned NeuronWidth = $clog2(Neurons),
  localparam int unsigned SourceWidth = $clog2(Sources),
  localparam int unsigned RowWidth    = $clog2(Neurons + Sources)
) (
  input  logic                   clk_i,
  input  logic                   clk_border_i,      // runs when free running and for the host
  input  logic                   rst_ni,
  input  logic                   clear_i,           // tick 0, nothing left to run
  input  logic                   token_valid_i,
  output logic                   token_ready_o,
  input  logic [1:0]             token_kind_i,
  input  logic [31:0]            token_data_i,
  // settings
  input  logic                   free_running_i,
  input  logic [31:0]            tick_period_i,
  input  logic                   plasticity_i,
  input  logic [SourceWidth:0]   sources_used_i,
  // the host's turn: nothing starts while it is wanted
  input  logic                   host_wanted_i,
  output logic                   idle_o,
  // units
  output logic                   source_valid_o,
  input  logic                   source_ready_i,
  output logic [RowWidth-1:0]    source_row_o,
  output logic                   start_neurons_o,
  output logic                   start_synapses_o,
  output logic                   start_post_o,
  input  logic                   neurons_busy_i,
  input  logic                   synapses_busy_i,
  input  logic                   spike_i,           // a neuron fired, phase B
  output logic [NeuronWidth:0]   spikes_o,          // of this tick so far
  output logic                   end_valid_o,       // the tick has ended
  input  logic                   end_ready_i,
  output logic [31:0]            tick_o,
  output logic [3:0]             slot_o,            // tick modulo the ring of slots
  // activity
  output logic                   input_o,
  output logic                   late_o,
  output logic                   no_row_o,
  output logic                   overrun_o
);

  typedef enum logic [2:0] {
    StIdle,
    StNeurons,
    StPostStart,
    StPost,
    StPreStart,
    StPre,
    StEnd
  } state_e;

  state_e      state_d, state_q;
  logic        token_ok, run, ended, exists, take_spike, take_stamp;
  logic        stamped_q, late_q, due_q, period_over;
  logic [31:0] left_q, left_less, timer_q, timer_less;
  logic        announce, reload;

  // ---- tokens ----------------------------------------------------------------------------------
  assign run      = (left_q != '0) || (free_running_i && due_q);
  assign token_ok = (state_q == StIdle) && !host_wanted_i && !run && token_valid_i;
  assign exists   = (token_data_i[31:SourceWidth] == '0)
                    && ({1'b0, token_data_i[SourceWidth-1:0]} < sources_used_i);

  assign source_valid_o = token_ok && (token_kind_i == sl_core_pkg::TokenSpike) && exists;
  assign source_row_o   = RowWidth'(Neurons) + RowWidth'(token_data_i[SourceWidth-1:0]);

  logic [31:0] ahead;  // ticks from now to the stamp

  assign ahead = token_data_i - tick_o;

  always_comb begin
    token_ready_o = 1'b0;
    take_spike    = 1'b0;
    take_stamp    = 1'b0;
    if (token_ok) begin
      unique case (token_kind_i)
        sl_core_pkg::TokenSpike: begin
          token_ready_o = source_ready_i || !exists;
          take_spike    = token_ready_o;
        end
        sl_core_pkg::TokenStamp: begin
          token_ready_o = !free_running_i || (ahead == '0) || ahead[31];
          take_stamp    = token_ready_o && free_running_i;
        end
        default: token_ready_o = 1'b1;
      endcase
    end
  end

  assign input_o  = take_spike;
  assign no_row_o = take_spike && !exists;
  assign late_o   = take_spike && free_running_i && late_q;

  // Down by one or kept: an addition of all ones, which fits into the cells of the choice.
  assign announce  = token_ok && (token_kind_i == sl_core_pkg::TokenAdvance) && !free_running_i;
  assign left_less = left_q + {32{!announce}};

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      left_q    <= '0;
      stamped_q <= 1'b0;
      late_q    <= 1'b0;
    end else begin
      if (announce || (ended && (left_q != '0))) left_q <= announce ? token_data_i : left_less;
      if (take_stamp) begin
        stamped_q <= 1'b1;
        late_q    <= ahead[31];
      end else if (ended) begin
        // What a stamp announced and did not deliver before its tick ran is late.
        late_q <= stamped_q;
      end
    end
  end

  // ---- free-running time -----------------------------------------------------------------------
  assign period_over = free_running_i && (timer_q[31:1] == '0);
  assign overrun_o   = period_over && (due_q || (state_q != StIdle));
  assign reload      = period_over || clear_i || !free_running_i;
  assign timer_less  = timer_q + {32{!reload}};

  always_ff @(posedge clk_border_i) begin
    timer_q <= reload ? tick_period_i : timer_less;
    if (!rst_ni || clear_i || !free_running_i) begin
      due_q <= 1'b0;
    end else begin
      if (period_over) due_q <= 1'b1;
      else if (start_neurons_o) due_q <= 1'b0;
    end
  end

  // ---- phases ----------------------------------------------------------------------------------
  assign idle_o           = (state_q == StIdle) && !synapses_busy_i;
  assign start_neurons_o  = idle_o && run && !host_wanted_i;
  assign start_synapses_o = (state_q == StPostStart) || (state_q == StPreStart);
  assign start_post_o     = state_q == StPostStart;
  assign end_valid_o      = state_q == StEnd;
  assign ended            = end_valid_o && end_ready_i;

  always_comb begin
    state_d = state_q;
    unique case (state_q)
      StIdle:      if (start_neurons_o) state_d = StNeurons;
      StNeurons:   if (!neurons_busy_i) state_d = plasticity_i ? StPostStart : StPreStart;
      StPostStart: state_d = StPost;
      StPost:      if (!synapses_busy_i) state_d = StPreStart;
      StPreStart:  state_d = StPre;
      StPre:       if (!synapses_busy_i) state_d = StEnd;
      StEnd:       if (end_ready_i) state_d = StIdle;
      default:     state_d = StIdle;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) state_q <= StIdle;
    else state_q <= state_d;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      tick_o <= '0;
      slot_o <= '0;
    end else if (ended) begin
      tick_o <= tick_o + 32'd1;
      slot_o <= (slot_o == 4'(sl_core_pkg::DelaySlots - 1)) ? '0 : slot_o + 4'd1;
    end
    if (start_neurons_o) spikes_o <= '0;
    else if (spike_i) spikes_o <= spikes_o + 1'b1;
  end

endmodule

`default_nettype wire
