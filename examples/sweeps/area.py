#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Area of the emulator core in one parameter setting, from Yosys for the iCE40: cells as JSON.

Usage: area.py REPORT.json NAME=VALUE...    parameters of sl_core over those of configuration up5k
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
NAMES = {"logic cells": "logic_cells", "SB_LUT4": "luts", "flip-flops": "flip_flops", "SB_CARRY": "carries",
         "SB_RAM40_4K": "block_rams", "SB_SPRAM256KA": "sprams", "SB_MAC16": "multipliers"}


def main():
    report, settings = sys.argv[1], dict(item.split("=") for item in sys.argv[2:])
    with tempfile.TemporaryDirectory(prefix="spikeloom-area-") as name:
        rtl = pathlib.Path(name) / "rtl"
        shutil.copytree(ROOT / "rtl", rtl)
        table = json.loads((rtl / "configs.json").read_text())
        unknown = set(settings) - set(table["up5k"])
        if unknown:
            sys.exit(f"error[area.parameter]: the core has no parameter {sorted(unknown)[0]}")
        table["study"] = {**table["up5k"], **{key: int(value) for key, value in settings.items()}}
        (rtl / "configs.json").write_text(json.dumps(table))
        # What is over the limit of one chip is still counted: the status tells of that alone.
        done = subprocess.run([sys.executable, ROOT / "tests/rtl/synthesise.py", rtl, "sl_core", "study"],
                              stdout=subprocess.PIPE, text=True)
    cells = {key: int(found.group(1)) for label, key in NAMES.items()
             if (found := re.search(rf"^{re.escape(label)}\s+(\d+)", done.stdout, re.MULTILINE))}
    if len(cells) != len(NAMES):
        sys.exit(f"error[area.synthesis]: Yosys gave no cells for {settings}")
    pathlib.Path(report).write_text(json.dumps({"cells": cells, "parameters": settings, "top": "sl_core"}, indent=1))


if __name__ == "__main__":
    main()
