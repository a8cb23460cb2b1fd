#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The cart and the pole as an environment of `spikeloom cosim`: JSON lines in, JSON lines out."""
import json
import sys

import numpy

from cart_pole import CartPole


def main():
    world, up, falls = None, 0, 0
    for line in sys.stdin:
        told = json.loads(line)
        if told["type"] == "stop":
            print(json.dumps({"report": {"ticks up": up, "falls": falls}}), flush=True)
            return
        if told["type"] == "start":
            draw = numpy.random.default_rng(int(sys.argv[1]) if len(sys.argv) > 1 else 1)
            world = CartPole(1, draw)
        else:
            motor = told["spikes"]["motor"]
            world.step(numpy.array([0 in motor]), numpy.array([1 in motor]))
            if world.up()[0]:
                up += 1
            else:
                falls += 1
                world = CartPole(1, draw)
        print(json.dumps({"spikes": {"senses": [int(k) for k in numpy.flatnonzero(world.spikes()[0])]}}), flush=True)


main()
