#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""One design point of the emulator core: digits learned by STDP, then recognised, with given widths and rates.

Each class has as many neurons as the core has room for: neurons // 10. Pixels reach them all over plastic
synapses; the teacher fires the neurons of the right class; the class with most spikes is the answer.

Usage: stdp_point.py REPORT.json NEURONS WEIGHT_FRACTION TRACE_WIDTH RATE SEED
"""
import json
import os
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / f"examples/{part}") for part in ("common", "digits", "stdp_digits")]
os.environ.setdefault("SPIKELOOM", str(ROOT / "build/bin/spikeloom"))
import digits_data as data
import stdp_digits as example
import tool

A_PLUS, A_MINUS = 8 * example.STEP, 20 * example.STEP  # weight change of one pairing at rate 1


def network(copies, rate, seed):
    rng = np.random.default_rng(seed)
    neurons = data.CLASSES * copies
    net = example.network(seed)
    net["populations"][2]["size"] = neurons
    pixels, teacher = net["projections"]
    pixels["weights"] = (4.0 + rng.integers(-2, 3, (neurons, data.PIXELS))).ravel().tolist()
    pixels["plasticity"]["parameters"].update(a_plus=rate * A_PLUS, a_minus=rate * A_MINUS)
    pre = np.arange(neurons) // copies
    teacher["connector"] = {"type": "sparse", "pre": pre.tolist(), "post": list(range(neurons))}
    teacher["weights"] = [example.W_MAX] * neurons
    return net


def main():
    report_file = pathlib.Path(sys.argv[1])
    neurons, fraction, trace = map(int, sys.argv[2:5])
    rate, seed = float(sys.argv[5]), int(sys.argv[6])
    copies = neurons // data.CLASSES
    train_x, train_y, test_x, test_y = data.split(*data.load())
    order = np.random.default_rng(seed).permutation(len(train_y))
    with tool.temporary_folder() as name:
        folder = pathlib.Path(name)
        (folder / "net.json").write_text(json.dumps(network(copies, rate, seed)))
        example.write_input(folder / "train.csv", train_x[order], train_y[order])
        example.write_input(folder / "test.csv", test_x)
        sets = {"capacities.neurons": neurons, "arithmetic.weight_fraction": fraction, "arithmetic.trace_width": trace}
        tool.spikeloom("compile", folder / "net.json", "--target", "emulator", "--chip", "up5k", "-o", folder / "net.img",
                       *(word for path, value in sets.items() for word in ("--set", f"{path}={value}")))
        learn = tool.run(folder / "net.img", folder, "learn", device="golden", input=folder / "train.csv",
                         ticks=len(order) * example.IMAGE_TICKS, save_image=folder / "learned.img")[1]
        rows, report = tool.run(folder / "learned.img", folder, "infer", device="golden", input=folder / "test.csv",
                                ticks=len(test_y) * example.IMAGE_TICKS, plasticity="off")
    offset = tool.offset_of(report, "digit")
    table = tool.counts(rows, "digit", len(test_y), example.IMAGE_TICKS, offset, data.CLASSES * copies)
    votes = table.reshape(len(test_y), data.CLASSES, copies).sum(axis=2)
    right = (votes.argmax(axis=1) == test_y) & (votes.max(axis=1) > 0)
    report["study"] = {
        "accuracy": float(right.mean()), "neurons_used": data.CLASSES * copies,
        "inference_energy_per_image": report["energy"]["total"]["value"] / len(test_y),
        "learning_energy_per_image": learn["energy"]["total"]["value"] / len(order),
        "weight_updates": learn["activity"]["weight_updates"]["value"]}
    report_file.write_text(json.dumps(report))


if __name__ == "__main__":
    main()
