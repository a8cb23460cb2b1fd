// SPDX-License-Identifier: Apache-2.0
/// Phase B of a tick: updates all used neurons and decays the traces. One neuron a clock, or with Compact
/// one every 2 clocks and as long as its parameter set takes to load; 4 clocks latency. With plasticity
/// the source rows follow for their traces.
`default_nettype none

module sl_neuron_unit #(
  parameter  int unsigned Neurons          = 256,
  parameter  int unsigned Sources          = 256,
  parameter  int unsigned MembraneWidth    = 16,
  parameter  int unsigned CurrentWidth     = 16,
  parameter  int unsigned AccumulatorWidth = 16,
  parameter  int unsigned BiasWidth        = 16,
  parameter  int unsigned TraceWidth       = 14,
  parameter  int unsigned SetWidth         = 2,
  parameter  int unsigned Compact         = 1,
  localparam int unsigned Address          = $clog2(Neurons),
  localparam int unsigned RowAddress       = $clog2(Neurons + Sources),
  localparam int unsigned SourceCount      = $clog2(Sources) + 1
) (
  input  logic                        clk_i,
  input  logic                        rst_ni,
  // control
  input  logic                        start_i,
  output logic                        busy_o,
  input  logic                        plastic_i,       // traces decay
  input  logic [Address:0]            neurons_used_i,
  input  logic [SourceCount-1:0]      sources_used_i,
  input  logic [15:0]                 minus_decay_i,
  // reads: everything of neuron `index_o`, its bias and set 1 clock later
  output logic                        read_o,
  output logic [Address-1:0]          index_o,
  output logic                        row_read_o,
  output logic [RowAddress-1:0]       row_o,
  output logic                        row_decay_o,     // the row that was read a clock ago
  output logic                        set_want_o,      // the parameters of set_i
  input  logic                        set_ready_i,
  output logic                        read_late_o,     // bias and, if not Compact, parameter set
  output logic [Address-1:0]          index_late_o,
  input  logic [MembraneWidth-1:0]    v_i,
  input  logic [CurrentWidth-1:0]     i_i,
  input  logic [7:0]                  refractory_i,
  input  logic [TraceWidth-1:0]       trace_i,
  input  logic [SetWidth-1:0]         set_i,
  input  logic [AccumulatorWidth-1:0] sum_i,
  input  logic [BiasWidth-1:0]        bias_i,
  input  logic [15:0]                 current_decay_i,
  input  logic [15:0]                 membrane_decay_i,
  input  logic [MembraneWidth-1:0]    threshold_i,
  input  logic [MembraneWidth-1:0]    v_reset_i,
  input  logic [3:0]                  input_shift_i,
  input  logic                        reset_subtracts_i,
  input  logic [7:0]                  set_refractory_i,
  // write-back: state, and the input sum becomes 0
  output logic                        write_o,
  output logic [Address-1:0]          write_index_o,
  output logic [MembraneWidth-1:0]    v_o,
  output logic [CurrentWidth-1:0]     i_o,
  output logic [7:0]                  refractory_o,
  output logic [TraceWidth-1:0]       trace_o,
  output logic [SetWidth-1:0]         set_o,
  output logic                        spike_o
);

  // Both states at one width, and room for the sum of membrane, current and bias.
  localparam int unsigned Mixed      = (MembraneWidth > CurrentWidth) ? MembraneWidth : CurrentWidth;
  localparam int unsigned StateWidth = (BiasWidth > Mixed) ? BiasWidth : Mixed;
  localparam int unsigned SumWidth   = StateWidth + 2;
  localparam int unsigned ShiftWidth = AccumulatorWidth + 15;

  function automatic logic signed [StateWidth-1:0] decay(input logic signed [StateWidth-1:0] x,
                                                         input logic [15:0] lost);
    logic [StateWidth-1:0]    magnitude;
    logic [StateWidth-1:0]    kept;
    logic [StateWidth+15:0]   product;
    magnitude = x[StateWidth-1] ? -x : x;
    product   = (StateWidth + 16)'(magnitude) * (StateWidth + 16)'(lost);
    kept      = magnitude - product[16+:StateWidth] - StateWidth'(product[15:0] != '0);
    if (lost == '1) kept = '0;
    decay = x[StateWidth-1] ? -kept : kept;
  endfunction

  // The same for at most 16 bits without magnitudes: what is lost is rounded away from zero, so the quotient
  // is rounded down for a negative state and up for another. The top bit of `lost` counts as negative in a
  // signed product; what that leaves out is the whole state.
  function automatic logic signed [15:0] decay_narrow(input logic signed [15:0] x, input logic signed [15:0] lost);
    logic signed [31:0] product;
    logic        [16:0] kept;
    product      = x * lost;
    kept         = {x & {16{!lost[15]}}, 1'b1} + {~product[31:16], x[15] || (product[15:0] == '0)};
    decay_narrow = 16'(kept >> 1);
  endfunction

  function automatic logic [CurrentWidth-1:0] saturate_current(
      input logic signed [SumWidth-1:0] x);
    saturate_current = x[CurrentWidth-1:0];
    if (x > SumWidth'(2 ** (CurrentWidth - 1) - 1)) saturate_current = {1'b0, {(CurrentWidth - 1) {1'b1}}};
    if (x < -SumWidth'(2 ** (CurrentWidth - 1) - 1))
      saturate_current = {1'b1, {(CurrentWidth - 2) {1'b0}}, 1'b1};
  endfunction

  function automatic logic [MembraneWidth-1:0] saturate_membrane(
      input logic signed [SumWidth-1:0] x);
    saturate_membrane = x[MembraneWidth-1:0];
    if (x > SumWidth'(2 ** (MembraneWidth - 1) - 1))
      saturate_membrane = {1'b0, {(MembraneWidth - 1) {1'b1}}};
    if (x < -SumWidth'(2 ** (MembraneWidth - 1) - 1))
      saturate_membrane = {1'b1, {(MembraneWidth - 2) {1'b0}}, 1'b1};
  endfunction

  // The input counted in units of current. Beyond +-2^CurrentWidth any value saturates the current,
  // so larger ones are cut there.
  function automatic logic signed [SumWidth-1:0] scaled(
      input logic signed [AccumulatorWidth-1:0] x, input logic [3:0] s);
    logic signed [ShiftWidth-1:0] wide;
    wide   = ShiftWidth'(x) <<< s;
    scaled = SumWidth'(wide);
    if (wide > ShiftWidth'(2 ** CurrentWidth)) scaled = SumWidth'(2 ** CurrentWidth);
    if (wide < -ShiftWidth'(2 ** CurrentWidth)) scaled = -SumWidth'(2 ** CurrentWidth);
  endfunction

  function automatic logic [TraceWidth-1:0] bump(input logic [TraceWidth-1:0] x);
    logic [TraceWidth:0] sum;
    sum  = (TraceWidth + 1)'(x) + (TraceWidth + 1)'(sl_core_pkg::TraceOne);
    bump = sum[TraceWidth] ? '1 : sum[TraceWidth-1:0];
  endfunction

  // ---- issue -----------------------------------------------------------------------------------
  logic                   neurons_q, sources_q, s1_valid_q;
  logic [Address:0]       next_neuron_q;
  logic [SourceCount-1:0] next_source_q;
  logic                   issue, neuron_due, source_due;

  assign neuron_due = neurons_q && (next_neuron_q != neurons_used_i);
  assign source_due = sources_q && (next_source_q != sources_used_i);
  assign issue      = (Compact == 0) || !s1_valid_q;

  assign read_o     = neuron_due && issue;
  assign index_o    = next_neuron_q[Address-1:0];
  assign row_read_o = plastic_i && (read_o || (source_due && !neuron_due));
  assign row_o      = neuron_due ? RowAddress'(next_neuron_q)
                                 : RowAddress'(Neurons) + RowAddress'(next_source_q);

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      neurons_q <= 1'b0;
      sources_q <= 1'b0;
    end else begin
      if (start_i) begin
        neurons_q <= 1'b1;
        sources_q <= plastic_i;
      end else if (!neuron_due) begin
        neurons_q <= 1'b0;
        if (!source_due) sources_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (start_i) begin
      next_neuron_q <= '0;
      next_source_q <= '0;
    end else if (neuron_due) begin
      if (issue) next_neuron_q <= next_neuron_q + 1'b1;
    end else if (source_due) begin
      next_source_q <= next_source_q + 1'b1;
    end
  end

  // ---- 1: memories answer; ask for parameters and bias -----------------------------------------
  logic               s1_row_q, s1_go;
  logic [Address-1:0] s1_index_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      s1_valid_q <= 1'b0;
      s1_row_q   <= 1'b0;
    end else begin
      s1_valid_q <= read_o || (s1_valid_q && !s1_go);
      s1_row_q   <= row_read_o;
    end
  end

  always_ff @(posedge clk_i) begin
    if (read_o) s1_index_q <= index_o;
  end

  assign s1_go        = s1_valid_q && set_ready_i;
  assign set_want_o   = s1_valid_q;
  assign row_decay_o  = s1_row_q;
  assign read_late_o  = s1_go;
  assign index_late_o = s1_index_q;

  // ---- 2: current, decayed membrane and trace --------------------------------------------------
  logic                        s2_valid_q;
  logic [Address-1:0]          s2_index_q;
  logic [MembraneWidth-1:0]    s2_v;
  logic [CurrentWidth-1:0]     s2_i;
  logic [7:0]                  s2_refractory;
  logic [TraceWidth-1:0]       s2_trace, s2_decayed;
  logic [SetWidth-1:0]         s2_set;
  logic [AccumulatorWidth-1:0] s2_sum_q;

  always_ff @(posedge clk_i) begin
    if (s1_go) begin
      s2_index_q <= s1_index_q;
      s2_sum_q   <= sum_i;
    end
  end

  if (Compact != 0) begin : g_hold
    // The state memory holds its outputs: the next neuron is read in this clock at the earliest.
    assign s2_v          = v_i;
    assign s2_i          = i_i;
    assign s2_refractory = refractory_i;
    assign s2_trace      = trace_i;
    assign s2_set        = set_i;
  end else begin : g_keep
    always_ff @(posedge clk_i) begin
      if (s1_go) begin
        s2_v          <= v_i;
        s2_i          <= i_i;
        s2_refractory <= refractory_i;
        s2_trace      <= trace_i;
        s2_set        <= set_i;
      end
    end
  end

  sl_decay #(.Width(TraceWidth)) i_trace_decay (
    .value_i(s2_trace),
    .lost_i (minus_decay_i),
    .value_o(s2_decayed)
  );

  logic signed [SumWidth-1:0]   input_current;
  logic signed [StateWidth-1:0] i_decayed, v_decayed;

  if (StateWidth == 16) begin : g_narrow
    assign i_decayed = decay_narrow($signed(s2_i), $signed(current_decay_i));
    assign v_decayed = decay_narrow($signed(s2_v), $signed(membrane_decay_i));
  end else begin : g_wide
    assign i_decayed = decay(StateWidth'($signed(s2_i)), current_decay_i);
    assign v_decayed = decay(StateWidth'($signed(s2_v)), membrane_decay_i);
  end

  if (Compact != 0 && AccumulatorWidth == 16 && CurrentWidth == 16) begin : g_product
    // A multiplication in place of the shift. The power of two is negative: 2^15 has no room as a signed
    // factor. What is beyond +-2^16 is cut.
    logic signed [15:0] addend, factor;
    logic signed [31:0] product;
    logic signed [16:0] cut;
    logic               fits;
    logic signed [SumWidth-1:0] negative;

    assign addend        = $signed(s2_sum_q);
    assign factor        = 16'hFFFF << input_shift_i;
    assign product       = addend * factor;
    assign fits          = (&product[31:16]) || !(|product[31:16]);
    assign cut           = {product[31], fits ? product[15:0] : {16{!product[31]}}};
    assign negative      = SumWidth'(cut);
    assign input_current = -negative;
  end else begin : g_shift
    assign input_current = scaled(s2_sum_q, input_shift_i);
  end

  // ---- 3: threshold and reset ------------------------------------------------------------------
  logic                     s3_valid_q, s3_holds_q, s3_subtracts;
  logic [Address-1:0]       s3_index_q;
  logic [CurrentWidth-1:0]  s3_i_q;
  logic signed [SumWidth-1:0] s3_base_q;  // the membrane before the current is added
  logic [7:0]               s3_refractory_q, s3_set_refractory;
  logic [TraceWidth-1:0]    s3_trace_q;
  logic [SetWidth-1:0]      s3_set_q;
  logic [MembraneWidth-1:0] s3_threshold, s3_v_reset;

  always_ff @(posedge clk_i) begin
    if (s2_valid_q) begin
      s3_index_q <= s2_index_q;
      s3_i_q <= saturate_current(SumWidth'(i_decayed) + input_current);
      s3_base_q <= (s2_refractory != '0)
                   ? SumWidth'($signed(s2_v))
                   : SumWidth'(v_decayed) + SumWidth'($signed(bias_i));
      s3_holds_q          <= s2_refractory != '0;
      s3_refractory_q     <= s2_refractory;
      s3_trace_q          <= plastic_i ? s2_decayed : s2_trace;
      s3_set_q            <= s2_set;
    end
  end

  if (Compact != 0) begin : g_set_hold
    // Another set arrives 2 clocks after this one at the earliest.
    assign s3_threshold      = threshold_i;
    assign s3_v_reset        = v_reset_i;
    assign s3_subtracts      = reset_subtracts_i;
    assign s3_set_refractory = set_refractory_i;
  end else begin : g_set_keep
    always_ff @(posedge clk_i) begin
      if (s2_valid_q) begin
        s3_threshold      <= threshold_i;
        s3_v_reset        <= v_reset_i;
        s3_subtracts      <= reset_subtracts_i;
        s3_set_refractory <= set_refractory_i;
      end
    end
  end

  logic signed [MembraneWidth-1:0] integrated;
  logic [MembraneWidth-1:0]        reduced;
  logic                            fires;

  always_comb begin
    integrated = saturate_membrane(s3_base_q + (s3_holds_q ? '0 : SumWidth'($signed(s3_i_q))));
    fires      = !s3_holds_q && (integrated > $signed(s3_threshold));
    reduced    = saturate_membrane(SumWidth'(integrated) - SumWidth'($signed(s3_threshold)));
  end

  // ---- 4: write-back ---------------------------------------------------------------------------
  always_ff @(posedge clk_i) begin
    if (s3_valid_q) begin
      write_index_o <= s3_index_q;
      v_o           <= !fires ? integrated : (s3_subtracts ? reduced : s3_v_reset);
      i_o           <= s3_i_q;
      refractory_o  <= fires ? s3_set_refractory : s3_refractory_q - 8'(s3_holds_q);
      trace_o       <= (fires && plastic_i) ? bump(s3_trace_q) : s3_trace_q;
      set_o         <= s3_set_q;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      s2_valid_q <= 1'b0;
      s3_valid_q <= 1'b0;
      write_o    <= 1'b0;
      spike_o    <= 1'b0;
    end else begin
      s2_valid_q <= s1_go;
      s3_valid_q <= s2_valid_q;
      write_o    <= s3_valid_q;
      spike_o    <= s3_valid_q && fires;
    end
  end

  assign busy_o = neurons_q || sources_q || s1_valid_q || s1_row_q || s2_valid_q || s3_valid_q || write_o;

endmodule

`default_nettype wire
