// SPDX-License-Identifier: Apache-2.0
/// Everything that walks synapses: row walker, synapse memory, column search, synapse pipeline. One
/// synapse a clock within a row; with a single-ported synapse memory (span cores) 2 clocks for one
/// that learns.
`default_nettype none

module sl_synapse_unit #(
  parameter  int unsigned Neurons          = 256,
  parameter  int unsigned Sources          = 256,
  parameter  int unsigned SynapseWords     = 65536,
  parameter  int unsigned Sparse           = 0,
  parameter  int unsigned ColumnEntries    = 0,
  parameter  int unsigned AccumulatorWidth = 16,
  parameter  int unsigned WeightFraction   = 3,
  parameter  int unsigned TraceWidth       = 14,
  parameter  int unsigned CountWidth       = 9,
  localparam int unsigned NeuronWidth      = $clog2(Neurons),
  localparam int unsigned RowWidth         = $clog2(Neurons + Sources),
  localparam int unsigned SourceCount      = $clog2(Sources) + 1,
  localparam int unsigned AddressWidth     = $clog2(SynapseWords),
  localparam int unsigned WordWidth        = sl_core_pkg::WeightBits + WeightFraction + 5
                                             + ((Sparse != 0) ? NeuronWidth : 0)
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  // control
  input  logic                        source_valid_i,
  output logic                        source_ready_o,
  input  logic [RowWidth-1:0]         source_row_i,
  input  logic                        start_i,
  input  logic                        start_post_i,
  input  logic [NeuronWidth:0]        spikes_i,
  input  logic [NeuronWidth:0]        neurons_used_i,
  input  logic [SourceCount-1:0]      sources_used_i,
  output logic                        busy_o,
  output logic                        spike_valid_o,
  input  logic                        spike_ready_i,
  output logic [NeuronWidth-1:0]      spike_neuron_o,
  output logic                        list_read_o,
  output logic [NeuronWidth-1:0]      list_index_o,
  input  logic [NeuronWidth-1:0]      list_neuron_i,
  // the STDP rule
  input  logic                        plasticity_i,
  input  logic [11:0]                 a_plus_i,
  input  logic [11:0]                 a_minus_i,
  input  logic [7:0]                  w_min_i,
  input  logic [7:0]                  w_max_i,
  input  logic [3:0]                  slot_i,
  // rows
  output logic                        row_read_o,
  output logic [RowWidth-1:0]         row_o,
  output logic                        row_bump_o,
  input  logic [AddressWidth-1:0]     row_base_i,
  input  logic [CountWidth-1:0]       row_count_i,
  input  logic [NeuronWidth-1:0]      row_first_i,
  input  logic                        row_plastic_i,
  input  logic [TraceWidth-1:0]       row_trace_i,
  // targets
  output logic                        target_read_o,
  output logic [NeuronWidth-1:0]      target_o,
  output logic [3:0]                  target_slot_o,
  input  logic [AccumulatorWidth-1:0] sum_i,
  input  logic [TraceWidth-1:0]       post_trace_i,
  output logic                        sum_write_o,
  output logic [NeuronWidth-1:0]      sum_target_o,
  output logic [3:0]                  sum_slot_o,
  output logic [AccumulatorWidth-1:0] sum_o,
  // activity
  output logic                        walked_o,
  output logic                        event_o,
  output logic                        update_o,
  output logic                        saturated_o,
  // host, only while not busy
  input  logic                        host_active_i,
  input  logic [27:0]                 host_element_i,
  input  logic [31:0]                 host_data_i,
  input  logic                        host_synapse_we_i,
  input  logic [1:0]                  host_column_we_i,  // base, count
  input  logic [1:0]                  host_entry_we_i,   // row, synapse
  output logic [WordWidth-1:0]        host_synapse_o,
  output logic [AddressWidth-1:0]     host_column_base_o,
  output logic [CountWidth-1:0]       host_column_count_o,
  output logic [RowWidth-1:0]         host_entry_row_o,
  output logic [AddressWidth-1:0]     host_entry_synapse_o
);

  logic                    pipe_valid, pipe_busy, word_free;
  logic                    head_read, column_read, post;
  logic [RowWidth-1:0]     head_row;
  logic [AddressWidth-1:0] head_base;
  logic [CountWidth-1:0]   head_count;
  logic                    walk_valid, walk_ready, walk_source;
  logic [AddressWidth-1:0] walk_address;
  logic [NeuronWidth-1:0]  walk_target;
  logic [AddressWidth-1:0] post_address;  // of the synapse found in phase C
  logic                    post_valid, post_row_read;
  logic [RowWidth-1:0]     post_row;
  logic [TraceWidth-1:0]   pre_trace;
  logic [WordWidth-1:0]    word, word_back;
  logic                    word_write;
  logic [AddressWidth-1:0] word_address, synapse_address;

  sl_row_walker #(
    .Neurons(Neurons), .Sources(Sources), .AddressWidth(AddressWidth), .CountWidth(CountWidth),
    .Sparse(Sparse)
  ) i_walker (
    .clk_i, .rst_ni, .source_valid_i, .source_ready_o, .source_row_i, .start_i, .start_post_i,
    .spikes_i, .neurons_used_i, .sources_used_i,
    .pipe_busy_i    (pipe_busy),
    .busy_o         (walk_busy),
    .post_o         (post),
    .list_read_o, .list_index_o, .list_neuron_i,
    .head_read_o    (head_read),
    .column_read_o  (column_read),
    .head_row_o     (head_row),
    .head_base_i    (head_base),
    .head_count_i   (head_count),
    .head_first_i   (row_first_i),
    .walked_o, .spike_valid_o, .spike_ready_i, .spike_neuron_o,
    .valid_o        (walk_valid),
    .ready_i        (walk_ready),
    .address_o      (walk_address),
    .target_o       (walk_target),
    .source_o       (walk_source)
  );

  logic walk_busy, post_busy;

  assign row_bump_o = walked_o && plasticity_i;
  assign row_read_o = head_read || post_row_read;
  assign row_o      = head_read ? head_row : post_row;
  assign pipe_valid = post ? post_valid : (walk_valid && word_free);
  assign busy_o     = walk_busy || post_busy || pipe_busy;

  if (Sparse != 0) begin : g_sparse
    // Phase C: the entries of the neuron's column.
    localparam int unsigned EntryAddress = $clog2(ColumnEntries);

    logic                    found_q, entry_read;
    logic [AddressWidth-1:0] column_base;
    logic [CountWidth-1:0]   column_count;

    assign entry_read    = walk_valid && post;
    assign walk_ready    = 1'b1;
    assign word_free     = 1'b1;
    assign head_base     = post ? column_base : row_base_i;
    assign head_count    = post ? column_count : row_count_i;
    assign post_valid    = found_q;
    assign post_row_read = found_q;
    assign post_busy     = found_q;
    assign pre_trace     = row_trace_i;

    always_ff @(posedge clk_i) begin
      if (!rst_ni) found_q <= 1'b0;
      else found_q <= entry_read;
    end

    sl_column_memory #(
      .Neurons(Neurons), .Entries(ColumnEntries), .RowWidth(RowWidth), .AddressWidth(AddressWidth),
      .CountWidth(CountWidth)
    ) i_columns (
      .clk_i,
      .head_re_i     (column_read || host_active_i),
      .head_i        (host_active_i ? host_element_i[NeuronWidth-1:0] : list_neuron_i),
      .base_o        (column_base),
      .count_o       (column_count),
      .entry_re_i    (entry_read || host_active_i),
      .entry_i       (host_active_i ? host_element_i[EntryAddress-1:0]
                                    : walk_address[EntryAddress-1:0]),
      .row_o         (post_row),
      .synapse_o     (post_address),
      .host_base_i   (host_column_we_i[0]),
      .host_count_i  (host_column_we_i[1]),
      .host_row_i    (host_entry_we_i[0]),
      .host_synapse_i(host_entry_we_i[1]),
      .host_data_i
    );

    assign host_column_base_o   = column_base;
    assign host_column_count_o  = column_count;
    assign host_entry_row_o     = post_row;
    assign host_entry_synapse_o = post_address;
  end else begin : g_span
    // Phase C: look at one row header a clock; a hit waits for the synapse memory's port.
    logic                   seen_q, hit, hold, look;
    logic [NeuronWidth-1:0] seen_target_q, offset;
    logic [TraceWidth-1:0]  hit_trace_q;

    assign word_free     = !word_write;
    assign look          = walk_valid && post && !hold;
    assign walk_ready    = post ? !hold : word_free;
    assign head_base     = row_base_i;
    assign head_count    = row_count_i;
    assign post_row_read = look;
    assign post_row      = walk_address[RowWidth-1:0];
    assign offset        = seen_target_q - row_first_i;
    assign hit           = seen_q && row_plastic_i && (seen_target_q >= row_first_i)
                           && (CountWidth'(offset) < row_count_i);
    assign hold          = hit && !word_free;
    assign post_valid    = hit && word_free;
    assign post_address  = row_base_i + AddressWidth'(offset);
    assign post_busy     = seen_q;
    assign pre_trace     = hit_trace_q;

    always_ff @(posedge clk_i) begin
      if (!rst_ni) seen_q <= 1'b0;
      else if (!hold) seen_q <= look;
    end

    always_ff @(posedge clk_i) begin
      if (look) seen_target_q <= walk_target;
      if (post_valid) hit_trace_q <= row_trace_i;
    end

    assign host_column_base_o   = '0;
    assign host_column_count_o  = '0;
    assign host_entry_row_o     = '0;
    assign host_entry_synapse_o = '0;
  end

  assign synapse_address = post ? post_address : walk_address;

  sl_synapse_memory #(.Words(SynapseWords), .Width(WordWidth), .SinglePort((Sparse != 0) ? 0 : 1)) i_synapses (
    .clk_i,
    .re_i   (pipe_valid || host_active_i),
    .raddr_i(host_active_i ? host_element_i[AddressWidth-1:0] : synapse_address),
    .rdata_o(word),
    .we_i   (word_write || host_synapse_we_i),
    .waddr_i(host_active_i ? host_element_i[AddressWidth-1:0] : word_address),
    .wdata_i(host_active_i ? host_data_i[WordWidth-1:0] : word_back)
  );

  assign host_synapse_o = word;

  sl_synapse_pipe #(
    .Neurons(Neurons), .AddressWidth(AddressWidth), .WordWidth(WordWidth), .Sparse(Sparse),
    .AccumulatorWidth(AccumulatorWidth), .WeightFraction(WeightFraction), .TraceWidth(TraceWidth)
  ) i_pipe (
    .clk_i, .rst_ni, .plasticity_i, .a_plus_i, .a_minus_i, .w_min_i, .w_max_i, .slot_i,
    .valid_i       (pipe_valid),
    .address_i     (synapse_address),
    .post_i        (post),
    .source_i      (walk_source),
    .target_i      (walk_target),
    .word_i        (word),
    .pre_trace_i   (pre_trace),
    .read_o        (target_read_o),
    .target_o,
    .slot_o        (target_slot_o),
    .sum_i, .post_trace_i, .sum_write_o, .sum_target_o, .sum_slot_o, .sum_o,
    .word_write_o  (word_write),
    .word_address_o(word_address),
    .word_o        (word_back),
    .busy_o        (pipe_busy),
    .event_o, .update_o, .saturated_o
  );

endmodule

`default_nettype wire
