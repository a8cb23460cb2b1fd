#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""How busy a sweep keeps its jobs: many short points, each a process that waits.

Usage: overhead.py [--points N] [--seconds S] [--jobs N]
busy = time in the points' own processes / (jobs x time of the whole sweep)
"""
import argparse
import json
import os
import pathlib
import resource
import sqlite3
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SPIKELOOM = os.environ.get("SPIKELOOM", str(ROOT / "build/bin/spikeloom"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--points", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=0.05)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    script = 'sleep "$1"; printf \'{"y": %s}\' "$2" > "$3"'
    spec = {"format": "spikeloom-sweep-1", "program": ["sh", "-c", script, "sh", str(arguments.seconds), "{user.x}", "{report}"],
            "axes": [{"setting": "user.x", "range": {"from": 1, "to": arguments.points, "steps": arguments.points}}],
            "objectives": [{"name": "y", "pointer": "/y"}]}
    with tempfile.TemporaryDirectory(prefix="spikeloom-overhead-") as name:
        folder = pathlib.Path(name)
        (folder / "s.json").write_text(json.dumps(spec))
        start = time.monotonic()
        subprocess.run([SPIKELOOM, "--quiet", "sweep", "s.json", "-o", "out", "--jobs", str(arguments.jobs)], cwd=folder,
                       check=True, stdout=subprocess.DEVNULL)
        wall = time.monotonic() - start
        store = sqlite3.connect(folder / "out/sweep.sqlite")
        count, inside, first, last = store.execute(
            "SELECT count(*), sum(wall_seconds), min(started), max(finished) FROM point WHERE status = 'ok'").fetchone()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    sweeping = last - first
    print(f"{count} points of {arguments.seconds * 1e3:g} ms, {arguments.jobs} jobs: {wall:.2f} s, of which {sweeping:.2f} s sweeping "
          f"and {wall - sweeping:.2f} s start, table and page")
    print(f"busy while sweeping: {100 * inside / (arguments.jobs * sweeping):.1f} %, over all: {100 * inside / (arguments.jobs * wall):.1f} %")
    print(f"ideal {arguments.seconds * arguments.points / arguments.jobs:.2f} s; a point's process took {1e3 * inside / count:.1f} ms; "
          f"processor time of everything {used.ru_utime + used.ru_stime:.1f} s; load average {os.getloadavg()[0]:.1f}")
    return 0 if count == arguments.points else 1


if __name__ == "__main__":
    sys.exit(main())
