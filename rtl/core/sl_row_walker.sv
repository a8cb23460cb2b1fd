// SPDX-License-Identifier: Apache-2.0
/// Front of the synapse path: fetches row or column headers for tokens (phase A), post events (C) and
/// pre events (D) while the row before is walked, and offers one synapse address (or, for columns of a
/// sparse core, one column entry; of a span core, one row to look at) a clock. A row of n takes
/// max(n, 2) clocks.
`default_nettype none

module sl_row_walker #(
  parameter  int unsigned Neurons      = 256,
  parameter  int unsigned Sources      = 256,
  parameter  int unsigned AddressWidth = 16,  // of synapses and column entries
  parameter  int unsigned CountWidth   = 9,
  parameter  int unsigned Sparse       = 0,
  localparam int unsigned NeuronWidth  = $clog2(Neurons),
  localparam int unsigned SourceCount  = $clog2(Sources) + 1,
  localparam int unsigned RowWidth     = $clog2(Neurons + Sources)
) (
  input  logic                    clk_i,
  input  logic                    rst_ni,
  // phase A: one source row; phases C and D: all spiked neurons
  input  logic                    source_valid_i,
  output logic                    source_ready_o,
  input  logic [RowWidth-1:0]     source_row_i,
  input  logic                    start_i,
  input  logic                    start_post_i,   // with start_i: phase C
  input  logic [NeuronWidth:0]    spikes_i,
  input  logic [NeuronWidth:0]    neurons_used_i,
  input  logic [SourceCount-1:0]  sources_used_i,
  input  logic                    pipe_busy_i,    // addresses offered before are still under way
  output logic                    busy_o,
  output logic                    post_o,         // phase C
  // list of spiked neurons, read latency 1 clock
  output logic                    list_read_o,
  output logic [NeuronWidth-1:0]  list_index_o,
  input  logic [NeuronWidth-1:0]  list_neuron_i,
  // header of a row, or of a column in phase C; read latency 1 clock
  output logic                    head_read_o,
  output logic                    column_read_o,
  output logic [RowWidth-1:0]     head_row_o,
  input  logic [AddressWidth-1:0] head_base_i,
  input  logic [CountWidth-1:0]   head_count_i,
  input  logic [NeuronWidth-1:0]  head_first_i,
  output logic                    walked_o,       // the header is taken as a pre event
  output logic                    spike_valid_o,  // phase D: tell the spike
  input  logic                    spike_ready_i,
  output logic [NeuronWidth-1:0]  spike_neuron_o,
  // the walk
  output logic                    valid_o,
  input  logic                    ready_i,
  output logic [AddressWidth-1:0] address_o,      // synapse; phase C sparse: entry; phase C span: row
  output logic [NeuronWidth-1:0]  target_o,       // span rows
  output logic                    source_o        // the row belongs to a source
);

  typedef enum logic [1:0] {
    StIdle,
    StList,
    StRow,
    StHead
  } state_e;

  state_e                  state_d, state_q;
  logic                    post_q, many_q, source_q, last_valid_q;
  logic [NeuronWidth:0]    next_q, spikes_q;
  logic [RowWidth-1:0]     row_q, last_row_q;
  logic                    take, may_take, more;

  // ---- header fetch ----------------------------------------------------------------------------
  assign source_ready_o = (state_q == StIdle) && !start_i;
  assign column_read_o  = (state_q == StRow) && post_q;
  assign head_read_o    = ((state_q == StRow) && !post_q) || (source_ready_o && source_valid_i);
  assign head_row_o     = (state_q == StRow) ? RowWidth'(list_neuron_i) : source_row_i;
  assign list_read_o    = (state_q == StList) || (state_q == StHead);
  assign list_index_o   = next_q[NeuronWidth-1:0];
  assign more           = many_q && (next_q != spikes_q);

  // A row walked twice in a row waits for its own weight changes.
  assign may_take = (!valid_o || (ready_i && last))
                    && !(last_valid_q && (last_row_q == row_q) && (valid_o || pipe_busy_i));
  assign spike_valid_o  = (state_q == StHead) && many_q && !post_q && may_take;
  assign spike_neuron_o = row_q[NeuronWidth-1:0];
  assign take           = (state_q == StHead) && may_take && (!many_q || post_q || spike_ready_i);
  assign walked_o       = take && !post_q;

  always_comb begin
    state_d = state_q;
    unique case (state_q)
      StIdle: begin
        if (start_i) state_d = (spikes_i != '0) ? StList : StIdle;
        else if (source_valid_i) state_d = StHead;
      end
      StList:  state_d = StRow;
      StRow:   state_d = StHead;
      StHead:  if (take) state_d = more ? StRow : StIdle;
      default: state_d = StIdle;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      state_q      <= StIdle;
      post_q       <= 1'b0;
      many_q       <= 1'b0;
      last_valid_q <= 1'b0;
    end else begin
      state_q <= state_d;
      if (state_q == StIdle) begin
        many_q <= start_i;
        if (start_i || source_valid_i) post_q <= start_i && start_post_i;
      end
      if (take) last_valid_q <= !post_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (state_q == StIdle) begin
      next_q   <= '0;
      spikes_q <= spikes_i;
    end else if (state_q == StRow) begin
      next_q <= next_q + 1'b1;
    end
    if (head_read_o || column_read_o) begin
      row_q    <= head_row_o;
      source_q <= state_q != StRow;
    end
    if (take) last_row_q <= row_q;
  end

  // ---- walk ------------------------------------------------------------------------------------
  // A span core looks at every row in use: those of the neurons, then those of the sources.
  localparam int unsigned LeftWidth = (CountWidth > RowWidth + 1) ? CountWidth : RowWidth + 1;

  logic                    last;
  logic [LeftWidth-1:0]    left_q, load;
  logic [AddressWidth-1:0] address_next;
  logic                    scan, scan_jump, jump;

  assign last      = left_q == LeftWidth'(1);
  assign scan      = (Sparse == 0) && post_q;
  assign load      = scan ? LeftWidth'(neurons_used_i) + LeftWidth'(sources_used_i)
                          : LeftWidth'(head_count_i);
  assign scan_jump = scan && (address_o == AddressWidth'(neurons_used_i) - 1'b1);
  // The address jumps or counts on; the unused addend makes counting fit into the cells of the choice.
  assign jump         = take || scan_jump;
  assign address_next = address_o + {AddressWidth{jump}} + 1'b1;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_o <= 1'b0;
    else if (take) valid_o <= load != '0;
    else if (ready_i && last) valid_o <= 1'b0;
  end

  always_ff @(posedge clk_i) begin
    if (take || (valid_o && ready_i)) begin
      address_o <= jump ? (take ? (scan ? '0 : head_base_i) : AddressWidth'(Neurons)) : address_next;
    end
    if (take) begin
      left_q    <= load;
      target_o  <= scan ? row_q[NeuronWidth-1:0] : head_first_i;
      source_o  <= source_q;
    end else if (valid_o && ready_i) begin
      left_q    <= left_q - 1'b1;
      if (!scan) target_o <= target_o + 1'b1;
    end
  end

  assign post_o = post_q;
  assign busy_o = (state_q != StIdle) || valid_o;

endmodule

`default_nettype wire
