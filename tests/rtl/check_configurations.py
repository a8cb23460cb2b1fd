#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every configuration gives every parameter, and its hash is the CRC-32 of the core's parameters."""
import json
import re
import sys
import zlib

table = json.load(open(sys.argv[1]))
core = re.findall(r"parameter int unsigned (\w+)", open(sys.argv[2]).read())
core.remove("ConfigurationHash")
faults = []
for name, values in table.items():
    if list(values) != list(next(iter(table.values()))):
        faults.append(f"{name}: other parameters than the first configuration, or in another order")
    text = ",".join(f"{key}={values[key]}" for key in core)
    if values["ConfigurationHash"] != zlib.crc32(text.encode()):
        faults.append(f"{name}: ConfigurationHash must be {zlib.crc32(text.encode())}")
print("\n".join(faults) or f"{len(table)} configurations of {len(core)} parameters")
sys.exit(1 if faults else 0)
