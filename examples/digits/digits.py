#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Recognises 360 held-out UCI digits three times: float golden, integer golden, and the emulator core's RTL.

The trained network (digits.nir) is compiled to a hardware image; the images are shown one after another,
24 ticks each, without a reset between them. The class is the output neuron with most spikes.

Usage: digits.py [--device rtl|rtl-uart] [--chip sim|up5k] [--images N] [--raster FILE.svg]
"""
import argparse
import pathlib
import sys

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "examples/common")]
import digits_data as data
import raster
import tool


def accuracy(rows, report, labels):
    output = report["populations"][-1]["name"]
    table = tool.counts(rows, output, len(labels), data.IMAGE_TICKS, tool.offset_of(report, output))
    return 100.0 * np.mean(table.argmax(axis=1) == labels)


def per_image(value, unit, images):
    for factor, prefix in ((1, ""), (1e-3, "m"), (1e-6, "u"), (1e-9, "n"), (1e-12, "p")):
        if value / images >= factor:
            return f"{value / images / factor:.3g} {prefix}{unit}"
    return f"{value / images:.3g} {unit}"


def show(report, images):
    """What the run on the core cost, from its report."""
    ticks = report["latency"]["tick"]
    clocks = sum(report["latency"]["clocks per tick"]["values"])
    clock = report["latency"]["clock"]["value"]
    events = report["activity"]["synaptic_events"]["value"]
    print(f"latency per image: {clocks / images:.0f} clocks (measured), "
          f"{per_image(clocks / clock, 's', images)} at {clock / 1e6:g} MHz (modelled); "
          f"slowest tick {ticks['max'] * 1e6:.3g} us")
    print(f"energy per image: {per_image(report['energy']['total']['value'], 'J', images)} (modelled)")
    print(f"synaptic events per image: {events / images:.0f} (measured)")
    for line in report["utilisation"]:
        print(f"utilisation: {line['resource']}: {line['used']} of {line['limit']} "
              f"({100 * line['used'] / max(line['limit'], 1):.1f} %)")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--device", default="rtl")
    parser.add_argument("--chip", default="sim")
    parser.add_argument("--images", type=int, default=360)
    parser.add_argument("--raster", help="draw the spikes of the first images to this SVG file")
    arguments = parser.parse_args()

    images, labels = (part[:arguments.images] for part in data.split(*data.load())[2:])
    network = data.HERE / "digits.nir"
    with tool.temporary_folder() as name:
        folder = pathlib.Path(name)
        ticks = data.write_spike_csv(folder / "input.csv", data.encode(images), "pixels") + 2
        image = folder / "digits.img"
        tool.spikeloom("compile", network, "--target", "emulator", "--chip", arguments.chip, "-o", image,
                       "--dt", "1e-3", "--reset", "value")
        common = {"input": folder / "input.csv", "ticks": ticks}
        float_rows, float_report = tool.run(network, folder, "float", target="golden", dt="1e-3",
                                            reset="value", **common)
        integer_rows, integer_report = tool.run(image, folder, "integer", device="golden", **common)
        rtl_rows, rtl_report = tool.run(image, folder, "rtl", device=arguments.device, **common)
        if arguments.raster:
            raster.draw(arguments.raster, data.encode(images), rtl_rows, rtl_report, labels)

    print(f"float golden accuracy: {accuracy(float_rows, float_report, labels):.1f} %")
    print(f"integer golden accuracy: {accuracy(integer_rows, integer_report, labels):.1f} %")
    print(f"RTL accuracy: {accuracy(rtl_rows, rtl_report, labels):.1f} %")
    same = integer_rows == rtl_rows
    print(f"integer golden and RTL: {len(rtl_rows)} spikes, {'all equal' if same else 'NOT EQUAL'}")
    show(rtl_report, len(labels))
    if not same:
        sys.exit(1)


if __name__ == "__main__":
    main()
