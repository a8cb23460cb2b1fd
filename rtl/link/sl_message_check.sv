// SPDX-License-Identifier: Apache-2.0
/// First verdict on a message, from its opcode and its length. Combinational.
`default_nettype none

module sl_message_check (
  input  logic [7:0] opcode_i,
  input  logic [7:0] length_i,         // opcode included
  input  logic       free_running_i,
  output logic [2:0] fault_o           // 0, or the reason of a refused message
);
  logic       known, length_ok, mode_ok;

  always_comb begin
    known     = 1'b1;
    length_ok = 1'b1;
    mode_ok   = 1'b1;
    unique case (opcode_i)
      sl_packet_pkg::OpIdentify, sl_packet_pkg::OpQuery: length_ok = length_i == 8'd1;
      sl_packet_pkg::OpResetCore: length_ok = length_i == sl_packet_pkg::ResetCoreFixedBytes;
      sl_packet_pkg::OpWrite: length_ok = length_i[1:0] == 2'd1 && length_i >= 8'd9;
      sl_packet_pkg::OpRead:  length_ok = length_i == sl_packet_pkg::ReadFixedBytes;
      sl_packet_pkg::OpStep: begin
        length_ok = length_i >= sl_packet_pkg::StepRecordFixedBytes + 8'd1;
        mode_ok   = !free_running_i;
      end
      sl_packet_pkg::OpStamp: begin
        length_ok = length_i >= sl_packet_pkg::StampFixedBytes;
        mode_ok   = free_running_i;
      end
      sl_packet_pkg::OpEcho: ;
      default: known = 1'b0;
    endcase
    if (!known) fault_o = sl_packet_pkg::RefusalUnknownOpcode[2:0];
    else if (!mode_ok) fault_o = sl_packet_pkg::RefusalWrongMode[2:0];
    else if (!length_ok) fault_o = sl_packet_pkg::RefusalBadLength[2:0];
    else fault_o = '0;
  end
endmodule

`default_nettype wire
