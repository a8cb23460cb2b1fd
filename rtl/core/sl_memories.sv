// SPDX-License-Identifier: Apache-2.0
/// All memories but the synapses', and who has them: the host while it is served, else the neuron unit in
/// phase B, else the synapse unit. Combinational but for the memories' read latency of 1 clock.
`default_nettype none

module sl_memories #(
  parameter  int unsigned Neurons          = 256,
  parameter  int unsigned Sources          = 256,
  parameter  int unsigned SynapseWords     = 65536,
  parameter  int unsigned SparseRows       = 0,
  parameter  int unsigned ParameterSets    = 4,
  parameter  int unsigned MembraneWidth    = 16,
  parameter  int unsigned CurrentWidth     = 16,
  parameter  int unsigned AccumulatorWidth = 16,
  parameter  int unsigned WeightFraction   = 3,
  parameter  int unsigned BiasWidth        = 16,
  parameter  int unsigned TraceWidth       = 14,
  parameter  int unsigned CounterWidth     = 32,
  localparam int unsigned NeuronWidth      = $clog2(Neurons),
  localparam int unsigned RowWidth         = $clog2(Neurons + Sources),
  localparam int unsigned AddressWidth     = $clog2(SynapseWords),
  localparam int unsigned CountWidth       = ((SparseRows != 0) ? AddressWidth : NeuronWidth) + 1,
  localparam int unsigned SetWidth         = $clog2(ParameterSets),
  localparam int unsigned WordWidth        = sl_core_pkg::WeightBits + WeightFraction + 5
                                             + ((SparseRows != 0) ? NeuronWidth : 0)
) (
  input  logic                        clk_i,
  input  logic                        clk_neurons_i,  // runs in phase B and for the host
  input  logic                        clk_synapses_i, // runs in phases A, C, D and for the host
  input  logic                        clk_border_i,   // runs for input, output and the host
  input  logic                        rst_ni,
  // host
  input  logic                        host_i,
  input  logic                        host_read_i,
  input  logic                        host_hold_i,
  output logic                        counters_ready_o,
  input  logic [3:0]                  region_i,
  input  logic [3:0]                  field_i,
  input  logic [27:0]                 element_i,
  input  logic [31:0]                 host_data_i,
  input  logic [9:0]                  write_i,
  input  logic                        clear_states_i,
  input  logic                        clear_rows_i,
  input  logic                        clear_sums_i,
  input  logic                        clear_i,
  input  logic [31:0]                 register_i,
  input  logic [WordWidth-1:0]        synapse_i,
  input  logic [AddressWidth-1:0]     column_base_i,
  input  logic [CountWidth-1:0]       column_count_i,
  input  logic [RowWidth-1:0]         entry_row_i,
  input  logic [AddressWidth-1:0]     entry_synapse_i,
  output logic [31:0]                 word_o,
  // neuron unit
  input  logic                        neuron_read_i,
  input  logic [NeuronWidth-1:0]      neuron_i,
  input  logic                        neuron_row_read_i,
  input  logic [RowWidth-1:0]         neuron_row_i,
  input  logic                        row_decay_i,
  input  logic [15:0]                 plus_decay_i,
  input  logic                        set_want_i,
  output logic                        set_ready_o,
  input  logic                        late_read_i,
  input  logic [NeuronWidth-1:0]      late_neuron_i,
  input  logic [3:0]                  slot_i,
  output logic [MembraneWidth-1:0]    v_o,
  output logic [CurrentWidth-1:0]     i_o,
  output logic [7:0]                  refractory_o,
  output logic [TraceWidth-1:0]       post_trace_o,
  output logic [SetWidth-1:0]         set_o,
  output logic [AccumulatorWidth-1:0] sum_o,
  output logic [BiasWidth-1:0]        bias_o,
  output logic [15:0]                 current_decay_o,
  output logic [15:0]                 membrane_decay_o,
  output logic [MembraneWidth-1:0]    threshold_o,
  output logic [MembraneWidth-1:0]    v_reset_o,
  output logic [3:0]                  input_shift_o,
  output logic                        reset_subtracts_o,
  output logic [7:0]                  set_refractory_o,
  input  logic                        neuron_write_i,
  input  logic [NeuronWidth-1:0]      written_neuron_i,
  input  logic [MembraneWidth-1:0]    v_next_i,
  input  logic [CurrentWidth-1:0]     i_next_i,
  input  logic [7:0]                  refractory_next_i,
  input  logic [TraceWidth-1:0]       post_trace_next_i,
  input  logic [SetWidth-1:0]         set_next_i,
  input  logic                        spiked_listed_i,
  input  logic [NeuronWidth-1:0]      list_end_i,
  // synapse unit
  input  logic                        synapse_row_read_i,
  input  logic [RowWidth-1:0]         synapse_row_i,
  input  logic                        row_bump_i,
  output logic [AddressWidth-1:0]     row_base_o,
  output logic [CountWidth-1:0]       row_count_o,
  output logic [NeuronWidth-1:0]      row_first_o,
  output logic                        row_plastic_o,
  output logic [TraceWidth-1:0]       pre_trace_o,
  input  logic                        target_read_i,
  input  logic [NeuronWidth-1:0]      target_i,
  input  logic [3:0]                  target_slot_i,
  input  logic                        sum_write_i,
  input  logic [NeuronWidth-1:0]      sum_target_i,
  input  logic [3:0]                  sum_slot_i,
  input  logic [AccumulatorWidth-1:0] sum_next_i,
  input  logic                        list_read_i,
  input  logic [NeuronWidth-1:0]      list_index_i,
  output logic [NeuronWidth-1:0]      list_neuron_o,
  // activity
  input  logic [10:0]                 count_i
);

  localparam int unsigned Rows    = Neurons + Sources;
  localparam int unsigned Compact = (SparseRows != 0) ? 0 : 1;

  logic        counter_read;
  logic [4:0]  counter_word;
  logic [31:0] counter;

  assign counter_read = (region_i == sl_core_pkg::RegionControl)
                        && (element_i[5:0] >= 6'(sl_core_pkg::RegCounters));
  assign counter_word = 5'(element_i[5:0] - 6'(sl_core_pkg::RegCounters));

  logic [RowWidth-1:0] row;

  assign row = host_i ? element_i[RowWidth-1:0] : (synapse_row_read_i ? synapse_row_i : neuron_row_i);

  sl_row_memory #(
    .Rows(Rows), .BaseWidth(AddressWidth), .CountWidth(CountWidth), .FirstWidth(NeuronWidth),
    .Sparse(SparseRows), .TraceWidth(TraceWidth)
  ) i_rows (
    .clk_i,
    .re_i        (host_read_i || synapse_row_read_i || neuron_row_read_i),
    .raddr_i     (row),
    .base_o      (row_base_o),
    .count_o     (row_count_o),
    .first_o     (row_first_o),
    .plastic_o   (row_plastic_o),
    .trace_o     (pre_trace_o),
    .plus_decay_i(plus_decay_i),
    .bump_i      (row_bump_i),
    .decay_i     (row_decay_i),
    .host_base_i ((write_i[sl_core_pkg::RegionRow] && !field_i[0]) || clear_rows_i),
    .host_info_i ((write_i[sl_core_pkg::RegionRow] && field_i[0]) || clear_rows_i),
    .host_trace_i(write_i[sl_core_pkg::RegionTrace] || clear_states_i),
    .host_data_i (host_data_i)
  );

  logic [4:0] state_write;

  always_comb begin
    state_write = {5{neuron_write_i}};
    if (host_i) begin
      state_write = {write_i[sl_core_pkg::RegionNeuron] && !field_i[0], {4{clear_states_i}}};
      if (write_i[sl_core_pkg::RegionState]) state_write[3:0] = 4'd1 << field_i[1:0];
    end
  end

  sl_state_memory #(
    .Neurons(Neurons), .MembraneWidth(MembraneWidth), .CurrentWidth(CurrentWidth),
    .TraceWidth(TraceWidth), .SetWidth(SetWidth), .Compact(Compact)
  ) i_states (
    .clk_i,
    .clk_neurons_i,
    .re_i        (host_read_i || neuron_read_i),
    .re_trace_i  (target_read_i),
    .raddr_i     (host_i ? element_i[NeuronWidth-1:0] : (target_read_i ? target_i : neuron_i)),
    .v_o         (v_o),
    .i_o         (i_o),
    .refractory_o(refractory_o),
    .trace_o     (post_trace_o),
    .set_o       (set_o),
    .we_i        (state_write),
    .waddr_i     (host_i ? element_i[NeuronWidth-1:0] : written_neuron_i),
    .v_i         (host_i ? host_data_i[MembraneWidth-1:0] : v_next_i),
    .i_i         (host_i ? host_data_i[CurrentWidth-1:0] : i_next_i),
    .refractory_i(host_i ? host_data_i[7:0] : refractory_next_i),
    .trace_i     (!host_i ? post_trace_next_i : (state_write[3] ? host_data_i[TraceWidth-1:0]
                                                            : post_trace_o)),
    .set_i       (!host_i ? set_next_i : (state_write[4] ? host_data_i[SetWidth-1:0] : set_o)),
    .list_re_i   (list_read_i),
    .list_raddr_i(list_index_i),
    .list_o      (list_neuron_o),
    .list_we_i   (spiked_listed_i),
    .list_waddr_i(list_end_i),
    .list_i      (written_neuron_i)
  );

  sl_input_memory #(
    .Neurons(Neurons), .AccumulatorWidth(AccumulatorWidth), .BiasWidth(BiasWidth),
    .Compact(Compact)
  ) i_inputs (
    .clk_i,
    .clk_neurons_i,
    .re_i        ((host_read_i && (region_i == sl_core_pkg::RegionInput)) || neuron_read_i || target_read_i),
    .raddr_i     (host_i ? element_i[NeuronWidth+3:0]
                       : (target_read_i ? {target_slot_i, target_i} : {slot_i, neuron_i})),
    .sum_o       (sum_o),
    .bias_re_i   ((host_read_i && (region_i == sl_core_pkg::RegionNeuron)) || late_read_i),
    .bias_raddr_i(host_i ? element_i[NeuronWidth-1:0] : late_neuron_i),
    .bias_o      (bias_o),
    .we_i        (write_i[sl_core_pkg::RegionInput] || clear_sums_i || neuron_write_i || sum_write_i),
    .waddr_i     (host_i ? element_i[NeuronWidth+3:0]
                       : (sum_write_i ? {sum_slot_i, sum_target_i} : {slot_i, written_neuron_i})),
    .sum_i       (host_i ? host_data_i[AccumulatorWidth-1:0] : (sum_write_i ? sum_next_i : '0)),
    .bias_we_i   (write_i[sl_core_pkg::RegionNeuron] && field_i[0]),
    .bias_waddr_i(element_i[NeuronWidth-1:0]),
    .bias_i      (host_data_i[BiasWidth-1:0])
  );

  // Parameter sets and counters: in one block RAM with Compact, else apart.
  logic [31:0] set_word;

  if (Compact != 0) begin : g_store
    logic [31:0] store_word;

    sl_compact_store #(.Sets(ParameterSets), .MembraneWidth(MembraneWidth)) i_store (
      .clk_i, .rst_ni,
      .want_i           (set_want_i),
      .set_i            (set_o),
      .ready_o          (set_ready_o),
      .current_decay_o  (current_decay_o),
      .membrane_decay_o (membrane_decay_o),
      .threshold_o      (threshold_o),
      .v_reset_o        (v_reset_o),
      .input_shift_o    (input_shift_o),
      .reset_subtracts_o(reset_subtracts_o),
      .refractory_o     (set_refractory_o),
      .count_i          (count_i),
      .clear_i          (clear_i),
      .host_read_i      (host_read_i),
      .host_hold_i      (host_hold_i),
      .host_counters_i  (counter_read),
      .host_index_i     ({element_i[SetWidth-1:0], field_i[2:0]}),
      .host_counter_i   (counter_word[4:1]),
      .host_we_i        (write_i[sl_core_pkg::RegionSet]),
      .host_data_i      (host_data_i),
      .host_ready_o     (counters_ready_o),
      .host_word_o      (store_word)
    );

    assign counter  = counter_word[0] ? '0 : store_word;
    assign set_word = (field_i[2:0] == 3'd2 || field_i[2:0] == 3'd3) ? 32'($signed(store_word[15:0]))
                                                                 : 32'(store_word[15:0]);
  end else begin : g_apart
    sl_set_memory #(.Sets(ParameterSets), .MembraneWidth(MembraneWidth)) i_sets (
      .clk_i            (clk_neurons_i),
      .re_i             (host_read_i || late_read_i),
      .raddr_i          (host_i ? element_i[SetWidth-1:0] : set_o),
      .current_decay_o  (current_decay_o),
      .membrane_decay_o (membrane_decay_o),
      .threshold_o      (threshold_o),
      .v_reset_o        (v_reset_o),
      .input_shift_o    (input_shift_o),
      .reset_subtracts_o(reset_subtracts_o),
      .refractory_o     (set_refractory_o),
      .we_i             (write_i[sl_core_pkg::RegionSet] ? 5'd1 << field_i[2:0] : '0),
      .waddr_i          (element_i[SetWidth-1:0]),
      .data_i           (host_data_i)
    );

    sl_counters #(.Width(CounterWidth)) i_counters (
      .clk_i, .clk_neurons_i, .clk_synapses_i, .clk_border_i,
      .clear_i(clear_i || !rst_ni),
      .count_i(count_i),
      .re_i   (host_read_i && counter_read),
      .index_i(counter_word[4:1]),
      .high_i (counter_word[0]),
      .data_o (counter)
    );

    assign set_ready_o      = 1'b1;
    assign counters_ready_o = 1'b1;

    always_comb begin
      unique case (field_i[2:0])
        3'd0:    set_word = 32'(current_decay_o);
        3'd1:    set_word = 32'(membrane_decay_o);
        3'd2:    set_word = 32'($signed(threshold_o));
        3'd3:    set_word = 32'($signed(v_reset_o));
        default: set_word = {16'd0, set_refractory_o, 3'd0, reset_subtracts_o, input_shift_o};
      endcase
    end
  end

  // ---- what the host reads -----------------------------------------------------------------------
  always_comb begin
    word_o = '0;
    if (host_i) begin
      unique case (region_i)
        sl_core_pkg::RegionControl: word_o = counter_read ? counter : register_i;
        sl_core_pkg::RegionRow: begin
          if (!field_i[0]) word_o = 32'(row_base_o);
          else if (SparseRows != 0) word_o = {row_plastic_o, 31'(row_count_o)};
          else word_o = {row_plastic_o, 15'(row_count_o), 16'(row_first_o)};
        end
        sl_core_pkg::RegionSynapse: word_o = 32'(synapse_i);
        sl_core_pkg::RegionNeuron:  word_o = field_i[0] ? 32'($signed(bias_o)) : 32'(set_o);
        sl_core_pkg::RegionSet:     word_o = set_word;
        sl_core_pkg::RegionState: begin
          unique case (field_i[1:0])
            2'd0:    word_o = 32'($signed(v_o));
            2'd1:    word_o = 32'($signed(i_o));
            2'd2:    word_o = 32'(refractory_o);
            default: word_o = 32'(post_trace_o);
          endcase
        end
        sl_core_pkg::RegionTrace:       word_o = 32'(pre_trace_o);
        sl_core_pkg::RegionInput:       word_o = 32'($signed(sum_o));
        sl_core_pkg::RegionColumn:      word_o = field_i[0] ? 32'(column_count_i) : 32'(column_base_i);
        sl_core_pkg::RegionColumnEntry: word_o = field_i[0] ? 32'(entry_synapse_i) : 32'(entry_row_i);
        default:                        word_o = '0;
      endcase
    end
  end

endmodule

`default_nettype wire
