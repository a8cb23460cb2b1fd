// SPDX-License-Identifier: Apache-2.0
/// Numbers of the emulator core that others see: tokens, events, bus regions, control registers.
/// docs/emulator-core.md is the contract.
`default_nettype none

package sl_core_pkg;

  /// Token in.
  typedef enum logic [1:0] {
    TokenSpike   = 2'd0,  ///< data: source index
    TokenAdvance = 2'd1,  ///< data: ticks to run (stepped mode; ignored when free running)
    TokenStamp   = 2'd2   ///< data: tick of the spikes that follow (free running; ignored when stepped)
  } token_kind_e;

  /// Event out.
  typedef enum logic {
    EventSpike   = 1'b0,  ///< data: neuron
    EventTickEnd = 1'b1   ///< data: tick
  } event_kind_e;

  /// Bus address [31:28].
  typedef enum logic [3:0] {
    RegionControl     = 4'd0,
    RegionRow         = 4'd1,
    RegionSynapse     = 4'd2,
    RegionNeuron      = 4'd3,
    RegionSet         = 4'd4,
    RegionState       = 4'd5,
    RegionTrace       = 4'd6,
    RegionInput       = 4'd7,
    RegionColumn      = 4'd8,
    RegionColumnEntry = 4'd9
  } region_e;

  /// Control registers.
  localparam int unsigned RegIdentity      = 0;
  localparam int unsigned RegConfiguration = 1;
  localparam int unsigned RegNeuronsUsed   = 2;
  localparam int unsigned RegSourcesUsed   = 3;
  localparam int unsigned RegPlasticity    = 4;
  localparam int unsigned RegPlusDecay     = 5;
  localparam int unsigned RegMinusDecay    = 6;
  localparam int unsigned RegAPlus         = 7;
  localparam int unsigned RegAMinus        = 8;
  localparam int unsigned RegWMin          = 9;
  localparam int unsigned RegWMax          = 10;
  localparam int unsigned RegTick          = 11;
  localparam int unsigned RegStatus        = 12;
  localparam int unsigned RegTickPeriod    = 13;
  localparam int unsigned RegMode          = 14;
  localparam int unsigned RegClear         = 15;
  localparam int unsigned RegCounters      = 16;  ///< first of 11 pairs (low, high)

  localparam logic [31:0] Identity = 32'h534C_0001;

  /// Status bits.
  localparam int unsigned StatusLate      = 0;
  localparam int unsigned StatusSaturated = 1;
  localparam int unsigned StatusAddress   = 2;
  localparam int unsigned StatusNoRow     = 3;
  localparam int unsigned StatusOverrun   = 4;

  /// Arithmetic shared by every configuration (simulator/neuron/emulator.hpp).
  localparam int unsigned WeightBits = 8;
  localparam int unsigned DelaySlots = 15;  ///< slots of the ring of input sums
  localparam int unsigned TraceOne   = 4096;

endpackage

`default_nettype wire
