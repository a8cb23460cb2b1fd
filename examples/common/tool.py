# SPDX-License-Identifier: Apache-2.0
"""Runs the `spikeloom` command for the examples and reads what it writes."""
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPIKELOOM = os.environ.get("SPIKELOOM", str(ROOT / "build/bin/spikeloom"))


def spikeloom(*arguments):
    """Runs one command; a diagnostic of the tool ends the example with the tool's own words."""
    done = subprocess.run([SPIKELOOM, *map(str, arguments)], stdout=subprocess.PIPE, text=True)
    if done.returncode != 0:
        sys.exit(f"failed: spikeloom {' '.join(map(str, arguments))}")
    return done.stdout


def run(what, folder, name, **options):
    """Runs `what` and returns (spike rows as (tick, population, neuron), report)."""
    spikes, report = folder / f"{name}.csv", folder / f"{name}.json"
    flags = [item for key, value in options.items() for item in (f"--{key.replace('_', '-')}", value)]
    spikeloom("run", what, "--spikes", spikes, "--report", report, *flags)
    with open(spikes, newline="", encoding="ascii") as file:
        rows = [(int(row["tick"]), row["population"], int(row["neuron"])) for row in csv.DictReader(file)]
    return rows, json.loads(report.read_text())


def counts(rows, population, images, image_ticks, offset, classes=10):
    """Spikes of each neuron of `population` in each image: (images, classes)."""
    table = np.zeros((images, classes), dtype=int)
    for tick, name, neuron in rows:
        image = (tick - offset) // image_ticks
        if name == population and 0 <= image < images:
            table[image, neuron] += 1
    return table


def offset_of(report, population):
    """Ticks by which a population's spikes are late by retiming."""
    return next(p["pipeline_offset"] for p in report["populations"] if p["name"] == population)


def temporary_folder():
    return tempfile.TemporaryDirectory(prefix="spikeloom-")
