#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Trains the network that balances the pole, by evolution strategies (Salimans et al., arXiv:1703.03864), and writes
network.json. 8 inputs, 16 hidden and 2 output LIF neurons; every run of this script gives the same file.
"""
import json
import pathlib
import sys

import numpy

from cart_pole import DT, INPUTS, CartPole

HIDDEN, OUTPUTS, TAU = 16, 2, 0.02
KEEP = 1 - DT / TAU
TICKS = 1200


def balance(first, second, draw, ticks=TICKS):
    """Ticks that each of the networks (count, ...) keeps its pole up, and how quietly."""
    count = len(first)
    world = CartPole(count, draw)
    hidden, out = numpy.zeros((count, HIDDEN)), numpy.zeros((count, OUTPUTS))
    fired = numpy.zeros((count, HIDDEN))
    alive, score = numpy.ones(count, bool), numpy.zeros(count)
    for _ in range(ticks):
        told = world.spikes().astype(float)
        out = KEEP * out + numpy.einsum("cij,cj->ci", second, fired)
        hidden = KEEP * hidden + numpy.einsum("cij,cj->ci", first, told)
        fired = (hidden > 1).astype(float)
        hidden -= fired
        spoke = out > 1
        out = out - spoke
        world.step(spoke[:, 0], spoke[:, 1])
        alive &= world.up()
        if not alive.any():
            break
        score += alive * (1 - 0.1 * numpy.minimum(1, abs(world.state[:, 0]) / 2.4))
    return score


def train(steps=80, pairs=24, rate=0.25, noise=0.15):
    draw = numpy.random.default_rng(1)
    sizes = (HIDDEN * INPUTS, OUTPUTS * HIDDEN)
    weights = draw.normal(0, 0.5, sum(sizes))

    def unpack(all_weights):
        return (all_weights[:, :sizes[0]].reshape(-1, HIDDEN, INPUTS), all_weights[:, sizes[0]:].reshape(-1, OUTPUTS, HIDDEN))

    for step in range(steps):
        trial = draw.normal(0, 1, (pairs, len(weights)))
        candidates = numpy.concatenate([weights + noise * trial, weights - noise * trial])
        scores = sum(balance(*unpack(candidates), draw) for _ in range(2))
        ranks = numpy.argsort(numpy.argsort(scores)) / (2 * pairs - 1) - 0.5
        weights = weights + rate * noise ** -1 * 0.1 * (ranks[:pairs] - ranks[pairs:]) @ trial / pairs * 2
        if step % 20 == 19:
            print(f"step {step + 1}: mean {scores.mean() / 2:.0f}, best {scores.max() / 2:.0f} of {TICKS}", file=sys.stderr)
    final = balance(*unpack(numpy.repeat(weights[None], 50, axis=0)), draw)
    print(f"trained: mean {final.mean():.0f}, worst {final.min():.0f} of {TICKS}", file=sys.stderr)
    return unpack(weights[None])


def network(first, second):
    neuron = {"model": "lif", "parameters": {"tau": TAU, "r": TAU / DT, "v_threshold": 1.0}}
    rounded = lambda w: [round(float(x), 4) for x in w.reshape(-1)]
    return {
        "name": "pole_balancing", "dt": DT, "reset": "subtract",
        "populations": [{"name": "senses", "size": INPUTS, "model": "spike_source"}, {"name": "hidden", "size": HIDDEN, **neuron},
                        {"name": "motor", "size": OUTPUTS, **neuron, "output": True}],
        "projections": [{"pre": "senses", "post": "hidden", "connector": {"type": "dense"}, "weights": rounded(first[0]), "delays": 1},
                        {"pre": "hidden", "post": "motor", "connector": {"type": "dense"}, "weights": rounded(second[0]), "delays": 1}],
    }


if __name__ == "__main__":
    path = pathlib.Path(__file__).with_name("network.json")
    path.write_text(json.dumps(network(*train()), indent=1) + "\n")
