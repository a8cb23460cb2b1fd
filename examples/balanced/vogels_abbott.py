#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the self-sustained network of Vogels and Abbott (J Neurosci 25:10786, 2005), current-based, as a network file.

    examples/balanced/vogels_abbott.py -o vogels_abbott.json
    spikeloom run vogels_abbott.json --target golden --integrator exact --ticks 10000 --spikes spikes.csv

The form and numbers are those of the benchmark of Brette et al. (J Comput Neurosci 23:349, 2007): 3200 excitatory
and 800 inhibitory neurons, connected with probability 0.02, resting 1 mV above their threshold, no input. One change:
a neuron here has one synaptic time constant, so inhibition decays in 5 ms instead of 10 ms, with twice the weight (the
same charge).
"""
import argparse
import json

TAU_MEM, TAU_SYN, REFRACTORY = 20e-3, 5e-3, 5e-3  # s
REST, THRESHOLD, RESET = -49.0, -50.0, -60.0  # mV
EXCITATORY, INHIBITORY = 1.62, -9.0 * 2  # mV


def network(options):
    """The network file as a dictionary. A spike is 1 for one tick: w_in = tau_syn / dt makes the current jump by w."""
    neuron = {"tau_mem": TAU_MEM, "tau_syn": TAU_SYN, "w_in": TAU_SYN / options.dt, "v_leak": REST,
              "v_threshold": THRESHOLD, "v_reset": RESET, "refractory": round(REFRACTORY / options.dt),
              "v_init": {"distribution": "uniform", "minimum": RESET, "maximum": THRESHOLD}}
    sizes = {"E": options.neurons * 4 // 5, "I": options.neurons // 5}
    connector = {"type": "fixed_probability", "probability": options.probability, "allow_self": False}
    scale = 4000 * 0.02 / (options.neurons * options.probability)
    return {
        "version": 1, "name": "Vogels-Abbott", "seed": options.seed, "dt": options.dt, "reset": "value",
        "populations": [{"name": n, "size": s, "model": "cuba_lif", "parameters": neuron, "output": True}
                        for n, s in sizes.items()],
        "projections": [{"pre": pre, "post": post, "connector": connector,
                         "weights": scale * (EXCITATORY if pre == "E" else INHIBITORY)}
                        for pre in sizes for post in sizes],
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--neurons", type=int, default=4000)
    parser.add_argument("--probability", type=float, default=0.02)
    parser.add_argument("--dt", type=float, default=1e-4, help="tick [s]")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", required=True)
    options = parser.parse_args()
    with open(options.output, "w", encoding="utf-8") as file:
        json.dump(network(options), file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
