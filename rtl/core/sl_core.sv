// SPDX-License-Identifier: Apache-2.0
/// The emulator core: time-multiplexed LIF neurons, event-driven synapses, pair STDP.
`default_nettype none

module sl_core #(
  // rtl/configs.json has the named configurations; the defaults are `sim`.
  parameter int unsigned Neurons           = 8192,
  parameter int unsigned Sources           = 4096,
  parameter int unsigned SynapseWords      = 4194304,
  parameter int unsigned SparseRows        = 1,
  parameter int unsigned ColumnEntries     = 4194304,
  parameter int unsigned ParameterSets     = 4096,
  parameter int unsigned MembraneWidth     = 24,
  parameter int unsigned CurrentWidth      = 24,
  parameter int unsigned AccumulatorWidth  = 24,
  parameter int unsigned WeightFraction    = 6,
  parameter int unsigned BiasWidth         = 24,
  parameter int unsigned TraceWidth        = 16,
  parameter int unsigned CounterWidth      = 64,
  parameter int unsigned ConfigurationHash = 0
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  // token in
  input  logic        token_valid_i,
  output logic        token_ready_o,
  input  logic [1:0]  token_kind_i,       // sl_core_pkg::token_kind_e
  input  logic [31:0] token_data_i,
  // event out; payload stable while valid and not ready
  output logic        event_valid_o,
  input  logic        event_ready_i,
  output logic        event_kind_o,       // sl_core_pkg::event_kind_e
  output logic [31:0] event_data_o,
  // bus: one outstanding request; every request, write or read, gets one response
  input  logic        bus_req_valid_i,
  output logic        bus_req_ready_o,
  input  logic        bus_req_write_i,
  input  logic [31:0] bus_req_address_i,
  input  logic [31:0] bus_req_data_i,
  output logic        bus_rsp_valid_o,
  input  logic        bus_rsp_ready_i,
  output logic [31:0] bus_rsp_data_o,
  output logic        bus_rsp_fault_o,
  // side view for the link, no handshake
  output logic [4:0]  status_o,           // status register
  output logic [31:0] tick_o,             // next tick to run
  output logic [$clog2(Neurons):0] neurons_used_o,
  output logic        free_running_o,
  output logic        busy_o              // a tick, a row walk or a bus access is under way
);

  localparam int unsigned NeuronWidth  = $clog2(Neurons);
  localparam int unsigned SourceWidth  = $clog2(Sources);
  localparam int unsigned Rows         = Neurons + Sources;
  localparam int unsigned RowWidth     = $clog2(Rows);
  localparam int unsigned AddressWidth = $clog2(SynapseWords);
  localparam int unsigned CountWidth   = (SparseRows != 0) ? AddressWidth + 1 : NeuronWidth + 1;
  localparam int unsigned SetWidth     = $clog2(ParameterSets);
  localparam int unsigned Compact      = (SparseRows != 0) ? 0 : 1;  // fewer cells for more clocks
  localparam int unsigned WordWidth    = sl_core_pkg::WeightBits + WeightFraction + 5
                                         + ((SparseRows != 0) ? NeuronWidth : 0);

  if ((Neurons & (Neurons - 1)) != 0 || Neurons < 4) begin : g_neurons
    $error("sl_core: Neurons must be a power of two, at least 4");
  end
  if ((Sources & (Sources - 1)) != 0 || Sources < 2) begin : g_sources
    $error("sl_core: Sources must be a power of two, at least 2");
  end
  if (SparseRows != 0 && (ColumnEntries == 0 || ColumnEntries > SynapseWords)) begin : g_columns
    $error("sl_core: a sparse core needs 1..SynapseWords column entries");
  end
  if (WordWidth > 32 || ParameterSets < 2 || WeightFraction < 1 || CounterWidth < 32) begin : g_widths
    $error("sl_core: a parameter is out of range");
  end

  // ---- clocks ------------------------------------------------------------------------------------
  // Each unit stands still while it has nothing to do.
  logic clk_border, clk_neurons, clk_synapses;

  sl_clock_gate i_border_gate (
    .clk_i, .clk_o(clk_border),
    .enable_i(host_wanted || spike_valid || end_valid || event_valid_o || input_taken || (fault != '0)
              || free_running || !rst_ni)
  );
  sl_clock_gate i_neuron_gate (
    .clk_i, .enable_i(host || neurons_busy || start_neurons || !rst_ni), .clk_o(clk_neurons)
  );
  sl_clock_gate i_synapse_gate (
    .clk_i, .enable_i(host || synapses_busy || start_synapses || source_valid || !rst_ni), .clk_o(clk_synapses)
  );

  // ---- host: bus, registers, clear ---------------------------------------------------------------
  logic        host_wanted, host, host_read, clear_states, clear_rows, clear_sums, clear, refused;
  logic        address_fault, idle, host_hold, counters_ready;
  logic [3:0]  region, field;
  logic [9:0]  write;
  logic [27:0] element;
  logic [31:0] host_data, word, register;
  logic [10:0] count;
  logic [4:0]  fault;

  logic [NeuronWidth:0] neurons_used;
  logic [SourceWidth:0] sources_used;
  logic                 plasticity, free_running;

  assign neurons_used_o = neurons_used;
  assign free_running_o = free_running;
  logic [15:0]          plus_decay, minus_decay;
  logic [11:0]          a_plus, a_minus;
  logic [7:0]           w_min, w_max;
  logic [31:0]          tick_period;

  sl_host #(
    .Neurons(Neurons), .Sources(Sources), .SynapseWords(SynapseWords),
    .ColumnEntries(ColumnEntries), .ParameterSets(ParameterSets), .Compact(Compact)
  ) i_host (
    .clk_i(clk_border), .rst_ni,
    .req_valid_i    (bus_req_valid_i),
    .req_ready_o    (bus_req_ready_o),
    .req_write_i    (bus_req_write_i),
    .req_address_i  (bus_req_address_i),
    .req_data_i     (bus_req_data_i),
    .rsp_valid_o    (bus_rsp_valid_o),
    .rsp_ready_i    (bus_rsp_ready_i),
    .rsp_data_o     (bus_rsp_data_o),
    .rsp_fault_o    (bus_rsp_fault_o),
    .idle_i         (idle),
    .wanted_o       (host_wanted),
    .active_o       (host),
    .read_o         (host_read),
    .hold_o         (host_hold),
    .counters_ready_i(counters_ready),
    .region_o       (region),
    .field_o        (field),
    .element_o      (element),
    .data_o         (host_data),
    .write_o        (write),
    .clear_states_o (clear_states),
    .clear_rows_o   (clear_rows),
    .clear_sums_o   (clear_sums),
    .clear_o        (clear),
    .refused_i      (refused),
    .word_i         (word),
    .address_fault_o(address_fault)
  );

  sl_registers #(
    .Neurons(Neurons), .Sources(Sources), .ConfigurationHash(ConfigurationHash)
  ) i_registers (
    .clk_i(clk_border), .rst_ni,
    .clear_i       (clear),
    .we_i          (write[sl_core_pkg::RegionControl]),
    .index_i       (element[5:0]),
    .data_i        (host_data),
    .refused_o     (refused),
    .data_o        (register),
    .tick_i        (tick_o),
    .fault_i       (fault),
    .status_o,
    .neurons_used_o(neurons_used),
    .sources_used_o(sources_used),
    .plasticity_o  (plasticity),
    .plus_decay_o  (plus_decay),
    .minus_decay_o (minus_decay),
    .a_plus_o      (a_plus),
    .a_minus_o     (a_minus),
    .w_min_o       (w_min),
    .w_max_o       (w_max),
    .tick_period_o (tick_period),
    .free_running_o(free_running)
  );

  // ---- control -----------------------------------------------------------------------------------
  logic                   source_valid, source_ready, start_neurons, start_synapses, start_post;
  logic                   neurons_busy, synapses_busy, spiked, end_valid, end_ready;
  logic                   input_taken, late, no_row, overrun, saturated;
  logic [RowWidth-1:0]    source_row;
  logic [NeuronWidth:0]   spikes;
  logic [3:0]             slot;

  sl_control #(.Neurons(Neurons), .Sources(Sources)) i_control (
    .clk_i, .clk_border_i(clk_border), .rst_ni,
    .clear_i         (clear),
    .token_valid_i, .token_ready_o, .token_kind_i, .token_data_i,
    .free_running_i  (free_running),
    .tick_period_i   (tick_period),
    .plasticity_i    (plasticity),
    .sources_used_i  (sources_used),
    .host_wanted_i   (host_wanted),
    .idle_o          (idle),
    .source_valid_o  (source_valid),
    .source_ready_i  (source_ready),
    .source_row_o    (source_row),
    .start_neurons_o (start_neurons),
    .start_synapses_o(start_synapses),
    .start_post_o    (start_post),
    .neurons_busy_i  (neurons_busy),
    .synapses_busy_i (synapses_busy),
    .spike_i         (spiked_listed),
    .spikes_o        (spikes),
    .end_valid_o     (end_valid),
    .end_ready_i     (end_ready),
    .tick_o,
    .slot_o          (slot),
    .input_o         (input_taken),
    .late_o          (late),
    .no_row_o        (no_row),
    .overrun_o       (overrun)
  );

  assign busy_o = !idle || host;

  // ---- neurons -----------------------------------------------------------------------------------
  logic                        neuron_read, neuron_row_read, row_decay, late_read, neuron_write;
  logic                        set_want, set_ready, spiked_listed;
  logic [NeuronWidth-1:0]      neuron, late_neuron, written_neuron;
  logic [RowWidth-1:0]         neuron_row;
  logic [MembraneWidth-1:0]    v, v_next, threshold, v_reset;
  logic [CurrentWidth-1:0]     i, i_next;
  logic [7:0]                  refractory, refractory_next, set_refractory;
  logic [TraceWidth-1:0]       post_trace, post_trace_next;
  logic [SetWidth-1:0]         set, set_next;
  logic [AccumulatorWidth-1:0] sum;
  logic [BiasWidth-1:0]        bias;
  logic [15:0]                 current_decay, membrane_decay;
  logic [3:0]                  input_shift;
  logic                        reset_subtracts;

  sl_neuron_unit #(
    .Neurons(Neurons), .Sources(Sources), .MembraneWidth(MembraneWidth),
    .CurrentWidth(CurrentWidth), .AccumulatorWidth(AccumulatorWidth), .BiasWidth(BiasWidth),
    .TraceWidth(TraceWidth), .SetWidth(SetWidth), .Compact(Compact)
  ) i_neurons (
    .clk_i(clk_neurons), .rst_ni, .start_i(start_neurons), .busy_o(neurons_busy), .plastic_i(plasticity),
    .neurons_used_i(neurons_used), .sources_used_i(sources_used), .minus_decay_i(minus_decay),
    .read_o(neuron_read), .index_o(neuron), .row_read_o(neuron_row_read), .row_o(neuron_row),
    .row_decay_o(row_decay), .set_want_o(set_want), .set_ready_i(set_ready),
    .read_late_o(late_read), .index_late_o(late_neuron), .v_i(v), .i_i(i),
    .refractory_i(refractory), .trace_i(post_trace), .set_i(set), .sum_i(sum), .bias_i(bias),
    .current_decay_i(current_decay), .membrane_decay_i(membrane_decay), .threshold_i(threshold),
    .v_reset_i(v_reset), .input_shift_i(input_shift), .reset_subtracts_i(reset_subtracts),
    .set_refractory_i(set_refractory), .write_o(neuron_write), .write_index_o(written_neuron),
    .v_o(v_next), .i_o(i_next), .refractory_o(refractory_next), .trace_o(post_trace_next),
    .set_o(set_next), .spike_o(spiked)
  );

  // The list of neurons that fired is written as they come; with Compact a clock later, when the memory
  // that it shares is free.
  if (Compact != 0) begin : g_list_later
    always_ff @(posedge clk_i) begin
      if (!rst_ni) spiked_listed <= 1'b0;
      else spiked_listed <= spiked;
    end
  end else begin : g_list_now
    assign spiked_listed = spiked;
  end

  // ---- synapses ----------------------------------------------------------------------------------
  logic                        synapse_row_read, row_bump, row_plastic, target_read, sum_write;
  logic                        walked, synaptic_event, weight_update, spike_valid, spike_ready;
  logic                        list_read;
  logic [NeuronWidth-1:0]      list_index, list_neuron;
  logic [RowWidth-1:0]         synapse_row;
  logic [AddressWidth-1:0]     row_base, column_base, entry_synapse;
  logic [CountWidth-1:0]       row_count, column_count;
  logic [NeuronWidth-1:0]      row_first, target, sum_target, spike_neuron;
  logic [TraceWidth-1:0]       pre_trace;
  logic [3:0]                  target_slot, sum_slot;
  logic [AccumulatorWidth-1:0] sum_next;
  logic [WordWidth-1:0]        synapse;
  logic [RowWidth-1:0]         entry_row;

  sl_synapse_unit #(
    .Neurons(Neurons), .Sources(Sources), .SynapseWords(SynapseWords), .Sparse(SparseRows),
    .ColumnEntries(ColumnEntries), .AccumulatorWidth(AccumulatorWidth),
    .WeightFraction(WeightFraction), .TraceWidth(TraceWidth), .CountWidth(CountWidth)
  ) i_synapses (
    .clk_i(clk_synapses), .rst_ni, .source_valid_i(source_valid), .source_ready_o(source_ready),
    .source_row_i(source_row), .start_i(start_synapses), .start_post_i(start_post),
    .spikes_i(spikes), .neurons_used_i(neurons_used), .sources_used_i(sources_used),
    .busy_o(synapses_busy), .spike_valid_o(spike_valid), .spike_ready_i(spike_ready),
    .spike_neuron_o(spike_neuron), .list_read_o(list_read), .list_index_o(list_index),
    .list_neuron_i(list_neuron), .plasticity_i(plasticity), .a_plus_i(a_plus), .a_minus_i(a_minus),
    .w_min_i(w_min), .w_max_i(w_max), .slot_i(slot), .row_read_o(synapse_row_read),
    .row_o(synapse_row), .row_bump_o(row_bump), .row_base_i(row_base), .row_count_i(row_count),
    .row_first_i(row_first), .row_plastic_i(row_plastic), .row_trace_i(pre_trace),
    .target_read_o(target_read), .target_o(target), .target_slot_o(target_slot), .sum_i(sum),
    .post_trace_i(post_trace), .sum_write_o(sum_write), .sum_target_o(sum_target),
    .sum_slot_o(sum_slot), .sum_o(sum_next), .walked_o(walked), .event_o(synaptic_event),
    .update_o(weight_update), .saturated_o(saturated), .host_active_i(host),
    .host_element_i(element), .host_data_i(host_data),
    .host_synapse_we_i(write[sl_core_pkg::RegionSynapse]),
    .host_column_we_i({write[sl_core_pkg::RegionColumn] && field[0], write[sl_core_pkg::RegionColumn] && !field[0]} | {2{clear_rows}}),
    .host_entry_we_i({write[sl_core_pkg::RegionColumnEntry] && field[0], write[sl_core_pkg::RegionColumnEntry] && !field[0]}),
    .host_synapse_o(synapse), .host_column_base_o(column_base), .host_column_count_o(column_count),
    .host_entry_row_o(entry_row), .host_entry_synapse_o(entry_synapse)
  );

  // ---- memories ----------------------------------------------------------------------------------
  sl_memories #(
    .Neurons(Neurons), .Sources(Sources), .SynapseWords(SynapseWords), .SparseRows(SparseRows),
    .ParameterSets(ParameterSets), .MembraneWidth(MembraneWidth), .CurrentWidth(CurrentWidth),
    .AccumulatorWidth(AccumulatorWidth), .WeightFraction(WeightFraction), .BiasWidth(BiasWidth),
    .TraceWidth(TraceWidth), .CounterWidth(CounterWidth)
  ) i_memories (
    .clk_i, .clk_neurons_i(clk_neurons), .clk_synapses_i(clk_synapses), .clk_border_i(clk_border),
    .rst_ni, .host_i(host), .host_read_i(host_read), .host_hold_i(host_hold),
    .counters_ready_o(counters_ready), .region_i(region), .field_i(field), .element_i(element),
    .host_data_i(host_data), .write_i(write), .clear_states_i(clear_states),
    .clear_rows_i(clear_rows), .clear_sums_i(clear_sums), .clear_i(clear), .register_i(register),
    .synapse_i(synapse), .column_base_i(column_base), .column_count_i(column_count),
    .entry_row_i(entry_row), .entry_synapse_i(entry_synapse), .word_o(word),
    .neuron_read_i(neuron_read), .neuron_i(neuron), .neuron_row_read_i(neuron_row_read),
    .neuron_row_i(neuron_row), .row_decay_i(row_decay), .plus_decay_i(plus_decay),
    .set_want_i(set_want), .set_ready_o(set_ready), .late_read_i(late_read),
    .late_neuron_i(late_neuron), .slot_i(slot), .v_o(v), .i_o(i), .refractory_o(refractory),
    .post_trace_o(post_trace), .set_o(set), .sum_o(sum), .bias_o(bias),
    .current_decay_o(current_decay), .membrane_decay_o(membrane_decay), .threshold_o(threshold),
    .v_reset_o(v_reset), .input_shift_o(input_shift), .reset_subtracts_o(reset_subtracts),
    .set_refractory_o(set_refractory), .neuron_write_i(neuron_write),
    .written_neuron_i(written_neuron), .v_next_i(v_next), .i_next_i(i_next),
    .refractory_next_i(refractory_next), .post_trace_next_i(post_trace_next), .set_next_i(set_next),
    .spiked_listed_i(spiked_listed), .list_end_i(spikes[NeuronWidth-1:0]),
    .synapse_row_read_i(synapse_row_read), .synapse_row_i(synapse_row), .row_bump_i(row_bump),
    .row_base_o(row_base), .row_count_o(row_count), .row_first_o(row_first),
    .row_plastic_o(row_plastic), .pre_trace_o(pre_trace), .target_read_i(target_read),
    .target_i(target), .target_slot_i(target_slot), .sum_write_i(sum_write),
    .sum_target_i(sum_target), .sum_slot_i(sum_slot), .sum_next_i(sum_next),
    .list_read_i(list_read), .list_index_i(list_index), .list_neuron_o(list_neuron), .count_i(count)
  );

  // ---- events ------------------------------------------------------------------------------------
  logic event_ready;

  assign spike_ready = event_ready;
  assign end_ready   = event_ready;

  sl_stream_register #(.Width(33)) i_event (
    .clk_i(clk_border), .rst_ni,
    .valid_i(spike_valid || end_valid),
    .ready_o(event_ready),
    .data_i (end_valid ? {sl_core_pkg::EventTickEnd, tick_o}
                       : {sl_core_pkg::EventSpike, 32'(spike_neuron)}),
    .valid_o(event_valid_o),
    .ready_i(event_ready_i),
    .data_o ({event_kind_o, event_data_o})
  );

  // ---- status and activity -----------------------------------------------------------------------
  assign fault[sl_core_pkg::StatusLate]      = late;
  assign fault[sl_core_pkg::StatusSaturated] = saturated;
  assign fault[sl_core_pkg::StatusAddress]   = address_fault;
  assign fault[sl_core_pkg::StatusNoRow]     = no_row;
  assign fault[sl_core_pkg::StatusOverrun]   = overrun;

  assign count = {
    !idle,                             // busy clocks
    walked,                            // row walks
    late,                              // late input events
    input_taken,                       // input events
    event_valid_o && !event_ready_i,   // stalled clocks
    neuron_write,                      // neuron updates
    weight_update,
    synaptic_event,
    spiked,
    end_valid && end_ready,            // ticks
    1'b1                               // clocks
  };

endmodule

`default_nettype wire
