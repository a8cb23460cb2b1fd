// SPDX-License-Identifier: Apache-2.0
/// Activity counters in registers, each up by at most one a clock, wrapping at 2^Width. Read latency
/// 1 clock; a counter is read as two words, the upper one is 0 beyond its width.
`default_nettype none

module sl_counters #(
  parameter int unsigned Width = 64
) (
  input  logic        clk_i,
  input  logic        clk_neurons_i,   // each runs when one of its counts may be up
  input  logic        clk_synapses_i,
  input  logic        clk_border_i,
  input  logic        clear_i,
  input  logic [10:0] count_i,
  input  logic        re_i,
  input  logic [3:0]  index_i,
  input  logic        high_i,
  output logic [31:0] data_o
);

  // One name each and no array: simulation is faster.
  logic [Width-1:0] clocks_q;
  logic [Width-1:0] ticks_q;
  logic [Width-1:0] spikes_q;
  logic [Width-1:0] synaptic_events_q;
  logic [Width-1:0] weight_updates_q;
  logic [Width-1:0] neuron_updates_q;
  logic [Width-1:0] stalled_q;
  logic [Width-1:0] inputs_q;
  logic [Width-1:0] late_inputs_q;
  logic [Width-1:0] row_walks_q;
  logic [Width-1:0] busy_q;
  logic [63:0]      selected;

  always_ff @(posedge clk_i) begin
    if (clear_i) begin
      clocks_q          <= '0;
      busy_q            <= '0;
    end else begin
      if (count_i[0]) clocks_q <= clocks_q + 1'b1;
      if (count_i[10]) busy_q <= busy_q + 1'b1;
    end
  end

  always_ff @(posedge clk_neurons_i) begin
    if (clear_i) begin
      spikes_q          <= '0;
      neuron_updates_q  <= '0;
    end else begin
      if (count_i[2]) spikes_q <= spikes_q + 1'b1;
      if (count_i[5]) neuron_updates_q <= neuron_updates_q + 1'b1;
    end
  end

  always_ff @(posedge clk_synapses_i) begin
    if (clear_i) begin
      synaptic_events_q <= '0;
      weight_updates_q  <= '0;
      row_walks_q       <= '0;
    end else begin
      if (count_i[3]) synaptic_events_q <= synaptic_events_q + 1'b1;
      if (count_i[4]) weight_updates_q <= weight_updates_q + 1'b1;
      if (count_i[9]) row_walks_q <= row_walks_q + 1'b1;
    end
  end

  always_ff @(posedge clk_border_i) begin
    if (clear_i) begin
      ticks_q           <= '0;
      stalled_q         <= '0;
      inputs_q          <= '0;
      late_inputs_q     <= '0;
    end else begin
      if (count_i[1]) ticks_q <= ticks_q + 1'b1;
      if (count_i[6]) stalled_q <= stalled_q + 1'b1;
      if (count_i[7]) inputs_q <= inputs_q + 1'b1;
      if (count_i[8]) late_inputs_q <= late_inputs_q + 1'b1;
    end
  end

  always_comb begin
    selected = '0;
    if (re_i) begin
      unique case (index_i)
        4'd0:    selected = 64'(clocks_q);
        4'd1:    selected = 64'(ticks_q);
        4'd2:    selected = 64'(spikes_q);
        4'd3:    selected = 64'(synaptic_events_q);
        4'd4:    selected = 64'(weight_updates_q);
        4'd5:    selected = 64'(neuron_updates_q);
        4'd6:    selected = 64'(stalled_q);
        4'd7:    selected = 64'(inputs_q);
        4'd8:    selected = 64'(late_inputs_q);
        4'd9:    selected = 64'(row_walks_q);
        4'd10:   selected = 64'(busy_q);
        default: selected = '0;
      endcase
    end
  end

  always_ff @(posedge clk_border_i) begin
    if (re_i) data_o <= high_i ? selected[63:32] : selected[31:0];
  end

endmodule

`default_nettype wire
