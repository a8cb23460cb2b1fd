#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A gaze follows a moving target from the events of a sensor, closed by `spikeloom cosim`; prints the score on each target.

usage: pursuit.py [--ticks N] [--html OUT.html] [TARGET[:DEVICE] ...]
"""
import argparse
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "common"), str(HERE)]
import tool  # noqa: E402
from network import network  # noqa: E402


def pursue(name, ticks, folder, *how):
    target, _, device = name.partition(":")
    place = {"target": target, "populations": ["motor"], **({"device": device} if device else {})}
    (folder / "network.json").write_text(json.dumps(network()))
    (folder / "platform.json").write_text(json.dumps({
        "network": "network.json", "ticks": ticks, "devices": {"core": place},
        "environment": {"command": [sys.executable, str(HERE / "world.py"), *how], "to_network": ["events"], "from_network": ["motor"]}}))
    stem = folder / "".join(c if c.isalnum() else "-" for c in name)
    tool.spikeloom("cosim", folder / "platform.json", "--spikes", f"{stem}.csv", "--report", f"{stem}.json")
    return json.loads(pathlib.Path(f"{stem}.json").read_text())["cosim"], stem


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", default=["golden", "emulator:rtl"])
    parser.add_argument("--ticks", type=int, default=3000)
    parser.add_argument("--html", help="page of the last target's run")
    flags = parser.parse_args()
    with tool.temporary_folder() as name:
        folder = pathlib.Path(name)
        still = pursue(flags.targets[0], flags.ticks, folder, "still")[0]["environment"]
        print(f"gaze held still: mean error {still['mean error']:.2f} pixels, in sight {100 * still['in sight']:.0f} % of the time")
        good = True
        for target in flags.targets:
            told, stem = pursue(target, flags.ticks, folder)
            score = told["environment"]
            good = good and score["mean error"] < 0.5 * still["mean error"] and score["in sight"] > 0.95
            print(f"{target:<16} mean error {score['mean error']:.2f} pixels, largest {score['largest error']:.2f}, in sight "
                  f"{100 * score['in sight']:.0f} %, {score['events']:.0f} events, {flags.ticks / told['wall time']['value']:.0f} ticks/s")
        if flags.html:
            tool.spikeloom("report", f"{stem}.json", "-o", flags.html)
    sys.exit(0 if good else 1)


main()
