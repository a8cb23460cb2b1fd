#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A bright disc on a Lissajous path, seen by an event sensor that turns with the gaze; `still` keeps the gaze where it is."""
import json
import math
import sys

import numpy

from network import DT, PIXELS

TURN = 0.35  # [pixel] that a motor spike turns the gaze
RADIUS = 2.0  # [pixel] of the disc


class World:
    def __init__(self, still):
        self.still, self.gaze, self.tick = still, numpy.zeros(2), 0
        self.seen = self.picture()

    def target(self):
        time = self.tick * DT
        return numpy.array([12 * math.sin(2 * math.pi * 0.5 * time), 9 * math.sin(2 * math.pi * 0.35 * time + 1)])

    def picture(self):
        """Brightness of each pixel: inside or outside of the disc, with a soft rim."""
        place = self.target() - self.gaze + (PIXELS - 1) / 2
        y, x = numpy.mgrid[0:PIXELS, 0:PIXELS]
        return numpy.clip(RADIUS + 0.5 - numpy.hypot(x - place[0], y - place[1]), 0, 1)

    def events(self):
        """Pixels whose brightness has grown by a quarter since they last said so; darkening is not told."""
        now = self.picture()
        fired = now - self.seen >= 0.25
        self.seen = numpy.where(fired | (now < self.seen), now, self.seen)
        return numpy.flatnonzero(fired).tolist()

    def step(self, motor):
        if not self.still:
            for neuron in motor:
                self.gaze[neuron // 2] += TURN if neuron % 2 else -TURN
        self.tick += 1
        return float(numpy.hypot(*(self.target() - self.gaze)))


def main():
    world = World(still="still" in sys.argv)
    errors, events = [], 0
    for line in sys.stdin:
        told = json.loads(line)
        if told["type"] == "stop":
            settled = errors[len(errors) // 5:]
            print(json.dumps({"report": {"mean error": sum(settled) / len(settled), "largest error": max(settled),
                                         "in sight": sum(e < PIXELS / 2 for e in settled) / len(settled), "events": events}}), flush=True)
            return
        if told["type"] == "tick":
            errors.append(world.step(told["spikes"]["motor"]))
        fired = world.events()
        events += len(fired)
        print(json.dumps({"spikes": {"events": fired}}), flush=True)


main()
