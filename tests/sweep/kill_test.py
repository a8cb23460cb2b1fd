#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments: no finished point is lost, and none is run twice.

Usage: kill_test.py [--kills N] [--seed N]
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

from harness import ENVIRONMENT, SPIKELOOM, program_spec

POINTS = 60
WAIT = 0.03
LONGEST = 0.45  # until a kill [s]


def spec_of(folder):
    half = POINTS // 2
    return program_spec(folder, fixed={"user.wait": WAIT},
                        axes=[{"setting": "user.x", "values": list(range(half))}, {"setting": "user.y", "values": [0, 1]}])


def recorded(folder):
    """Points whose transaction is in the store."""
    path = folder / "out/sweep.sqlite"
    if not path.exists():
        return {}
    store = sqlite3.connect(path)
    try:
        return {row[0]: row[1:] for row in store.execute("SELECT id, settings, status, finished FROM point")}
    except sqlite3.OperationalError:
        return {}  # killed before its first transaction
    finally:
        store.close()


def starts(folder):
    log = folder / "log"
    lines = log.read_text().splitlines() if log.exists() else []
    return [tuple(map(float, line.split()[1:])) for line in lines if line.startswith("start")]


def key(settings):
    values = json.loads(settings)
    return values["user.x"], values["user.y"]


def start_sweep(folder, command):
    return subprocess.Popen([*command, "sweep", "s.json", "-o", "out", "--jobs", "4", "--resume"], cwd=folder,
                            env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                            start_new_session=True)


def check_step(folder, before, started_before):
    """What was recorded is still there, unchanged, and has not been started again."""
    now = recorded(folder)
    for point, row in before.items():
        assert now.get(point) == row, f"point {point} was {row}, is {now.get(point)}"
    again = starts(folder)[started_before:]
    done = {key(row[0]) for row in before.values()}
    twice = [point for point in again if point in done]
    assert not twice, f"recorded and run again: {twice}"
    return now


def one_sweep(folder, rng, kills_left, command=(SPIKELOOM,), victim=lambda process: process.pid):
    """Kills and resumes until the sweep is whole or no kill is left; then lets it finish. Returns the kills."""
    (folder / "s.json").write_text(json.dumps(spec_of(folder)))
    kills, state, started = 0, {}, 0
    while kills < kills_left:
        process = start_sweep(folder, command)
        try:
            process.wait(timeout=rng.uniform(0.0, LONGEST))
        except subprocess.TimeoutExpired:
            pid = victim(process)
            if pid:
                os.kill(pid, signal.SIGKILL)
                kills += 1
        _, errors = process.communicate(timeout=120)
        assert process.returncode != 1, errors
        state = check_step(folder, state, started)
        started = len(starts(folder))
        if process.returncode == 0:
            break
    process = start_sweep(folder, command)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    state = check_step(folder, state, started)
    assert len(state) == POINTS and {row[1] for row in state.values()} == {"ok"}, state
    assert len({key(row[0]) for row in state.values()}) == POINTS
    return kills


def run(kills, seed):
    rng = random.Random(seed)
    done = sweeps = rerun = 0
    begin = time.monotonic()
    while done < kills:
        folder = pathlib.Path(tempfile.mkdtemp(prefix="spikeloom-kill-"))
        try:
            done += one_sweep(folder, rng, kills - done)
            rerun += len(starts(folder)) - POINTS
            sweeps += 1
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    print(f"{done} kills in {sweeps} sweeps of {POINTS} points, {time.monotonic() - begin:.0f} s: no recorded point lost, "
          f"none run again; {rerun} points were under way when killed and started anew")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    run(arguments.kills, arguments.seed)


if __name__ == "__main__":
    sys.exit(main())
