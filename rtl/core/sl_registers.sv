// SPDX-License-Identifier: Apache-2.0
/// Control registers below the counters. Read combinationally; a value out of range is refused and the register keeps its
/// old one.
`default_nettype none

module sl_registers #(
  parameter  int unsigned Neurons           = 256,
  parameter  int unsigned Sources           = 256,
  parameter  int unsigned ConfigurationHash = 0,
  localparam int unsigned NeuronWidth       = $clog2(Neurons),
  localparam int unsigned SourceWidth       = $clog2(Sources)
) (
  input  logic                 clk_i,
  input  logic                 rst_ni,
  input  logic                 clear_i,          // status becomes 0
  input  logic                 we_i,
  input  logic [5:0]           index_i,
  input  logic [31:0]          data_i,
  output logic                 refused_o,        // the write in this clock is out of range
  output logic [31:0]          data_o,
  input  logic [31:0]          tick_i,
  input  logic [4:0]           fault_i,          // sets status bits
  output logic [4:0]           status_o,
  output logic [NeuronWidth:0] neurons_used_o,
  output logic [SourceWidth:0] sources_used_o,
  output logic                 plasticity_o,
  output logic [15:0]          plus_decay_o,
  output logic [15:0]          minus_decay_o,
  output logic [11:0]          a_plus_o,
  output logic [11:0]          a_minus_o,
  output logic [7:0]           w_min_o,
  output logic [7:0]           w_max_o,
  output logic [31:0]          tick_period_o,
  output logic                 free_running_o
);

  logic write;

  // value > limit, for a power of two: smaller than a comparison.
  function automatic logic above(input logic [31:0] value, input logic [31:0] limit);
    above = ((value & ~(limit - 32'd1)) != '0) && (value != limit);
  endfunction

  always_comb begin
    refused_o = 1'b0;
    if (we_i) begin
      unique case (index_i)
        6'(sl_core_pkg::RegNeuronsUsed): refused_o = above(data_i, 32'(Neurons));
        6'(sl_core_pkg::RegSourcesUsed): refused_o = above(data_i, 32'(Sources));
        default:                         refused_o = 1'b0;
      endcase
    end
  end

  assign write = we_i && !refused_o;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      neurons_used_o <= '0;
      sources_used_o <= '0;
      plasticity_o   <= 1'b0;
      free_running_o <= 1'b0;
    end else if (write) begin
      unique case (index_i)
        6'(sl_core_pkg::RegNeuronsUsed): neurons_used_o <= data_i[NeuronWidth:0];
        6'(sl_core_pkg::RegSourcesUsed): sources_used_o <= data_i[SourceWidth:0];
        6'(sl_core_pkg::RegPlasticity):  plasticity_o <= data_i[0];
        6'(sl_core_pkg::RegMode):        free_running_o <= data_i[0];
        default: ;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (write) begin
      unique case (index_i)
        6'(sl_core_pkg::RegPlusDecay):  plus_decay_o <= data_i[15:0];
        6'(sl_core_pkg::RegMinusDecay): minus_decay_o <= data_i[15:0];
        6'(sl_core_pkg::RegAPlus):      a_plus_o <= data_i[11:0];
        6'(sl_core_pkg::RegAMinus):     a_minus_o <= data_i[11:0];
        6'(sl_core_pkg::RegWMin):       w_min_o <= data_i[7:0];
        6'(sl_core_pkg::RegWMax):       w_max_o <= data_i[7:0];
        6'(sl_core_pkg::RegTickPeriod): tick_period_o <= data_i;
        default: ;
      endcase
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      status_o <= '0;
    end else if (write && (index_i == 6'(sl_core_pkg::RegStatus))) begin
      status_o <= (status_o & ~data_i[4:0]) | fault_i;
    end else begin
      status_o <= status_o | fault_i;
    end
  end

  always_comb begin
    unique case (index_i)
      6'(sl_core_pkg::RegIdentity):      data_o = sl_core_pkg::Identity;
      6'(sl_core_pkg::RegConfiguration): data_o = ConfigurationHash;
      6'(sl_core_pkg::RegNeuronsUsed):   data_o = 32'(neurons_used_o);
      6'(sl_core_pkg::RegSourcesUsed):   data_o = 32'(sources_used_o);
      6'(sl_core_pkg::RegPlasticity):    data_o = 32'(plasticity_o);
      6'(sl_core_pkg::RegPlusDecay):     data_o = 32'(plus_decay_o);
      6'(sl_core_pkg::RegMinusDecay):    data_o = 32'(minus_decay_o);
      6'(sl_core_pkg::RegAPlus):         data_o = 32'(a_plus_o);
      6'(sl_core_pkg::RegAMinus):        data_o = 32'(a_minus_o);
      6'(sl_core_pkg::RegWMin):          data_o = 32'($signed(w_min_o));
      6'(sl_core_pkg::RegWMax):          data_o = 32'($signed(w_max_o));
      6'(sl_core_pkg::RegTick):          data_o = tick_i;
      6'(sl_core_pkg::RegStatus):        data_o = 32'(status_o);
      6'(sl_core_pkg::RegTickPeriod):    data_o = tick_period_o;
      6'(sl_core_pkg::RegMode):          data_o = 32'(free_running_o);
      default:                           data_o = '0;
    endcase
  end

endmodule

`default_nettype wire
