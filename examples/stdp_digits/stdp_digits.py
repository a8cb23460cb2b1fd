#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Digits learned on the emulator core by STDP, then recognised by the same core.

64 pixel sources reach 10 neurons over plastic synapses. After each training image, while the traces of its
pixels still stand, a teacher fires the neuron of the right class: its active synapses grow. A neuron that
fires during an image, because its weights already match, is depressed by the pixel spikes that follow
(a_minus > a_plus). Growth for the right class and shrinking with the neuron's own firing balance where the
right neuron fires and the others are silent: an error-driven rule out of pair STDP alone. The weights
are read back from the core into an image, and the core then runs the held-out digits with learning off.

Usage: stdp_digits.py [--device rtl|golden|rtl-uart] [--chip sim|up5k] [--epochs N]
"""
import argparse
import json
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "examples/common"), str(ROOT / "examples/digits")]
import digits_data as data
import tool

IMAGE_TICKS = 30     # 16 with pixel spikes, then the teacher, then silence until the traces are gone
TEACHER_TICKS = 4    # the teacher fires in each of these, right after the pixels
TEACHER_COUNT = 16   # spikes of the teacher in one tick: enough to fire its neuron whatever it has learned
W_MAX = 127.0        # weights in units of the core's least weight step
THRESHOLD = 400.0
STEP = 1.0 / 64.0    # the core keeps 6 bits below the weight's unit (3 in up5k)


def network(seed):
    rng = np.random.default_rng(seed)
    weights = 4.0 + rng.integers(-2, 3, (data.CLASSES, data.PIXELS))
    return {
        "name": "stdp_digits", "dt": 1e-3, "reset": "value",
        "populations": [
            {"name": "pixels", "size": data.PIXELS, "model": "spike_source"},
            {"name": "teacher", "size": data.CLASSES, "model": "spike_source"},
            {"name": "digit", "size": data.CLASSES, "model": "lif", "output": True,
             "parameters": {"tau": 8e-3, "r": 8.0, "v_threshold": THRESHOLD}}],
        "projections": [
            {"pre": "pixels", "post": "digit", "connector": {"type": "dense"}, "delays": 1,
             "weights": weights.ravel().tolist(),
             "plasticity": {"rule": "stdp_pair",
                            "parameters": {"tau_plus": 12e-3, "tau_minus": 6e-3, "a_plus": 8 * STEP,
                                           "a_minus": 20 * STEP, "w_min": -W_MAX, "w_max": W_MAX}}},
            {"pre": "teacher", "post": "digit", "connector": {"type": "one_to_one"}, "delays": 1,
             "weights": W_MAX}],
    }


def write_input(path, images, labels=None):
    """Spike file of all images one after another; with labels, the teacher's spikes as well."""
    spikes = data.encode(images)[:, :data.ACTIVE_TICKS]
    with open(path, "w", encoding="ascii") as file:
        file.write("tick,population,neuron,value\n")
        for image, frame in enumerate(spikes):
            start = image * IMAGE_TICKS
            file.writelines(f"{start + t},pixels,{n},1\n" for t, n in zip(*np.nonzero(frame)))
            if labels is not None:
                file.writelines(f"{start + data.ACTIVE_TICKS + t},teacher,{labels[image]},{TEACHER_COUNT}\n"
                                for t in range(TEACHER_TICKS))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="rtl")
    parser.add_argument("--chip", default="sim")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()

    train_x, train_y, test_x, test_y = data.split(*data.load())
    rng = np.random.default_rng(arguments.seed)
    order = np.concatenate([rng.permutation(len(train_y)) for _ in range(arguments.epochs)])
    with tool.temporary_folder() as name:
        folder = pathlib.Path(name)
        (folder / "net.json").write_text(json.dumps(network(arguments.seed)))
        write_input(folder / "train.csv", train_x[order], train_y[order])
        write_input(folder / "test.csv", test_x)
        tool.spikeloom("compile", folder / "net.json", "--target", "emulator", "--chip", arguments.chip,
                       "-o", folder / "net.img")
        learn = tool.run(folder / "net.img", folder, "learn", device=arguments.device,
                         input=folder / "train.csv", ticks=len(order) * IMAGE_TICKS,
                         save_image=folder / "learned.img")[1]
        rows, report = tool.run(folder / "learned.img", folder, "infer", device=arguments.device,
                                input=folder / "test.csv", ticks=len(test_y) * IMAGE_TICKS, plasticity="off")
    table = tool.counts(rows, "digit", len(test_y), IMAGE_TICKS, tool.offset_of(report, "digit"))
    accuracy = 100.0 * np.mean(table.argmax(axis=1) == test_y)
    print(f"learned from {len(order)} digits in {learn['ticks']} ticks, "
          f"{learn['activity']['weight_updates']['value']:.0f} weight updates on the core")
    print(f"STDP {arguments.device} accuracy: {accuracy:.1f} % of {len(test_y)} held-out digits")


if __name__ == "__main__":
    main()
