// SPDX-License-Identifier: Apache-2.0
/// Parameter sets and activity counters of a small core in one block RAM. The set last used is held in
/// registers; another one takes 6 clocks to load. Counts gather in small registers and are added to the
/// memory in turn, so a counter is up to 100 clocks late. Counters are 32 bits wide and wrap.
`default_nettype none

module sl_compact_store #(
  parameter  int unsigned Sets          = 4,
  parameter  int unsigned MembraneWidth = 16,
  parameter  int unsigned Counters      = 11,
  localparam int unsigned SetWidth      = $clog2(Sets)
) (
  input  logic                     clk_i,
  input  logic                     rst_ni,
  // parameters of one set
  input  logic                     want_i,
  input  logic [SetWidth-1:0]      set_i,
  output logic                     ready_o,     // the outputs are those of set_i
  output logic [15:0]              current_decay_o,
  output logic [15:0]              membrane_decay_o,
  output logic [MembraneWidth-1:0] threshold_o,
  output logic [MembraneWidth-1:0] v_reset_o,
  output logic [3:0]               input_shift_o,
  output logic                     reset_subtracts_o,
  output logic [7:0]               refractory_o,
  // counting
  input  logic [Counters-1:0]      count_i,
  input  logic                     clear_i,
  // host: read, a clock later hold, another clock later the word; writes of set words
  input  logic                     host_read_i,
  input  logic                     host_hold_i,
  input  logic                     host_counters_i,
  input  logic [SetWidth+2:0]      host_index_i,  // {set, field}
  input  logic [3:0]               host_counter_i,
  input  logic                     host_we_i,
  input  logic [31:0]              host_data_i,
  output logic                     host_ready_o,  // a read of counters may begin
  output logic [31:0]              host_word_o
);

  localparam int unsigned PendingWidth = 8;  // of the widest counter
  localparam int unsigned Fields       = 5;

  if (Sets > 16 || MembraneWidth > 16) begin : g_size
    $error("sl_compact_store: at most 16 sets of 16 bits");
  end

  typedef enum logic [1:0] {
    StLow,      // read the low half of counter turn_q
    StLowAdd,
    StHigh,
    StHighAdd
  } state_e;

  logic [7:0]  raddr, waddr;
  logic [15:0] rdata, wdata;
  logic        we, re;

  sl_ram #(.Depth(256), .Width(16)) i_memory (
    .clk_i, .re_i(re), .raddr_i(raddr), .rdata_o(rdata), .we_i(we), .waddr_i(waddr), .wdata_i(wdata)
  );

  // ---- the set in use --------------------------------------------------------------------------
  logic                valid_q, load, loaded_q;
  logic [SetWidth-1:0] set_q;
  logic [2:0]          field_q, arrived_q;

  assign ready_o = valid_q && (set_q == set_i);
  assign load    = want_i && !ready_o && (field_q != 3'(Fields)) && !host_hold_i && !host_read_i;

  always_ff @(posedge clk_i) begin
    if (!rst_ni || host_we_i) begin
      valid_q  <= 1'b0;
      field_q  <= '0;
      loaded_q <= 1'b0;
    end else begin
      loaded_q <= load;
      if (load) field_q <= field_q + 3'd1;
      if (loaded_q && (arrived_q == 3'(Fields - 1))) begin
        valid_q <= 1'b1;
        field_q <= '0;
      end else if (load) begin
        valid_q <= 1'b0;
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (load) begin
      arrived_q <= field_q;
      set_q     <= set_i;
    end
    if (loaded_q) begin
      unique case (arrived_q)
        3'd0:    current_decay_o <= rdata;
        3'd1:    membrane_decay_o <= rdata;
        3'd2:    threshold_o <= rdata[MembraneWidth-1:0];
        3'd3:    v_reset_o <= rdata[MembraneWidth-1:0];
        default: {refractory_o, reset_subtracts_o, input_shift_o} <= {rdata[15:8], rdata[4:0]};
      endcase
    end
  end

  // ---- counters --------------------------------------------------------------------------------
  state_e                  state_q;
  logic [3:0]              turn_q;
  logic                    wipe_q, carry_q, carry, scan, adding, fold;
  (* mem2reg *)
  logic [PendingWidth-1:0] pending_q [0:Counters-1];
  logic [PendingWidth-1:0] pending;
  logic [16:0]             sum;

  // The memory's read port: host, then the set, then the counters.
  assign host_ready_o = state_q == StLow;
  assign scan   = !host_read_i && !host_hold_i && !load && ((state_q == StLow) || (state_q == StHigh));
  assign adding = (state_q == StLowAdd) || (state_q == StHighAdd);
  assign fold   = state_q == StLowAdd;
  assign carry  = fold ? count_i[turn_q] : carry_q;
  assign sum    = 17'(rdata) + (fold ? 17'(pending) : 17'd0) + 17'(carry);

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      state_q <= StLow;
      turn_q  <= '0;
      wipe_q  <= 1'b1;
    end else begin
      unique case (state_q)
        StLow:    if (scan) state_q <= StLowAdd;
        StLowAdd: state_q <= StHigh;
        StHigh:   if (scan) state_q <= StHighAdd;
        default: begin
          state_q <= StLow;
          turn_q  <= (turn_q == 4'(Counters - 1)) ? '0 : turn_q + 4'd1;
          if (turn_q == 4'(Counters - 1)) wipe_q <= 1'b0;
        end
      endcase
    end
    if (fold) carry_q <= sum[16];
  end

  // Bits that hold the counts of one pass: clocks, ticks, spikes, synaptic events, weight updates, neuron
  // updates, stalled clocks, input events, late ones, row walks, busy clocks. A pass takes 4 clocks a counter,
  // twice that while sets are loaded; clocks and stalled clocks go on during the wiping pass of a clear.
  function automatic int unsigned bits(input int unsigned counter);
    case (counter)
      0, 6:         bits = 8;
      7, 8, 10:     bits = 7;
      1:            bits = 4;  // a tick takes more than 8 clocks
      default:      bits = 6;  // one in 2 clocks, or not while sets are loaded
    endcase
  endfunction

  // What is counted in the clock of the fold is added with it. The pass that wipes the memory leaves the
  // counts for the next one.
  for (genvar k = 0; k < Counters; k++) begin : g_pending
    always_ff @(posedge clk_i) begin
      if (!rst_ni || clear_i || (fold && !wipe_q && (turn_q == 4'(k)))) pending_q[k] <= '0;
      else pending_q[k] <= (pending_q[k] + PendingWidth'(count_i[k])) & PendingWidth'((1 << bits(k)) - 1);
    end
  end

  assign pending = pending_q[turn_q];

  // ---- ports -----------------------------------------------------------------------------------
  logic        second_q;
  logic [15:0] first_q;

  always_comb begin
    raddr = {3'b100, turn_q, (state_q == StHigh)};
    if (load) raddr = 8'({set_i, field_q});
    if (host_hold_i) raddr = {3'b100, host_counter_i, 1'b1};
    if (host_read_i) raddr = host_counters_i ? {3'b100, host_counter_i, 1'b0} : 8'(host_index_i);
  end

  assign re    = host_read_i || host_hold_i || load || scan;
  assign we    = adding || host_we_i;
  assign waddr = host_we_i ? 8'(host_index_i) : {3'b100, turn_q, state_q == StHighAdd};
  assign wdata = host_we_i ? host_data_i[15:0] : (wipe_q ? '0 : sum[15:0]);

  always_ff @(posedge clk_i) begin
    second_q <= host_read_i;
    if (second_q) first_q <= rdata;
  end

  assign host_word_o = {rdata, first_q};

endmodule

`default_nettype wire
