#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Synthesises one top for the iCE40 UP5K with Yosys, prints the cells, fails above the limits.

synthesise.py RTL_FOLDER TOP CONFIGURATION [--limit CELL=COUNT]... [--keep FOLDER]

Logic cells are counted as they are packed: a LUT and the flip-flop that it alone feeds share one, so do a
carry and the LUT behind it.
"""
import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

DEVICE = {"logic cells": 5280, "SB_RAM40_4K": 30, "SB_SPRAM256KA": 4, "SB_MAC16": 8}


def files(rtl, top):
    """All sources but the other tops."""
    found = [path for room in ("pkg", "common", "core", "link") for path in sorted((rtl / room).glob("*.sv"))]
    found += [path for path in sorted((rtl / "top").glob("*.sv")) if top != "sl_core"]
    return found


def script(rtl, top, configuration, output):
    table = json.loads((rtl / "configs.json").read_text())[configuration]
    text = next(path for path in files(rtl, top) if path.stem == top).read_text()
    text += "".join((rtl / "top" / name).read_text() for name in re.findall(r'`include "(.*)"', text))
    settings = " ".join(f"-set {name} {value}" for name, value in table.items()
                        if re.search(rf"parameter\s+(int\s+unsigned\s+)?{name}\b", text))
    lines = [f"read_verilog -sv -defer {path}" for path in files(rtl, top)]
    lines += [f"chparam {settings} {top}", f"hierarchy -check -top {top}", f"rename -top {top}",
              f"synth_ice40 -dsp -spram -abc9 -top {top}", f"write_json {output}"]
    return "\n".join(lines) + "\n"


def ports(cell, direction):
    for port, bits in cell["connections"].items():
        if cell["port_directions"][port] == direction:
            yield port, bits


def logic_cells(cells):
    """LUTs, flip-flops that find no LUT of their own, carries that find none."""
    users = collections.Counter(bit for cell in cells for _, bits in ports(cell, "input") for bit in bits)
    luts = {bits[0]: cell for cell in cells if cell["type"] == "SB_LUT4"
            for port, bits in ports(cell, "output") if port == "O"}
    carried = {bit for cell in luts.values() for bit in cell["connections"]["I3"]}
    alone = sum(1 for cell in cells if cell["type"].startswith("SB_DFF")
                and not (cell["connections"]["D"][0] in luts and users[cell["connections"]["D"][0]] == 1))
    bare = sum(1 for cell in cells if cell["type"] == "SB_CARRY" and cell["connections"]["CI"][0] not in carried)
    return len(luts) + alone + bare


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("rtl", type=pathlib.Path)
    parser.add_argument("top")
    parser.add_argument("configuration")
    parser.add_argument("--limit", action="append", default=[], metavar="CELL=COUNT")
    parser.add_argument("--keep", type=pathlib.Path, help="leave the netlist here")
    options = parser.parse_args()
    limits = dict(DEVICE)
    limits.update((name, int(count)) for name, count in (limit.split("=") for limit in options.limit))
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or pathlib.Path(scratch)
        netlist = folder / f"{options.top}.json"
        recipe = folder / f"{options.top}.ys"
        recipe.write_text(script(options.rtl, options.top, options.configuration, netlist))
        subprocess.run(["yosys", "-q", str(recipe)], check=True)
        cells = list(json.loads(netlist.read_text())["modules"][options.top]["cells"].values())
    count = collections.Counter(cell["type"] for cell in cells)
    count["flip-flops"] = sum(n for name, n in count.items() if name.startswith("SB_DFF"))
    count["logic cells"] = logic_cells(cells)
    print(f"{options.top}, {options.configuration}")
    failed = False
    for name in ("logic cells", "SB_LUT4", "flip-flops", "SB_CARRY", "SB_RAM40_4K", "SB_SPRAM256KA", "SB_MAC16"):
        limit = limits.get(name)
        over = limit is not None and count[name] > limit
        failed = failed or over
        print(f"{name:14} {count[name]:5}" + (f" of {limit:5}" if limit is not None else "") + ("  TOO MANY" if over else ""))
    return 1 if failed else 0


sys.exit(main())
