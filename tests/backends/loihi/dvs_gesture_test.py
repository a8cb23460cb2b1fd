#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The published DVS-gesture network: counts and energies equal to those of SANA-FE's simulator.

Needs a checkout of SANA-FE's repository, named by SPIKELOOM_SANAFE or at ../shared/data/sanafe; skipped elsewhere.
"""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(os.environ["SPIKELOOM_ROOT"])
SKIPPED = 77

folder = pathlib.Path(os.environ.get("SPIKELOOM_SANAFE") or ROOT.parent / "shared/data/sanafe")
if not (folder / "snn/dvs.yaml").exists():
    print(f"skipped: no SANA-FE at {folder}")
    sys.exit(SKIPPED)
sys.exit(subprocess.run([sys.executable, ROOT / "examples/dvs_gesture/dvs_gesture.py", "--sanafe", folder]).returncode)
