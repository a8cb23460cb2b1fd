// SPDX-License-Identifier: Apache-2.0
// Generated from schemas/host_packets.json by schemas/generate_packets.py; do not edit.
`default_nettype none

/// Numbers of the host protocol and of the register map. No hardware.
// verilator lint_off UNUSEDPARAM
package sl_packet_pkg;

  // Bytes on the line.
  localparam logic [7:0] FrameFlag = 8'h7E;  // delimits frames
  localparam logic [7:0] FrameEscape = 8'h7D;  // the next byte is xored with frame_escape_xor
  localparam logic [7:0] FrameEscapeXor = 8'h20;  // see frame_escape
  localparam logic [15:0] FcsInitial = 16'hFFFF;  // CRC-16/X.25 register before the first byte
  localparam logic [15:0] FcsPolynomial = 16'h8408;  // reflected 0x1021
  localparam logic [15:0] FcsFinalXor = 16'hFFFF;  // sent FCS is the register xor this, low byte first
  localparam logic [15:0] FcsResidue = 16'hF0B8;  // register after a whole good frame, FCS included

  // Sizes and limits, in bytes unless said otherwise.
  localparam logic [7:0] HeaderBytes = 8'h5;  // kind, sequence, acknowledge, credit
  localparam logic [7:0] FcsBytes = 8'h2;  // after the payload
  localparam logic [7:0] PayloadMax = 8'hF0;  // longest message
  localparam logic [7:0] FrameMin = 8'h7;  // header and FCS, before stuffing
  localparam logic [7:0] FrameMax = 8'hF7;  // header, longest payload and FCS, before stuffing
  localparam logic [7:0] FrameCharge = 8'h2;  // credit that a data frame costs on top of its payload
  localparam logic [7:0] WindowMax = 8'h10;  // data frames in flight, per direction
  localparam logic [7:0] WordsMax = 8'h3A;  // words in one write or data message
  localparam logic [15:0] ReadCountMax = 16'h4000;  // words that one read may ask for
  localparam logic [7:0] DivisorMin = 8'h4;  // clocks per UART bit

  // Identity and registers.
  localparam logic [7:0] ProtocolVersion = 8'h1;  // in identity
  localparam logic [31:0] IdentityWord = 32'h534C0001;  // register identity: 'SL', interface version 1
  localparam logic [7:0] CounterCount = 8'hB;  // number of 64-bit counters
  localparam logic [7:0] RegionShift = 8'h1C;  // word address = region << region_shift | index

  // First byte of every message.
  localparam logic [7:0] OpIdentify = 8'h10;
  localparam logic [7:0] OpResetCore = 8'h11;
  localparam logic [7:0] OpWrite = 8'h12;
  localparam logic [7:0] OpRead = 8'h13;
  localparam logic [7:0] OpStep = 8'h14;
  localparam logic [7:0] OpStamp = 8'h15;
  localparam logic [7:0] OpQuery = 8'h16;
  localparam logic [7:0] OpEcho = 8'h17;
  localparam logic [7:0] OpIdentity = 8'h90;
  localparam logic [7:0] OpWritten = 8'h92;
  localparam logic [7:0] OpData = 8'h93;
  localparam logic [7:0] OpSpikes = 8'h94;
  localparam logic [7:0] OpRan = 8'h95;
  localparam logic [7:0] OpStatus = 8'h96;
  localparam logic [7:0] OpEchoed = 8'h97;
  localparam logic [7:0] OpRefused = 8'h9F;

  // First byte of every frame.
  localparam logic [7:0] KindData = 8'h1;
  localparam logic [7:0] KindAck = 8'h2;
  localparam logic [7:0] KindReject = 8'h3;
  localparam logic [7:0] KindResetLink = 8'h4;
  localparam logic [7:0] KindResetDone = 8'h5;

  // Reason in a refused message.
  localparam logic [7:0] RefusalUnknownOpcode = 8'h1;
  localparam logic [7:0] RefusalBadLength = 8'h2;
  localparam logic [7:0] RefusalBadField = 8'h3;
  localparam logic [7:0] RefusalWrongMode = 8'h4;

  // How a step record lists its spikes.
  localparam logic [7:0] StepFormatList = 8'h0;
  localparam logic [7:0] StepFormatDelta = 8'h1;

  // How a spikes message lists the neurons; or'ed with spike_continues.
  localparam logic [7:0] SpikeFormatDelta = 8'h0;
  localparam logic [7:0] SpikeFormatBitmap = 8'h1;
  localparam logic [7:0] SpikeFormatContinues = 8'h80;

  // Status of a written message.
  localparam logic [7:0] WriteStatusAddressFault = 8'h1;

  // Bits 31..28 of a word address.
  localparam logic [7:0] RegionControl = 8'h0;
  localparam logic [7:0] RegionRow = 8'h1;
  localparam logic [7:0] RegionSynapse = 8'h2;
  localparam logic [7:0] RegionNeuron = 8'h3;
  localparam logic [7:0] RegionSet = 8'h4;
  localparam logic [7:0] RegionState = 8'h5;
  localparam logic [7:0] RegionTrace = 8'h6;
  localparam logic [7:0] RegionInput = 8'h7;
  localparam logic [7:0] RegionColumn = 8'h8;
  localparam logic [7:0] RegionColumnEntry = 8'h9;

  // Index in the control region.
  localparam logic [7:0] RegIdentity = 8'h0;
  localparam logic [7:0] RegConfiguration = 8'h1;
  localparam logic [7:0] RegNeuronsUsed = 8'h2;
  localparam logic [7:0] RegRowsUsedSources = 8'h3;
  localparam logic [7:0] RegPlasticity = 8'h4;
  localparam logic [7:0] RegPlusDecay = 8'h5;
  localparam logic [7:0] RegMinusDecay = 8'h6;
  localparam logic [7:0] RegAPlus = 8'h7;
  localparam logic [7:0] RegAMinus = 8'h8;
  localparam logic [7:0] RegWMin = 8'h9;
  localparam logic [7:0] RegWMax = 8'hA;
  localparam logic [7:0] RegTick = 8'hB;
  localparam logic [7:0] RegStatus = 8'hC;
  localparam logic [7:0] RegTickPeriod = 8'hD;
  localparam logic [7:0] RegMode = 8'hE;
  localparam logic [7:0] RegClear = 8'hF;
  localparam logic [7:0] RegCounters = 8'h10;

  // Bit numbers of the status register.
  localparam logic [7:0] StatusLateInput = 8'h0;
  localparam logic [7:0] StatusSaturated = 8'h1;
  localparam logic [7:0] StatusAddressFault = 8'h2;
  localparam logic [7:0] StatusNoSuchRow = 8'h3;
  localparam logic [7:0] StatusTickOverrun = 8'h4;

  // Bit numbers of the clear register and of reset_core flags.
  localparam logic [7:0] ClearState = 8'h0;
  localparam logic [7:0] ClearRows = 8'h1;

  // Order of the 64-bit counters, in the registers and in a status message.
  localparam logic [7:0] CounterClocks = 8'h0;
  localparam logic [7:0] CounterTicks = 8'h1;
  localparam logic [7:0] CounterSpikes = 8'h2;
  localparam logic [7:0] CounterSynapticEvents = 8'h3;
  localparam logic [7:0] CounterWeightUpdates = 8'h4;
  localparam logic [7:0] CounterNeuronUpdates = 8'h5;
  localparam logic [7:0] CounterStalledClocks = 8'h6;
  localparam logic [7:0] CounterInputEvents = 8'h7;
  localparam logic [7:0] CounterLateInputEvents = 8'h8;
  localparam logic [7:0] CounterRowWalks = 8'h9;
  localparam logic [7:0] CounterBusyClocks = 8'hA;

  // Tokens into the core.
  localparam logic [1:0] TokenSpike = 2'h0;
  localparam logic [1:0] TokenAdvance = 2'h1;
  localparam logic [1:0] TokenStamp = 2'h2;

  // Events out of the core.
  localparam logic [0:0] EventSpike = 1'h0;
  localparam logic [0:0] EventTickEnd = 1'h1;

  // Byte offsets of fields and bytes without arrays.
  localparam logic [7:0] HeaderKindOffset = 8'd0;
  localparam logic [7:0] HeaderSequenceOffset = 8'd1;
  localparam logic [7:0] HeaderAcknowledgeOffset = 8'd2;
  localparam logic [7:0] HeaderCreditOffset = 8'd3;
  localparam logic [7:0] HeaderFixedBytes = 8'd5;
  localparam logic [7:0] IdentifyFixedBytes = 8'd1;
  localparam logic [7:0] ResetCoreFlagsOffset = 8'd1;
  localparam logic [7:0] ResetCoreFixedBytes = 8'd2;
  localparam logic [7:0] WriteAddressOffset = 8'd1;
  localparam logic [7:0] WriteWordsOffset = 8'd5;
  localparam logic [7:0] WriteFixedBytes = 8'd5;
  localparam logic [7:0] ReadAddressOffset = 8'd1;
  localparam logic [7:0] ReadCountOffset = 8'd5;
  localparam logic [7:0] ReadFixedBytes = 8'd7;
  localparam logic [7:0] StepRecordsOffset = 8'd1;
  localparam logic [7:0] StepFixedBytes = 8'd1;
  localparam logic [7:0] StampTickOffset = 8'd1;
  localparam logic [7:0] StampCountOffset = 8'd5;
  localparam logic [7:0] StampSourcesOffset = 8'd6;
  localparam logic [7:0] StampFixedBytes = 8'd6;
  localparam logic [7:0] QueryFixedBytes = 8'd1;
  localparam logic [7:0] EchoBytesOffset = 8'd1;
  localparam logic [7:0] EchoFixedBytes = 8'd1;
  localparam logic [7:0] IdentityVersionOffset = 8'd1;
  localparam logic [7:0] IdentityConfigurationOffset = 8'd2;
  localparam logic [7:0] IdentityNeuronsOffset = 8'd6;
  localparam logic [7:0] IdentitySourcesOffset = 8'd10;
  localparam logic [7:0] IdentitySynapseWordsOffset = 8'd14;
  localparam logic [7:0] IdentityRxBytesOffset = 8'd18;
  localparam logic [7:0] IdentityWindowOffset = 8'd20;
  localparam logic [7:0] IdentityFixedBytes = 8'd21;
  localparam logic [7:0] WrittenAddressOffset = 8'd1;
  localparam logic [7:0] WrittenStatusOffset = 8'd5;
  localparam logic [7:0] WrittenFixedBytes = 8'd6;
  localparam logic [7:0] DataAddressOffset = 8'd1;
  localparam logic [7:0] DataWordsOffset = 8'd5;
  localparam logic [7:0] DataFixedBytes = 8'd5;
  localparam logic [7:0] SpikesTickOffset = 8'd1;
  localparam logic [7:0] SpikesFormatOffset = 8'd5;
  localparam logic [7:0] SpikesBodyOffset = 8'd6;
  localparam logic [7:0] SpikesFixedBytes = 8'd6;
  localparam logic [7:0] RanTickOffset = 8'd1;
  localparam logic [7:0] RanStatusOffset = 8'd5;
  localparam logic [7:0] RanBusyClocksOffset = 8'd6;
  localparam logic [7:0] RanFixedBytes = 8'd10;
  localparam logic [7:0] StatusStatusOffset = 8'd1;
  localparam logic [7:0] StatusTickOffset = 8'd2;
  localparam logic [7:0] StatusCountersOffset = 8'd6;
  localparam logic [7:0] StatusFramesDroppedOffset = 8'd94;
  localparam logic [7:0] StatusFixedBytes = 8'd8;
  localparam logic [7:0] EchoedBytesOffset = 8'd1;
  localparam logic [7:0] EchoedFixedBytes = 8'd1;
  localparam logic [7:0] RefusedOpcodeOffset = 8'd1;
  localparam logic [7:0] RefusedReasonOffset = 8'd2;
  localparam logic [7:0] RefusedFixedBytes = 8'd3;
  localparam logic [7:0] StepRecordAdvanceOffset = 8'd0;
  localparam logic [7:0] StepRecordFormatOffset = 8'd2;
  localparam logic [7:0] StepRecordCountOffset = 8'd3;
  localparam logic [7:0] StepRecordFixedBytes = 8'd4;
endpackage
// verilator lint_on UNUSEDPARAM

`default_nettype wire
