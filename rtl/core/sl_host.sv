// SPDX-License-Identifier: Apache-2.0
/// Serves the bus and clears the memories while the core is idle. An access takes 4 clocks, with Compact
/// 5 and a few more for counters; a write first reads its word, because some memories keep several fields
/// in one. The requester keeps the address until the response.
`default_nettype none

module sl_host #(
  parameter  int unsigned Neurons       = 256,
  parameter  int unsigned Sources       = 256,
  parameter  int unsigned SynapseWords  = 65536,
  parameter  int unsigned ColumnEntries = 0,
  parameter  int unsigned ParameterSets = 4,
  parameter  int unsigned Compact       = 1,
  localparam int unsigned NeuronWidth   = $clog2(Neurons)
) (
  input  logic        clk_i,
  input  logic        rst_ni,
  input  logic        req_valid_i,
  output logic        req_ready_o,
  input  logic        req_write_i,
  input  logic [31:0] req_address_i,
  input  logic [31:0] req_data_i,
  output logic        rsp_valid_o,
  input  logic        rsp_ready_i,
  output logic [31:0] rsp_data_o,
  output logic        rsp_fault_o,
  input  logic        idle_i,          // the core does nothing
  output logic        wanted_o,        // keep it so
  // the memories
  output logic        active_o,        // the host drives all addresses
  output logic        read_o,
  output logic        hold_o,          // Compact: the clock after a read
  input  logic        counters_ready_i,
  output logic [3:0]  region_o,
  output logic [3:0]  field_o,         // which word of the element
  output logic [27:0] element_o,       // address within the memory of the region
  output logic [31:0] data_o,
  output logic [9:0]  write_o,         // one bit a region
  output logic        clear_states_o,  // zero trace and state of the element that was read
  output logic        clear_rows_o,    // zero its row and column header
  output logic        clear_sums_o,    // zero the input sum `element`
  output logic        clear_o,         // a clear of the states begins
  input  logic        refused_i,
  input  logic [31:0] word_i,          // of the region, 1 clock after read
  output logic        address_fault_o
);

  typedef enum logic [2:0] {
    StIdle,
    StRead,
    StWait,
    StWord,
    StRespond,
    StClearRead,
    StClearWrite,
    StClearSums
  } state_e;

  localparam int unsigned Rows = Neurons + Sources;
  localparam int unsigned Sums = sl_core_pkg::DelaySlots * Neurons;

  localparam int unsigned SweepWidth = $clog2((Sums > Rows) ? Sums : Rows);

  state_e      state_d, state_q;
  logic        write_q, fault, clear_starts;
  logic [1:0]  clear_q;
  logic [27:0] index;
  logic        read_now;
  logic [SweepWidth-1:0] sweep_q;

  assign req_ready_o = (state_q == StIdle) && idle_i;
  assign wanted_o    = req_valid_i || (state_q != StIdle);
  assign active_o    = state_q != StIdle;
  assign read_now    = (state_q == StRead)
                       && (counters_ready_i || (region_o != sl_core_pkg::RegionControl));
  assign read_o      = read_now || (state_q == StClearRead);
  assign hold_o      = state_q == StWait;
  assign region_o    = req_address_i[31:28];
  assign index       = req_address_i[27:0];

  // Most limits are powers of two, where a comparison of the high bits is much smaller.
  function automatic logic beyond(input logic [27:0] value, input logic [27:0] limit);
    if ((limit & (limit - 28'd1)) == '0) beyond = (value & ~(limit - 28'd1)) != '0;
    else beyond = value >= limit;
  endfunction

  // ---- decode ----------------------------------------------------------------------------------
  always_comb begin
    field_o   = '0;
    element_o = index;
    fault     = 1'b0;
    if (state_q != StIdle) unique case (region_o)
      sl_core_pkg::RegionControl: fault = beyond(index, 28'd64)
                                        || (index[5:0] >= 6'(sl_core_pkg::RegCounters + 22));
      sl_core_pkg::RegionRow: begin
        field_o   = 4'(index[0]);
        element_o = index >> 1;
        fault     = beyond(element_o, 28'(Rows));
      end
      sl_core_pkg::RegionSynapse: fault = beyond(index, 28'(SynapseWords));
      sl_core_pkg::RegionNeuron: begin
        field_o   = 4'(index[0]);
        element_o = index >> 1;
        fault     = beyond(element_o, 28'(Neurons));
      end
      sl_core_pkg::RegionSet: begin
        field_o   = 4'(index[2:0]);
        element_o = index >> 3;
        fault     = beyond(element_o, 28'(ParameterSets)) || (field_o > 4'd4);
      end
      sl_core_pkg::RegionState: begin
        field_o   = 4'(index[1:0]);
        element_o = index >> 2;
        fault     = beyond(element_o, 28'(Neurons));
      end
      sl_core_pkg::RegionTrace: fault = beyond(index, 28'(Rows));
      sl_core_pkg::RegionInput: begin
        field_o   = index[3:0];
        element_o = 28'({index[3:0], index[4+:NeuronWidth]});
        fault     = beyond(index >> 4, 28'(Neurons)) || (field_o >= 4'(sl_core_pkg::DelaySlots));
      end
      sl_core_pkg::RegionColumn: begin
        field_o   = 4'(index[0]);
        element_o = index >> 1;
        fault     = beyond(element_o, 28'(Neurons)) || (ColumnEntries == 0);
      end
      sl_core_pkg::RegionColumnEntry: begin
        field_o   = 4'(index[0]);
        element_o = index >> 1;
        fault     = (ColumnEntries == 0) || beyond(element_o, 28'(ColumnEntries));
      end
      default: fault = 1'b1;
    endcase
    if (clear_states_o || clear_rows_o || clear_sums_o || (state_q == StClearRead))
      element_o = 28'(sweep_q);
  end

  // ---- access ----------------------------------------------------------------------------------
  logic writes, clears;

  assign writes          = (state_q == StWord) && write_q && !fault;
  assign clears          = writes && (region_o == sl_core_pkg::RegionControl)
                           && (index[5:0] == 6'(sl_core_pkg::RegClear));
  assign clear_starts    = clears && (rsp_data_o[1:0] != '0);
  assign clear_o         = clears && rsp_data_o[0];
  assign write_o         = writes ? 10'd1 << region_o : '0;
  assign address_fault_o = (state_q == StWord) && (fault || refused_i);
  assign rsp_valid_o     = state_q == StRespond;

  // The response register holds the data of a write until it is done.
  assign data_o = (state_q == StWord) ? rsp_data_o : '0;

  always_ff @(posedge clk_i) begin
    if (req_valid_i && req_ready_o) begin
      write_q    <= req_write_i;
      rsp_data_o <= req_data_i;
    end else if (state_q == StWord) begin
      rsp_data_o  <= (write_q || fault) ? '0 : word_i;
      rsp_fault_o <= fault || refused_i;
    end
  end

  // ---- clear -----------------------------------------------------------------------------------
  assign clear_states_o = (state_q == StClearWrite) && clear_q[0];
  assign clear_rows_o   = (state_q == StClearWrite) && clear_q[1];
  assign clear_sums_o   = state_q == StClearSums;

  always_ff @(posedge clk_i) begin
    if (clear_starts) begin
      clear_q <= rsp_data_o[1:0];
      sweep_q <= '0;
    end else if (state_q == StClearWrite) begin
      sweep_q <= (sweep_q == SweepWidth'(Rows - 1)) ? '0 : sweep_q + 1'b1;
    end else if (state_q == StClearSums) begin
      sweep_q <= sweep_q + 1'b1;
    end
  end

  always_comb begin
    state_d = state_q;
    unique case (state_q)
      StIdle:       if (req_valid_i && req_ready_o) state_d = StRead;
      StRead:       if (read_now) state_d = (Compact != 0) ? StWait : StWord;
      StWait:       state_d = StWord;
      StWord:       state_d = clear_starts ? StClearRead : StRespond;
      StRespond:    if (rsp_ready_i) state_d = StIdle;
      StClearRead:  state_d = StClearWrite;
      StClearWrite: begin
        state_d = StClearRead;
        if (sweep_q == SweepWidth'(Rows - 1)) state_d = clear_q[0] ? StClearSums : StRespond;
      end
      StClearSums:  if (sweep_q == SweepWidth'(Sums - 1)) state_d = StRespond;
      default:      state_d = StIdle;
    endcase
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) state_q <= StIdle;
    else state_q <= state_d;
  end

endmodule

`default_nettype wire
