#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the sparse random network of Brunel (J Comput Neurosci 8:183, 2000), model A, as a network file.

    examples/balanced/brunel.py --neurons 12500 -o brunel.json
    spikeloom run brunel.json --target golden --ticks 10000 --spikes spikes.csv

Four fifths of the neurons excite, one fifth inhibits; each neuron has --indegree inputs, drawn at random. A spike
moves the membrane by J (mV); a Poisson train moves it from outside. Defaults: g = 5, eta = 2, the asynchronous
irregular state.
"""
import argparse
import json

TAU, THRESHOLD, RESET, REFRACTORY, DELAY = 20e-3, 20.0, 10.0, 2e-3, 1.5e-3  # s, mV, mV, s, s


def connect(pre, post, indegree, weight, delay, size):
    """`indegree` synapses for each of `size` neurons on average."""
    return {"pre": pre, "post": post, "weights": weight, "delays": delay,
            "connector": {"type": "fixed_total_number", "count": indegree * size}}


def network(options):
    """The network file as a dictionary. r = tau / dt: a weight of w moves v by w mV."""
    excitatory, inhibitory = options.neurons * 4 // 5, options.neurons // 5
    c_e, c_i = options.indegree * 4 // 5, options.indegree // 5
    j, delay = options.j, round(DELAY / options.dt)
    neuron = {"tau": TAU, "r": TAU / options.dt, "v_threshold": THRESHOLD, "v_reset": RESET,
              "refractory": round(REFRACTORY / options.dt),
              "v_init": {"distribution": "uniform", "minimum": 0.0, "maximum": THRESHOLD}}
    rate = options.eta * THRESHOLD / (j * TAU)
    populations, projections = [], []
    for name, size in (("E", excitatory), ("I", inhibitory)):
        populations += [{"name": name, "size": size, "model": "lif", "parameters": neuron, "output": True},
                        {"name": f"external {name}", "size": size, "model": "poisson", "parameters": {"rate": rate}}]
        projections += [{"pre": f"external {name}", "post": name, "connector": "one_to_one", "weights": j},
                        connect("E", name, c_e, j, delay, size), connect("I", name, c_i, -options.g * j, delay, size)]
    return {"version": 1, "name": "Brunel", "seed": options.seed, "dt": options.dt, "reset": "value",
            "populations": populations, "projections": projections}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--neurons", type=int, default=12500)
    parser.add_argument("--indegree", type=int, default=1250)
    parser.add_argument("--g", type=float, default=5.0, help="inhibition over excitation")
    parser.add_argument("--eta", type=float, default=2.0, help="external rate over the rate that just reaches threshold")
    parser.add_argument("--j", type=float, default=0.1, help="excitatory weight [mV]")
    parser.add_argument("--dt", type=float, default=1e-4, help="tick [s]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", required=True)
    options = parser.parse_args()
    with open(options.output, "w", encoding="utf-8") as file:
        json.dump(network(options), file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
