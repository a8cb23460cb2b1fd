#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the whole cortical microcircuit (77,169 neurons, 0.3 G synapses, 1.5 GB) and holds it to its published figures.

    examples/microcircuit/check_full_scale.py build/bin/network_benchmark [--threads N]

Exit status 1 unless the recurrent load is within 2 % of 9.67e8 synaptic events per simulated second and each
population's rate within 10 % of generate.RATES. One simulated second after half a second.
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile

import generate

LOAD = 9.67e8  # recurrent synaptic events per simulated second: sum of rates times synapses


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="network_benchmark")
    parser.add_argument("--threads", default="1")
    options = parser.parse_args()
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(generate.network(1.0, "poisson", 1), file)
        file.flush()
        text = subprocess.run([options.program, file.name, "--integrator", "exact", "--warm-up", "5000", "--ticks",
                               "10000", "--threads", options.threads], check=True, capture_output=True,
                              text=True).stdout
    print(text, end="")
    load = float(re.search(r"([0-9.e+]+) recurrent", text).group(1))
    rates = dict(re.findall(r"^ +(L\S+) .* ([0-9.]+) Hz$", text, re.MULTILINE))
    faults = [f"recurrent load {load:.4g} of {LOAD:.4g}"] if abs(load / LOAD - 1) > 0.02 else []
    for name, expected in zip(generate.POPULATIONS, generate.RATES):
        if abs(float(rates[name]) / expected - 1) > 0.1:
            faults.append(f"{name}: {rates[name]} Hz of {expected}")
    print("load within {:+.2%}".format(load / LOAD - 1), *faults, sep="\n")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
