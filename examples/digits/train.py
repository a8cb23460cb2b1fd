#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Trains a 64-192-10 spiking network on the UCI digits with surrogate gradients and writes digits.nir.

Only numpy is needed for the training; the network is written as Spikeloom's JSON and converted to NIR by
`spikeloom convert`. Same result on every x86-64 machine with Debian 12's numpy: one thread, reference BLAS
and no CPU-dependent kernels.

Usage: train.py [--epochs N] [--spikeloom PATH] [-o digits.nir]
"""
import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("NPY_DISABLE_CPU_FEATURES",
                      "SSSE3 SSE41 POPCNT SSE42 AVX F16C FMA3 AVX2 AVX512F AVX512CD AVX512_SKX "
                      "AVX512_CLX AVX512_CNL AVX512_ICL")

import argparse
import json
import pathlib
import subprocess
import tempfile
import warnings

warnings.filterwarnings("ignore", message=".*CPU features.*")
import numpy as np

import digits_data as data

HIDDEN = 192
TAU = 8e-3          # s; dt = 1 ms, so a membrane keeps 7/8 a tick
KEEP = 1.0 - 1e-3 / TAU
THRESHOLD = 1.0
SHARPNESS = 4.0     # of the surrogate derivative 1 / (1 + SHARPNESS |v - threshold|)^2
LOGIT_PER_SPIKE = 0.6
RATE = 5e-3         # of Adam, falling along a half cosine
BATCH = 64


def surrogate(v):
    return 1.0 / (1.0 + SHARPNESS * np.abs(v - THRESHOLD)) ** 2


def lif(current, v):
    """Forward Euler LIF with reset to 0: spikes and membranes before reset, over (tick, batch, neuron)."""
    spikes = np.zeros_like(current)
    before = np.zeros_like(current)
    for t in range(len(current)):
        v = KEEP * v + current[t]
        before[t] = v
        spikes[t] = v > THRESHOLD
        v = v * (1.0 - spikes[t])
    return spikes, before, v


def lif_gradient(d_spikes, spikes, before):
    """Gradient of the input current, given that of the spikes; the reset is not differentiated."""
    d_current = np.zeros_like(d_spikes)
    carried = np.zeros_like(d_spikes[0])
    for t in reversed(range(len(d_spikes))):
        carried = d_spikes[t] * surrogate(before[t]) + KEEP * (1.0 - spikes[t]) * carried
        d_current[t] = carried
    return d_current


class Network:
    """Weights as y = x W; biases are currents each tick."""

    def __init__(self, rng):
        self.parameters = {
            "w1": rng.normal(0.0, 0.18, (data.PIXELS, HIDDEN)),
            "w2": rng.normal(0.0, 0.22, (HIDDEN, data.CLASSES)),
        }

    def forward(self, x, v1, v2):
        p = self.parameters
        s1, m1, v1 = lif(x @ p["w1"], v1)
        s2, m2, v2 = lif(s1 @ p["w2"], v2)
        return s1, m1, s2, m2, v1, v2

    def gradients(self, x, labels, v1, v2):
        s1, m1, s2, m2, v1, v2 = self.forward(x, v1, v2)
        logits = LOGIT_PER_SPIKE * s2.sum(axis=0)
        logits -= logits.max(axis=1, keepdims=True)
        probability = np.exp(logits)
        probability /= probability.sum(axis=1, keepdims=True)
        d_logits = probability.copy()
        d_logits[np.arange(len(labels)), labels] -= 1.0
        d_s2 = np.broadcast_to(LOGIT_PER_SPIKE * d_logits / len(labels), s2.shape)
        d_i2 = lif_gradient(d_s2, s2, m2)
        # A mild pull toward few hidden spikes: energy is spent by the spike.
        d_s1 = d_i2 @ self.parameters["w2"].T + 2e-5 / len(labels)
        d_i1 = lif_gradient(d_s1, s1, m1)
        return {"w1": np.tensordot(x, d_i1, axes=([0, 1], [0, 1])),
                "w2": np.tensordot(s1, d_i2, axes=([0, 1], [0, 1]))}, v1, v2


class Adam:
    def __init__(self, parameters, rate):
        self.rate, self.step = rate, 0
        self.mean = {k: np.zeros_like(v) for k, v in parameters.items()}
        self.square = {k: np.zeros_like(v) for k, v in parameters.items()}

    def update(self, parameters, gradients):
        self.step += 1
        for key, g in gradients.items():
            self.mean[key] = 0.9 * self.mean[key] + 0.1 * g
            self.square[key] = 0.999 * self.square[key] + 0.001 * g * g
            mean = self.mean[key] / (1.0 - 0.9 ** self.step)
            square = self.square[key] / (1.0 - 0.999 ** self.step)
            parameters[key] -= self.rate * mean / (np.sqrt(square) + 1e-8)


def shifted(images, rng):
    """Each image moved by up to one pixel either way, which is worth many more images."""
    grid = np.zeros((len(images), 10, 10), dtype=images.dtype)
    grid[:, 1:9, 1:9] = images.reshape(-1, 8, 8)
    moves = rng.integers(0, 3, (len(images), 2)) * (rng.random((len(images), 1)) < 0.5)
    moves = np.where(moves.sum(axis=1, keepdims=True) == 0, 1, moves)
    return np.stack([g[y:y + 8, x:x + 8] for g, (y, x) in zip(grid, moves)]).reshape(-1, data.PIXELS)


def accuracy(network, images, labels):
    """Fraction right when the images are shown one after another without a reset, as on the hardware."""
    x = data.encode(images).reshape(-1, 1, data.PIXELS).astype(np.float64)
    zeros = np.zeros((1, HIDDEN)), np.zeros((1, data.CLASSES))
    spikes = network.forward(x, *zeros)[2].reshape(len(images), data.IMAGE_TICKS, data.CLASSES)
    return float(np.mean(spikes.sum(axis=1).argmax(axis=1) == labels))


def train(epochs, rng):
    train_x, train_y, test_x, test_y = data.split(*data.load())
    network = Network(rng)
    adam = Adam(network.parameters, RATE)
    v1, v2 = np.zeros((BATCH, HIDDEN)), np.zeros((BATCH, data.CLASSES))
    for epoch in range(epochs):
        adam.rate = RATE * 0.5 * (1.0 + np.cos(np.pi * epoch / epochs)) + 2e-5
        order = rng.permutation(len(train_y))
        for start in range(0, len(order) - BATCH + 1, BATCH):
            chosen = order[start:start + BATCH]
            x = data.encode(shifted(train_x[chosen], rng)).transpose(1, 0, 2).astype(np.float64)
            gradients, v1, v2 = network.gradients(x, train_y[chosen], v1, v2)
            adam.update(network.parameters, gradients)
        if epoch % 10 == 9 or epoch == epochs - 1:
            print(f"epoch {epoch + 1}: training {accuracy(network, train_x, train_y):.4f}, "
                  f"held out {accuracy(network, test_x, test_y):.4f}", flush=True)
    return network


def layer(name, size, **more):
    neuron = {"tau": TAU, "r": TAU / 1e-3, "v_threshold": THRESHOLD, "v_reset": 0.0, "v_leak": 0.0}
    return {"name": name, "size": size, "model": "lif", "parameters": neuron, **more}


def write(network, path, spikeloom):
    p = network.parameters
    description = {
        "name": "digits", "dt": 1e-3, "reset": "value",
        "populations": [{"name": "pixels", "size": data.PIXELS, "model": "spike_source"},
                        layer("hidden", HIDDEN), layer("digit", data.CLASSES, output=True)],
        "projections": [
            {"pre": "pixels", "post": "hidden", "connector": {"type": "dense"}, "delays": 1,
             "weights": p["w1"].T.astype(np.float32).astype(float).ravel().tolist()},
            {"pre": "hidden", "post": "digit", "connector": {"type": "dense"}, "delays": 1,
             "weights": p["w2"].T.astype(np.float32).astype(float).ravel().tolist()}],
    }
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "digits.json"
        source.write_text(json.dumps(description))
        subprocess.run([spikeloom, "convert", str(source), "-o", str(path)], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--spikeloom", default=str(data.HERE.parents[1] / "build/bin/spikeloom"))
    parser.add_argument("-o", "--output", default=str(data.HERE / "digits.nir"))
    arguments = parser.parse_args()
    network = train(arguments.epochs, np.random.default_rng(arguments.seed))
    write(network, arguments.output, arguments.spikeloom)


if __name__ == "__main__":
    main()
