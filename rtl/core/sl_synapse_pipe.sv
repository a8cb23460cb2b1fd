// SPDX-License-Identifier: Apache-2.0
/// Synapse pipeline: read the word, read target sum and trace, add and learn, write back. One synapse a
/// clock, never stalls once a word is asked for. Repeated targets are forwarded, so duplicates need no
/// bubble; the same word must not be asked for again before it is written back.
`default_nettype none

module sl_synapse_pipe #(
  parameter  int unsigned Neurons          = 256,
  parameter  int unsigned AddressWidth     = 16,
  parameter  int unsigned WordWidth        = 16,
  parameter  int unsigned Sparse           = 0,
  parameter  int unsigned AccumulatorWidth = 16,
  parameter  int unsigned WeightFraction   = 3,
  parameter  int unsigned TraceWidth       = 14,
  localparam int unsigned NeuronWidth      = $clog2(Neurons),
  localparam int unsigned WeightWidth      = sl_core_pkg::WeightBits + WeightFraction
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  input  logic                        plasticity_i,
  input  logic [11:0]                 a_plus_i,
  input  logic [11:0]                 a_minus_i,
  input  logic [7:0]                  w_min_i,
  input  logic [7:0]                  w_max_i,
  input  logic [3:0]                  slot_i,          // of this tick
  // a synapse word is being read in this clock
  input  logic                        valid_i,
  input  logic [AddressWidth-1:0]     address_i,
  input  logic                        post_i,          // potentiate only
  input  logic                        source_i,        // emission of the tick before
  input  logic [NeuronWidth-1:0]      target_i,        // span rows
  // the word, 1 clock later; the pre trace of its row as well if post_i
  input  logic [WordWidth-1:0]        word_i,
  input  logic [TraceWidth-1:0]       pre_trace_i,
  // reads of sum and post trace, answered 1 clock later
  output logic                        read_o,
  output logic [NeuronWidth-1:0]      target_o,
  output logic [3:0]                  slot_o,
  input  logic [AccumulatorWidth-1:0] sum_i,
  input  logic [TraceWidth-1:0]       post_trace_i,
  // write-back
  output logic                        sum_write_o,
  output logic [NeuronWidth-1:0]      sum_target_o,
  output logic [3:0]                  sum_slot_o,
  output logic [AccumulatorWidth-1:0] sum_o,
  output logic                        word_write_o,
  output logic [AddressWidth-1:0]     word_address_o,
  output logic [WordWidth-1:0]        word_o,
  output logic                        busy_o,
  output logic                        event_o,         // counts one synaptic event
  output logic                        update_o,        // counts one weight update
  output logic                        saturated_o
);

  localparam int unsigned WeightBits = sl_core_pkg::WeightBits;
  localparam int unsigned DelayLow   = WeightWidth;
  localparam int unsigned PlasticBit = WeightWidth + 4;
  localparam int unsigned ChangeBits = TraceWidth + 1;
  localparam int unsigned ClampWidth = ((ChangeBits > WeightWidth) ? ChangeBits : WeightWidth) + 2;

  function automatic logic [3:0] slot_after(input logic [3:0] slot, input logic [3:0] delay,
                                            input logic source);
    logic [4:0] sum;
    sum = 5'(slot) + 5'(delay) - 5'(source);
    if (sum >= 5'(sl_core_pkg::DelaySlots)) sum = sum - 5'(sl_core_pkg::DelaySlots);
    slot_after = sum[3:0];
  endfunction

  function automatic logic [ChangeBits-1:0] weight_change(input logic [11:0] amplitude,
                                                          input logic [TraceWidth-1:0] trace);
    logic [TraceWidth+11:0] product;
    product       = (TraceWidth + 12)'(amplitude) * (TraceWidth + 12)'(trace);
    weight_change = ChangeBits'(product[TraceWidth+11:12]) + ChangeBits'(product[11]);
  endfunction

  function automatic logic [WeightWidth-1:0] bounded(input logic signed [ClampWidth-1:0] weight,
                                                     input logic [7:0] low,
                                                     input logic [7:0] high);
    logic signed [ClampWidth-1:0] floor, ceiling;
    floor   = ClampWidth'($signed({low, {WeightFraction{1'b0}}}));
    ceiling = ClampWidth'($signed({high, {WeightFraction{1'b0}}}));
    bounded = weight[WeightWidth-1:0];
    if (weight < floor) bounded = floor[WeightWidth-1:0];
    else if (weight > ceiling) bounded = ceiling[WeightWidth-1:0];
  endfunction

  // ---- 1: the word is here; ask for the target's sum and trace ----------------------------------
  logic                    s1_valid_q, s1_post_q, s1_source_q;
  logic [AddressWidth-1:0] s1_address_q;
  logic [3:0]              s1_delay;
  logic                    s1_alive;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) s1_valid_q <= 1'b0;
    else s1_valid_q <= valid_i;
  end

  always_ff @(posedge clk_i) begin
    if (valid_i) begin
      s1_address_q <= address_i;
      s1_post_q    <= post_i;
      s1_source_q  <= source_i;
    end
  end

  if (Sparse != 0) begin : g_sparse
    assign target_o = word_i[PlasticBit+1+:NeuronWidth];
  end else begin : g_span
    logic [NeuronWidth-1:0] target_q;

    always_ff @(posedge clk_i) begin
      if (valid_i) target_q <= target_i;
    end

    assign target_o = target_q;
  end

  assign s1_delay = word_i[DelayLow+:4];
  assign s1_alive = s1_valid_q && (s1_delay != '0);
  assign read_o   = s1_alive && !s1_post_q;
  assign slot_o   = slot_after(slot_i, s1_delay, s1_source_q);

  // ---- 2: add and learn -------------------------------------------------------------------------
  logic                    s2_valid_q, s2_post_q, s2_learns_q;
  logic [AddressWidth-1:0] s2_address_q;
  logic [WordWidth-1:0]    s2_word_q;
  logic [NeuronWidth-1:0]  s2_target_q;
  logic [3:0]              s2_slot_q;
  logic [TraceWidth-1:0]   s2_pre_trace_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) s2_valid_q <= 1'b0;
    else s2_valid_q <= s1_alive;
  end

  always_ff @(posedge clk_i) begin
    if (s1_valid_q) begin
      s2_address_q   <= s1_address_q;
      s2_word_q      <= word_i;
      s2_post_q      <= s1_post_q;
      s2_learns_q    <= plasticity_i && word_i[PlasticBit];
      s2_target_q    <= target_o;
      s2_slot_q      <= slot_o;
      s2_pre_trace_q <= pre_trace_i;
    end
  end

  logic [WeightWidth-1:0]             weight, learned;
  logic [ChangeBits-1:0]              change;
  logic signed [ClampWidth-1:0]       moved;
  logic                               forward_q;
  logic [NeuronWidth-1:0]             forward_target_q;
  logic [3:0]                         forward_slot_q;
  logic [AccumulatorWidth-1:0]        forward_sum_q;
  logic signed [AccumulatorWidth-1:0] sum_before;
  logic signed [AccumulatorWidth:0]   sum_after;

  always_comb begin
    weight  = s2_word_q[WeightWidth-1:0];
    change  = '0;
    moved   = '0;
    learned = weight;
    if (s2_valid_q && s2_learns_q) begin
      change  = weight_change(s2_post_q ? a_plus_i : a_minus_i,
                              s2_post_q ? s2_pre_trace_q : post_trace_i);
      moved   = s2_post_q ? ClampWidth'($signed(weight)) + $signed(ClampWidth'(change))
                          : ClampWidth'($signed(weight)) - $signed(ClampWidth'(change));
      learned = bounded(moved, w_min_i, w_max_i);
    end
  end

  always_comb begin
    // The sum that was written in the clock of the read is not in the answer yet.
    sum_before = $signed(sum_i);
    if (forward_q && (forward_target_q == s2_target_q) && (forward_slot_q == s2_slot_q))
      sum_before = $signed(forward_sum_q);
    sum_after = (AccumulatorWidth + 1)'(sum_before)
                + (AccumulatorWidth + 1)'($signed(learned[WeightFraction+:WeightBits]));
    sum_o       = sum_after[AccumulatorWidth-1:0];
    saturated_o = 1'b0;
    if (sum_write_o) begin
      // -2^(width-1) is beyond the symmetric range as well.
      if (!sum_after[AccumulatorWidth]
          && sum_after > (AccumulatorWidth + 1)'(2 ** (AccumulatorWidth - 1) - 1)) begin
        sum_o       = {1'b0, {(AccumulatorWidth - 1) {1'b1}}};
        saturated_o = 1'b1;
      end
      if (sum_after < -(AccumulatorWidth + 1)'(2 ** (AccumulatorWidth - 1) - 1)) begin
        sum_o       = {1'b1, {(AccumulatorWidth - 2) {1'b0}}, 1'b1};
        saturated_o = 1'b1;
      end
    end
  end

  assign sum_write_o  = s2_valid_q && !s2_post_q;
  assign sum_target_o = s2_target_q;
  assign sum_slot_o   = s2_slot_q;
  assign event_o      = sum_write_o;
  assign update_o     = s2_valid_q && s2_learns_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) forward_q <= 1'b0;
    else forward_q <= sum_write_o;
  end

  always_ff @(posedge clk_i) begin
    if (sum_write_o) begin
      forward_target_q <= s2_target_q;
      forward_slot_q   <= s2_slot_q;
      forward_sum_q    <= sum_o;
    end
  end

  // ---- 3: write the word back -------------------------------------------------------------------
  always_ff @(posedge clk_i) begin
    if (!rst_ni) word_write_o <= 1'b0;
    else word_write_o <= update_o;
  end

  always_ff @(posedge clk_i) begin
    if (update_o) begin
      word_address_o <= s2_address_q;
      word_o         <= {s2_word_q[WordWidth-1:WeightWidth], learned};
    end
  end

  assign busy_o = s1_valid_q || s2_valid_q || word_write_o;

endmodule

`default_nettype wire
