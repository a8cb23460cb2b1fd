#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the cortical microcircuit of Potjans and Diesmann (Cerebral Cortex 24:785, 2014) as a network file.

    examples/microcircuit/generate.py --scale 0.1 -o microcircuit.json
    spikeloom run microcircuit.json --target golden --integrator exact --ticks 10000 --spikes spikes.csv

One mm2 of cortex: 77,169 neurons in eight populations, 0.3 G synapses. Voltages are in mV, currents in pA,
a tick is 0.1 ms. The file is small: connections are drawn when the network is built.

Scaling: --scale s keeps s of the neurons and s of the synapses onto each neuron. The weights grow by
1 / sqrt(s), which keeps the variance of the input, and a constant current replaces the mean that is lost,
taken from the rates of the whole network (van Albada, Helias and Diesmann, PLoS Comput Biol 11, 2015). The third
moment of the input grows all the same, by 1 / sqrt(s) and toward inhibition, so that such a network fires less than
the whole one (at 0.1: 5 to 50 %, layer 2/3 most). A small current for each population makes up for that; it grows as
the third moment does and was found by calibrate.py. --plain leaves it away. --drive dc is for --scale 1: a scaled
network without the noise of its Poisson input falls silent.

A spike counts as 1 for one tick, so that a synaptic current that starts with J pA and decays with tau_syn needs
w_in = tau_syn / dt: the same charge.
"""
import argparse
import json
import math

POPULATIONS = ["L23E", "L23I", "L4E", "L4I", "L5E", "L5I", "L6E", "L6I"]
SIZES = [20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948]
# Connection probabilities, one row for each target population.
PROBABILITIES = [
    [0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0, 0.0076, 0.0],
    [0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0, 0.0042, 0.0],
    [0.0077, 0.0059, 0.0497, 0.135, 0.0067, 0.0003, 0.0453, 0.0],
    [0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0, 0.1057, 0.0],
    [0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0],
    [0.0548, 0.0269, 0.0257, 0.0022, 0.06, 0.3158, 0.0086, 0.0],
    [0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252],
    [0.0364, 0.001, 0.0034, 0.0005, 0.0277, 0.008, 0.0658, 0.1443],
]
EXTERNAL_INDEGREES = [1600, 1500, 2100, 1900, 2000, 1900, 2900, 2100]
EXTERNAL_RATE = 8.0  # Hz
RATES = [0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829]  # Hz, of the whole network
V_MEAN = [-68.28, -63.16, -63.33, -63.45, -63.11, -61.66, -66.72, -61.43]
V_DEVIATION = [5.36, 4.57, 4.74, 4.94, 4.94, 4.55, 5.46, 4.48]

# Constant current [pA] that gives the network of a tenth the rates of the whole one, from calibrate.py.
CORRECTION_AT_A_TENTH = [33.0, 14.0, 22.0, 15.0, 11.0, 9.5, 25.5, 8.0]

DT = 1e-4  # s
TAU_MEM, TAU_SYN, REFRACTORY = 10e-3, 0.5e-3, 2e-3  # s
CAPACITY = 250.0  # pF
E_LEAK, V_THRESHOLD, V_RESET = -65.0, -50.0, -65.0  # mV
PSP, G, WEIGHT_DEVIATION = 0.15, -4.0, 0.1
DELAYS = {"E": 1.5e-3, "I": 0.75e-3}  # s
DELAY_DEVIATION = 0.5


def current_for(psp):
    """Initial synaptic current [pA] that gives a postsynaptic potential with a peak of psp mV."""
    m, s = TAU_MEM * 1e3, TAU_SYN * 1e3
    ratio = m / s
    peak = m * s / (s - m) / CAPACITY * (ratio ** (-m / (m - s)) - ratio ** (-s / (m - s)))
    return psp / peak


def synapses(target, source):
    """Number of synapses of the whole network from one population to another."""
    p = PROBABILITIES[target][source]
    if p == 0:
        return 0.0
    return math.log(1 - p) / math.log(1 - 1 / (SIZES[source] * SIZES[target]))


def mean_current(target, source):
    """Initial current of one synapse [pA]."""
    if POPULATIONS[source].endswith("I"):
        return G * current_for(PSP)
    doubled = (POPULATIONS[target], POPULATIONS[source]) == ("L23E", "L4E")
    return current_for(2 * PSP if doubled else PSP)


def correction(target, scale):
    """Current [pA] against the growth of the third moment with scaling."""
    return CORRECTION_AT_A_TENTH[target] * (1 / math.sqrt(scale) - 1) / (math.sqrt(10) - 1)


def constant_current(target, scale, drive, plain):
    """Current [pA] that stands for the mean input which scaling, or a missing Poisson drive, takes away."""
    recurrent = sum(mean_current(target, s) * synapses(target, s) / SIZES[target] * RATES[s] for s in range(8))
    external = current_for(PSP) * EXTERNAL_INDEGREES[target] * EXTERNAL_RATE
    lost = 1 - math.sqrt(scale)
    mean = TAU_SYN * (lost * recurrent + (external if drive == "dc" else lost * external))
    return mean if plain else mean + correction(target, scale)


def population(index, size, scale, drive, plain):
    """Neurons of one population of the network file."""
    w_in = TAU_SYN / DT
    return {
        "name": POPULATIONS[index], "size": size, "model": "cuba_lif", "output": True,
        "parameters": {
            "tau_syn": TAU_SYN, "tau_mem": TAU_MEM, "r": TAU_MEM * 1e3 / CAPACITY, "w_in": w_in,
            "v_leak": E_LEAK, "v_threshold": V_THRESHOLD, "v_reset": V_RESET,
            "refractory": round(REFRACTORY / DT), "bias": constant_current(index, scale, drive, plain) / w_in,
            "v_init": {"distribution": "normal", "mean": V_MEAN[index], "deviation": V_DEVIATION[index]},
        },
    }


def bounded_normal(mean, deviation):
    """Normal distribution that keeps the sign of its mean."""
    bound = {"maximum": 0.0} if mean < 0 else {"minimum": 0.0}
    return {"distribution": "normal", "mean": mean, "deviation": abs(deviation), **bound}


def projection(target, source, scale):
    """Synapses from one population to another; None where there are none."""
    count = round(synapses(target, source) * scale * scale)
    if count == 0:
        return None
    mean = mean_current(target, source) / math.sqrt(scale)
    delay = DELAYS[POPULATIONS[source][-1]] / DT
    spread = delay * DELAY_DEVIATION
    return {
        "pre": POPULATIONS[source], "post": POPULATIONS[target],
        "connector": {"type": "fixed_total_number", "count": count},
        "weights": bounded_normal(mean, mean * WEIGHT_DEVIATION),
        # At least a tick; of 16 million draws, four exceed five deviations.
        "delays": {"distribution": "normal", "mean": delay, "deviation": spread, "minimum": 1,
                   "maximum": round(delay + 5 * spread)},
    }


def network(scale, drive, seed, plain=False):
    """The whole network file as a dictionary."""
    sizes = [max(1, round(n * scale)) for n in SIZES]
    populations, projections = [], []
    for k, size in enumerate(sizes):
        populations.append(population(k, size, scale, drive, plain))
        if drive == "poisson":
            source = f"external {POPULATIONS[k]}"
            rate = EXTERNAL_INDEGREES[k] * scale * EXTERNAL_RATE
            populations.append({"name": source, "size": size, "model": "poisson", "parameters": {"rate": rate}})
            projections.append({"pre": source, "post": POPULATIONS[k], "connector": "one_to_one",
                                "weights": current_for(PSP) / math.sqrt(scale)})
    for target in range(8):
        projections += [p for p in (projection(target, source, scale) for source in range(8)) if p]
    return {"version": 1, "name": f"cortical microcircuit, scale {scale:g}", "seed": seed, "dt": DT, "reset": "value",
            "populations": populations, "projections": projections}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", type=float, default=0.1, help="share of the neurons and of the synapses of each")
    parser.add_argument("--drive", choices=["poisson", "dc"], default="poisson", help="external input")
    parser.add_argument("--plain", action="store_true", help="keep mean and variance of the input only")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", "--output", required=True, help="network file to write")
    options = parser.parse_args()
    if not 0 < options.scale <= 1:
        parser.error("--scale must be above 0 and at most 1")
    with open(options.output, "w", encoding="utf-8") as file:
        json.dump(network(options.scale, options.drive, options.seed, options.plain), file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
