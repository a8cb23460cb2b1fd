# SPDX-License-Identifier: Apache-2.0
"""UCI handwritten digits as spikes: the data, the split and the encoding, used by all digit examples."""
import gzip
import pathlib

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
PIXELS = 64
CLASSES = 10
ACTIVE_TICKS = 16  # an image of intensity p / 16 spikes p times in these ticks
SILENT_TICKS = 8   # then nothing, so that activity dies out before the next image
IMAGE_TICKS = ACTIVE_TICKS + SILENT_TICKS


def load():
    """Images as (n, 64) integers 0..16 and labels as (n,)."""
    with gzip.open(HERE / "digits.csv.gz", "rt") as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.int64)
    return table[:, :PIXELS], table[:, PIXELS]


def split(images, labels):
    """(train images, train labels, test images, test labels); every fifth image is held out: 360 of 1797."""
    held_out = np.arange(len(labels)) % 5 == 0
    return images[~held_out], labels[~held_out], images[held_out], labels[held_out]


def encode(images):
    """Spikes (n, IMAGE_TICKS, 64) of 0 and 1: evenly spaced, each pixel with a phase of its own."""
    phase = (7 * np.arange(PIXELS)) % ACTIVE_TICKS
    tick = np.arange(ACTIVE_TICKS)[None, :, None]
    intensity = images[:, None, :]
    after = ((tick + 1) * intensity + phase) // ACTIVE_TICKS
    before = (tick * intensity + phase) // ACTIVE_TICKS
    silence = np.zeros((len(images), SILENT_TICKS, PIXELS), dtype=np.int64)
    return np.concatenate([after - before, silence], axis=1)


def write_spike_csv(path, spikes, population):
    """One long recording, image after image, as the tool's spike file."""
    stream = spikes.reshape(-1, spikes.shape[-1])
    ticks, neurons = np.nonzero(stream)
    with open(path, "w", encoding="ascii") as file:
        file.write("tick,population,neuron\n")
        file.writelines(f"{t},{population},{n}\n" for t, n in zip(ticks, neurons))
    return len(stream)
