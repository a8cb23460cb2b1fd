# SPDX-License-Identifier: Apache-2.0
"""Cart and pole with a spiking interface, many at once (numpy) for training, one for running.

Equations: Barto, Sutton and Anderson, "Neuronlike adaptive elements that can solve difficult learning control problems",
IEEE Transactions on Systems, Man and Cybernetics 13 (1983): cart 1 kg, pole 0.1 kg and 1 m long, the pole has fallen
beyond 12 degrees, the cart has run off beyond 2.4 m.
"""
import numpy

DT = 0.005  # [s] a tick
FORCE = 10.0  # [N] largest
FORCE_PER_SPIKE = 2.0  # [N] that one spike adds, fading by FADE a tick
FADE = 0.85
GAINS = numpy.array([0.25, 0.25, 4.0, 0.8])  # spikes a tick for 1 m, 1 m/s, 1 rad, 1 rad/s
INPUTS = 8  # positive and negative part of each of the four


class CartPole:
    """`count` systems. State: x, dx/dt, angle, d angle/dt."""

    def __init__(self, count, draw):
        self.state = draw.uniform(-0.05, 0.05, (count, 4))
        self.charge = numpy.zeros((count, INPUTS))
        self.force = numpy.zeros(count)

    def spikes(self):
        """Sigma-delta coding: a channel spikes whenever its integral has grown by one."""
        drive = self.state * GAINS
        self.charge += numpy.clip(numpy.concatenate([drive, -drive], axis=1), 0, 1)
        fired = self.charge >= 1
        self.charge -= fired
        return fired

    def step(self, left, right):
        """One tick with the spikes of the two outputs."""
        self.force = numpy.clip(FADE * self.force + FORCE_PER_SPIKE * (right.astype(float) - left), -FORCE, FORCE)
        x, v, a, w = self.state.T
        sine, cosine = numpy.sin(a), numpy.cos(a)
        push = (self.force + 0.05 * w * w * sine) / 1.1
        turn = (9.8 * sine - cosine * push) / (0.5 * (4 / 3 - 0.1 * cosine * cosine / 1.1))
        self.state = numpy.stack([x + DT * v, v + DT * (push - 0.05 * turn * cosine / 1.1), a + DT * w, w + DT * turn], axis=1)

    def up(self):
        return (abs(self.state[:, 0]) < 2.4) & (abs(self.state[:, 2]) < numpy.radians(12))
