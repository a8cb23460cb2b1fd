#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The published DVS-gesture network's shape with random weights on the Loihi-like chip.

1024 inputs (294 with a bias) - conv 16 - conv 32 - conv 64 - conv 11 - dense 11: 18,678 neurons, 3,564,441
synapses; shapes, thresholds and leak of SANA-FE's snn/dvs.yaml. Weights and biases are drawn, so figures are
those of the shape and its activity, not of the trained network. Prints time per step and energy per step.

Usage: dvs_gesture.py [--device event|analytic|cycle] [--ticks N] [--gain G]
"""
import argparse
import json
import pathlib
import sys
import time

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "examples/common")]
import tool

SHAPES = [[1, 32, 32], [16, 15, 15], [32, 13, 13], [64, 11, 11], [11, 9, 9], [11]]
THRESHOLDS = [255, 420, 351, 276, 371, 341]


def network(folder, gain):
    """Writes the network file with its arrays beside it."""
    random = np.random.default_rng(7)
    bias = np.zeros(1024)
    bias[random.permutation(1024)[:294]] = random.integers(8, 65, 294)
    np.save(folder / "bias.npy", bias)
    populations, projections = [], []
    for k, (shape, threshold) in enumerate(zip(SHAPES, THRESHOLDS)):
        parameters = {"tau": 4.096, "r": 4096.0, "v_threshold": threshold}
        if k == 0:
            parameters["bias"] = {"npy": "bias.npy"}
        populations.append({"name": f"layer{k}", "shape": shape, "model": "lif", "parameters": parameters})
    for k in range(5):
        fan_in, out = SHAPES[k][0] * (9 if k < 4 else 81), SHAPES[k + 1][0]
        weights = np.round(random.normal(gain * 150 / np.sqrt(fan_in), 60, (out, fan_in)))
        connector = {"type": "conv2d", "kernel": [3, 3], "stride": 2 if k == 0 else 1, "out_channels": out}
        np.save(folder / f"weights{k}.npy", weights.reshape(out, -1, 3, 3) if k < 4 else weights)
        projections.append({"pre": f"layer{k}", "post": f"layer{k + 1}",
                            "connector": connector if k < 4 else {"type": "dense"},
                            "weights": {"npy": f"weights{k}.npy"}})
    path = folder / "dvs.json"
    path.write_text(json.dumps({"name": "dvs", "dt": 1e-3, "reset": "value",
                                "populations": populations, "projections": projections}))
    return path


def show(table, report, ticks, seconds):
    activity = {name: figure["value"] for name, figure in report["activity"].items()}
    dynamic = {c["component"]: c["value"] for c in report["energy"]["components"]
               if not c["component"].startswith("static")}
    tick = report["latency"]["tick"]
    print(f"{table}: {tick['mean'] * 1e6:.2f} us a step (p99 {tick['p99'] * 1e6:.2f}, max {tick['max'] * 1e6:.2f}), "
          f"{sum(dynamic.values()) / ticks * 1e6:.3f} uJ a step without leakage (modelled)")
    for name, joules in sorted(dynamic.items(), key=lambda item: -item[1])[:5]:
        print(f"    {name}: {joules / ticks * 1e9:.1f} nJ a step")
    print(f"    a step: {activity['spikes'] / ticks:.0f} spikes, {activity['messages_out'] / ticks:.0f} messages, "
          f"{activity['synaptic_events'] / ticks:.0f} synaptic events; "
          f"{activity['synaptic_events'] / seconds / 1e6:.1f} M synaptic events/s simulated")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="event")
    parser.add_argument("--ticks", type=int, default=128)
    parser.add_argument("--gain", type=float, default=0.1, help="mean of the weights, in units of 150 / sqrt(fan-in)")
    arguments = parser.parse_args()
    with tool.temporary_folder() as name:
        folder = pathlib.Path(name)
        path = network(folder, arguments.gain)
        for table in ("loihi-davies2018", "loihi-sanafe"):
            image, report = folder / "dvs.img", folder / "report.json"
            start = time.perf_counter()
            tool.spikeloom("compile", path, "--target", "loihi", "-o", image, "--set", f"topology.cost_table={table}")
            compiled = time.perf_counter() - start
            tool.spikeloom("run", image, "--device", arguments.device, "--ticks", arguments.ticks, "--report", report)
            figures = json.loads(report.read_text())
            cores = next(u["used"] for u in figures["utilisation"] if u["resource"] == "cores")
            print(f"compiled in {compiled:.1f} s to {cores} cores")
            show(table, figures, arguments.ticks, figures["host"]["cpu time"]["value"])


if __name__ == "__main__":
    main()
