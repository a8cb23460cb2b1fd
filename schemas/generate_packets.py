#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Generates the host protocol's SystemVerilog package and C++ header from host_packets.json.

    generate_packets.py            writes both files
    generate_packets.py --check    exit status 1 when a committed file differs from what would be written
"""
import json
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCE = ROOT / "schemas/host_packets.json"
CPP_TYPES = {"u1": "std::uint8_t", "u2": "std::uint8_t", "u8": "std::uint8_t", "u16": "std::uint16_t",
             "u32": "std::uint32_t"}
BANNER = "Generated from schemas/host_packets.json by schemas/generate_packets.py; do not edit."


def bits(type_name):
    return int(type_name[1:])


def camel(name):
    return "".join(part.capitalize() for part in name.split("_"))


def layout(fields, start):
    """Yields (name, offset, bytes of one element, most elements) of fields packed from `start`."""
    offset = start
    for field in fields:
        size = bits(field["type"]) // 8
        count = field.get("max", 1)
        yield field["name"], offset, size, count
        offset += size * count


def layouts(spec):
    """Yields (name, fields with offsets) of the header, every message and the step record."""
    yield "header", list(layout(spec["frame_header"], 0))
    for message in spec["messages"]:
        yield message["name"], list(layout(message["fields"], 1))
    yield "step_record", list(layout(spec["step_record"], 0))


def opcode_enum(spec):
    values = [{"name": m["name"], "value": m["opcode"], "about": "to the " + m["to"]} for m in spec["messages"]]
    return {"name": "opcode", "prefix": "op", "type": "u8", "about": "First byte of every message.", "values": values}


def check(spec):
    """Stops on a table that contradicts itself."""
    limit = next(c["value"] for g in spec["constants"] for c in g["values"] if c["name"] == "payload_max")
    for name, fields in layouts(spec):
        end = fields[-1][1] + fields[-1][2] * fields[-1][3] if fields else 1
        if end > limit:
            sys.exit(f"host_packets.json: {name} is {end} bytes, payload_max is {limit}")
    for enum in [*spec["enums"], opcode_enum(spec)]:
        values = [v["value"] for v in enum["values"]]
        names = [v["name"] for v in enum["values"]]
        if len(set(values)) != len(values) or len(set(names)) != len(names):
            sys.exit(f"host_packets.json: {enum['name']} has a value or a name twice")
        if max(values) >> bits(enum["type"]):
            sys.exit(f"host_packets.json: {enum['name']} does not fit {enum['type']}")


def constant_groups(spec):
    yield from ((g["group"], g["values"]) for g in spec["constants"])
    version = {"name": "protocol_version", "value": spec["protocol_version"], "type": "u8", "about": "in identity"}
    yield "Identity and registers", [version, *spec["register_values"]]


def hex_of(value, type_name):
    return f"0x{value:0{max(bits(type_name) // 4, 2)}X}"


def cpp(spec):
    out = ["// SPDX-License-Identifier: Apache-2.0", "// " + BANNER, "// clang-format off", "#pragma once", "", "#include <cstddef>",
           "#include <cstdint>", "", "/// Numbers of the host protocol and of the emulator core's register map.",
           "namespace spikeloom::link {", ""]
    for title, values in constant_groups(spec):
        out.append(f"// {title}.")
        for c in values:
            out.append(f"inline constexpr {CPP_TYPES[c['type']]} {c['name']} = {hex_of(c['value'], c['type'])};"
                       f"  ///< {c['about']}")
        out.append("")
    for enum in [opcode_enum(spec), *spec["enums"]]:
        out += [f"/// {enum['about']}", f"enum class {camel(enum['name'])} : {CPP_TYPES[enum['type']]} {{"]
        out += [f"  {v['name']} = {hex_of(v['value'], 'u8')},  ///< {v['about']}" for v in enum["values"]]
        out += ["};", ""]
    out += ["/// Place of one field in a header, message or record; numbers are little endian.", "struct FieldPlace {",
            "  std::size_t offset;  ///< bytes from the start (a message starts with its opcode)",
            "  std::size_t size;    ///< bytes of one element", "  std::size_t most;    ///< most elements; 1 for a scalar", "};", "",
            "/// Places of all fields: `layout::<message>::<field>`, and `bytes` of everything but the last array.",
            "namespace layout {", ""]
    for name, fields in layouts(spec):
        out.append(f"namespace {name}_message {{" if name not in ("header", "step_record") else f"namespace {name} {{")
        fixed = 0 if name in ("header", "step_record") else 1
        for field, offset, size, count in fields:
            out.append(f"inline constexpr FieldPlace {field}{{{offset}, {size}, {count}}};")
            fixed += size if count == 1 else 0
        out += [f"inline constexpr std::size_t fixed_bytes = {fixed};  ///< bytes without arrays", "}", ""]
    return "\n".join([*out, "}  // namespace layout", "", "}  // namespace spikeloom::link", ""])


def systemverilog(spec):
    out = ["// SPDX-License-Identifier: Apache-2.0", "// " + BANNER, "`default_nettype none", "",
           "/// Numbers of the host protocol and of the register map. No hardware.",
           "// verilator lint_off UNUSEDPARAM", "package sl_packet_pkg;"]
    for title, values in constant_groups(spec):
        out += ["", f"  // {title}."]
        for c in values:
            w = bits(c["type"])
            out.append(f"  localparam logic [{w - 1}:0] {camel(c['name'])} = {w}'h{c['value']:X};  // {c['about']}")
    for enum in [opcode_enum(spec), *spec["enums"]]:
        w = bits(enum["type"])
        out += ["", f"  // {enum['about']}"]
        out += [f"  localparam logic [{w - 1}:0] {camel(enum['prefix'] + '_' + v['name'])} = {w}'h{v['value']:X};"
                for v in enum["values"]]
    out += ["", "  // Byte offsets of fields and bytes without arrays."]
    for name, fields in layouts(spec):
        for field, offset, _, _ in fields:
            out.append(f"  localparam logic [7:0] {camel(name + '_' + field)}Offset = 8'd{offset};")
        fixed = (0 if name in ("header", "step_record") else 1) + sum(s for _, _, s, c in fields if c == 1)
        out.append(f"  localparam logic [7:0] {camel(name)}FixedBytes = 8'd{fixed};")
    return "\n".join([*out, "endpackage", "// verilator lint_on UNUSEDPARAM", "", "`default_nettype wire", ""])


def main():
    spec = json.loads(SOURCE.read_text())
    check(spec)
    files = {ROOT / "rtl/pkg/sl_packet_pkg.sv": systemverilog(spec), ROOT / "runtime/link/packet_layout.hpp": cpp(spec)}
    if "--check" in sys.argv[1:]:
        stale = [p for p, text in files.items() if not p.exists() or p.read_text() != text]
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not what schemas/generate_packets.py writes; run it and commit")
        sys.exit(1 if stale else 0)
    for path, text in files.items():
        path.write_text(text)


if __name__ == "__main__":
    main()
