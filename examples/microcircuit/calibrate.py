#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Finds the constant currents that give the scaled microcircuit the rates of the whole one (generate.py).

    examples/microcircuit/calibrate.py build/bin/network_benchmark [--scale 0.1] [--rounds 12] [--seconds 3]

Each round runs the network and moves each population's current against its error in the logarithm of the rate. The
last line is what CORRECTION_AT_A_TENTH holds.
"""
import argparse
import json
import math
import re
import subprocess
import tempfile

import generate


def measured(program, options, seed):
    """Rates [Hz] by population after half a second."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(generate.network(options.scale, "poisson", seed), file)
        file.flush()
        text = subprocess.run([program, file.name, "--integrator", "exact", "--warm-up", "5000", "--ticks",
                               str(round(options.seconds / generate.DT))], check=True, capture_output=True,
                              text=True).stdout
    rates = dict(re.findall(r"^ +(L\S+) .* ([0-9.]+) Hz$", text, re.MULTILINE))
    return [float(rates[name]) for name in generate.POPULATIONS]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="network_benchmark")
    parser.add_argument("--scale", type=float, default=0.1)
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--seconds", type=float, default=3.0, help="simulated after the transient, in each round")
    options = parser.parse_args()
    current = generate.CORRECTION_AT_A_TENTH
    history = []
    for round_number in range(options.rounds):
        rates = measured(options.program, options, 1 + round_number % 3)
        print(round_number, *(f"{r:.3f}" for r in rates), *(f"{c:.2f}" for c in current), flush=True)
        step = 40.0 / (1 + round_number / 4)  # pA for an e-fold error
        for k, rate in enumerate(rates):
            current[k] += step * math.log(generate.RATES[k] / max(rate, 0.01))
        history.append(list(current))
    late = history[len(history) // 2:]
    print([round(sum(row[k] for row in late) / len(late), 2) for k in range(8)])


if __name__ == "__main__":
    main()
