#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""A small world of 256 spiking neurons (Watts and Strogatz 1998) on both configurations of the core.

A ring in which each neuron reaches its 8 neighbours; each synapse is rewired with probability 0.1 to any
other neuron. One neuron in five inhibits. A volley into a few neurons sets it off; activity then runs
around the ring and jumps along the shortcuts. The same network is run on `sim` and `up5k`.

Usage: small_world.py [--device rtl|golden] [--ticks N] [-o network.json]
"""
import argparse
import json
import pathlib
import random
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "common"))
import tool

NEURONS = 256
NEIGHBOURS = 8
REWIRED = 0.1
SOURCES = 16


def synapses(rng):
    """(pre, post, weight, delay) in order of pre and post, without doubles or self loops."""
    pairs = {}
    for pre in range(NEURONS):
        weight = -0.8 if pre % 5 == 4 else 0.55
        for step in range(1, NEIGHBOURS // 2 + 1):
            for post in ((pre + step) % NEURONS, (pre - step) % NEURONS):
                if rng.random() < REWIRED:
                    post = rng.randrange(NEURONS)
                if post != pre:
                    pairs[pre, post] = (weight, rng.randint(1, 8))
    return [(pre, post, *pairs[pre, post]) for pre, post in sorted(pairs)]


def network(seed):
    rng = random.Random(seed)
    table = synapses(rng)
    neuron = {"tau_syn": 2e-3, "tau_mem": 10e-3, "r": 10.0, "w_in": 2.0, "v_threshold": 1.0,
              "refractory": 3}
    return {
        "name": "small_world", "dt": 1e-3, "reset": "value",
        "populations": [{"name": "volley", "size": SOURCES, "model": "spike_source"},
                        {"name": "ring", "size": NEURONS, "model": "cuba_lif", "parameters": neuron,
                         "output": True}],
        "projections": [
            {"pre": "volley", "post": "ring", "delays": 1, "weights": 1.2,
             "connector": {"type": "sparse", "pre": list(range(SOURCES)), "post": list(range(SOURCES))}},
            {"pre": "ring", "post": "ring",
             "connector": {"type": "sparse", "pre": [s[0] for s in table], "post": [s[1] for s in table]},
             "weights": [s[2] for s in table], "delays": [s[3] for s in table]}],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="rtl")
    parser.add_argument("--ticks", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", help="only write the network file")
    arguments = parser.parse_args()
    text = json.dumps(network(arguments.seed))
    if arguments.output:
        pathlib.Path(arguments.output).write_text(text)
        return
    with tool.temporary_folder() as name:
        folder = pathlib.Path(name)
        (folder / "net.json").write_text(text)
        volley = "".join(f"{tick},volley,{n}\n" for tick in (0, 1, 2) for n in range(SOURCES))
        (folder / "volley.csv").write_text("tick,population,neuron\n" + volley)
        for chip in ("sim", "up5k"):
            rows, report = tool.run(folder / "net.json", folder, chip, target="emulator", chip=chip,
                                    device=arguments.device, input=folder / "volley.csv", ticks=arguments.ticks)
            clocks = report["latency"].get("tick clocks", {"mean": 0, "max": 0})
            print(f"{chip:>5}: {len(rows)} spikes in {arguments.ticks} ticks, last in tick "
                  f"{max((r[0] for r in rows), default=0)}, "
                  f"{report['activity']['synaptic_events']['value']:.0f} synaptic events, "
                  f"{clocks['mean']:.0f} clocks a tick (at most {clocks['max']:.0f})")


if __name__ == "__main__":
    main()
