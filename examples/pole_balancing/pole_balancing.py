#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A spiking network balances a pole, closed over the cart by `spikeloom cosim`; prints the score on each target.

usage: pole_balancing.py [--ticks N] [--seed N] [--html OUT.html] [TARGET[:DEVICE] ...]
"""
import argparse
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "common"))
import tool  # noqa: E402


def balance(name, ticks, seed, folder):
    target, _, device = name.partition(":")
    place = {"target": target, "populations": ["hidden", "motor"], **({"device": device} if device else {})}
    platform = folder / "platform.json"
    platform.write_text(json.dumps({
        "network": str(HERE / "network.json"), "ticks": ticks, "reference": "golden", "devices": {"core": place},
        "environment": {"command": [sys.executable, str(HERE / "world.py"), str(seed)], "to_network": ["senses"],
                        "from_network": ["motor"]}}))
    stem = folder / "".join(c if c.isalnum() else "-" for c in name)
    tool.spikeloom("cosim", platform, "--spikes", f"{stem}.csv", "--report", f"{stem}.json")
    return json.loads(pathlib.Path(f"{stem}.json").read_text())["cosim"], stem


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("targets", nargs="*", default=["golden", "emulator:rtl"])
    parser.add_argument("--ticks", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--html", help="page of the last target's run")
    flags = parser.parse_args()
    worst = flags.ticks
    with tool.temporary_folder() as name:
        for target in flags.targets:
            told, stem = balance(target, flags.ticks, flags.seed, pathlib.Path(name))
            score, seconds = told["environment"], told["wall time"]["value"]
            worst = min(worst, score["ticks up"])
            print(f"{target:<16} up for {score['ticks up']:.0f} of {flags.ticks} ticks, {score['falls']:.0f} falls, "
                  f"{flags.ticks / seconds:.0f} ticks/s; against the float network with the same input: "
                  f"{told['difference']['total']['missed']} spikes missed, {told['difference']['total']['added']} added")
        if flags.html:
            tool.spikeloom("report", f"{stem}.json", "-o", flags.html)
    sys.exit(0 if worst >= 0.95 * flags.ticks else 1)


main()
