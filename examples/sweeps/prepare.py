#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Writes what the specs of this folder read into out/sweeps: held-out digits as spikes, and their labels.

Usage: prepare.py [--images N] [--recording FILE.bin]    the latter an N-MNIST recording, for loihi_nmnist.json
"""
import argparse
import pathlib
import shutil
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "examples/digits")]
import digits_data as data


def write_recording(source, target):
    """An N-MNIST recording (5 bytes an event: x, y, polarity and time in us) as spikes of 1 ms ticks; gives the ticks."""
    raw = np.frombuffer(source.read_bytes(), dtype=np.uint8).reshape(-1, 5).astype(np.int64)
    x, y, polarity = raw[:, 0], raw[:, 1], raw[:, 2] >> 7
    tick = ((raw[:, 2] & 127) << 16 | raw[:, 3] << 8 | raw[:, 4]) // 1000
    keys, counts = np.unique(np.stack([tick, (polarity * 34 + y) * 34 + x]), axis=1, return_counts=True)
    with open(target, "w", encoding="ascii") as file:
        file.write("tick,population,neuron,value\n")
        file.writelines(f"{t},input,{n},{count}\n" for t, n, count in zip(*keys, counts))
    return int(tick.max()) + 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--images", type=int, default=100)
    parser.add_argument("--recording", type=pathlib.Path, default=ROOT.parent / "shared/data/cnn/nmnist_sample.bin")
    parser.add_argument("--network", type=pathlib.Path, default=ROOT.parent / "shared/data/nir/cnn_sinabs.nir")
    parser.add_argument("--label", type=int, default=4, help="what the recording shows")
    arguments = parser.parse_args()
    folder = ROOT / "out/sweeps"
    folder.mkdir(parents=True, exist_ok=True)
    images, labels = (part[:arguments.images] for part in data.split(*data.load())[2:])
    ticks = data.write_spike_csv(folder / "digits.csv", data.encode(images), "pixels")
    (folder / "digits_labels.txt").write_text("".join(f"{label}\n" for label in labels))
    shutil.copy(ROOT / "examples/digits/digits.nir", folder / "digits.nir")
    if arguments.recording.exists() and arguments.network.exists():
        shutil.copy(arguments.network, folder / "nmnist.nir")
        (folder / "nmnist_label.txt").write_text(f"{arguments.label}\n")
        print(f"N-MNIST: {write_recording(arguments.recording, folder / 'nmnist.csv')} ticks")
    else:
        print("no N-MNIST recording and network: loihi_nmnist.json will not find them")
    print(f"{folder}: {len(labels)} digits, {ticks} ticks and 2 more for the layers")


if __name__ == "__main__":
    main()
