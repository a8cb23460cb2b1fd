#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`mpirun -n N spikeloom sweep`: the same results as without, crashing points, ranks killed at random.

Usage: mpi_test.py [--kills N] [--seed N]
"""
import argparse
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import kill_test
from harness import ENVIRONMENT, SPIKELOOM, program_spec

RANKS = 4
# One machine, more ranks than processors, also as root in a container.
MPIRUN = ["mpirun", "-n", str(RANKS), "--oversubscribe", "--allow-run-as-root", "--mca", "btl", "self,vader", SPIKELOOM]


def is_available():
    return shutil.which("mpirun") and (pathlib.Path(SPIKELOOM).parent / "spikeloom-sweep-mpi").exists()


def ranks_of(process):
    """Processes of the MPI program below an mpirun."""
    listed = subprocess.run(["ps", "-o", "pid=,comm=", "--ppid", str(process.pid)], capture_output=True, text=True)
    return [int(line.split()[0]) for line in listed.stdout.splitlines() if "spikeloom" in line]


def sweep(folder, *launcher):
    done = subprocess.run([*launcher, "sweep", "s.json", "-o", launcher[0].split("/")[-1], "--json"], cwd=folder,
                          env=ENVIRONMENT, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def same_results(folder):
    """With MPI and without, crashing points included."""
    spec = program_spec(folder)
    spec["constraints"] = [{"require": "user.x + user.y < 5"}]
    program = pathlib.Path(spec["program"][3])
    program.write_text(program.read_text().replace("say(\"end\")", "say(\"end\")\nif x == 1: os.kill(os.getpid(), 11)"))
    (folder / "s.json").write_text(json.dumps(spec))
    alone, together = sweep(folder, SPIKELOOM), sweep(folder, *MPIRUN)
    assert alone == together, (alone, together)
    assert together["points"] == {"ok": 8, "crashed": 3, "skipped": 1}, together["points"]
    print(f"{RANKS} ranks and one process give the same front and counts: {together['points']}")


def killed_ranks(folder, kills, seed):
    rng = random.Random(seed)

    def victim(process):
        ranks = ranks_of(process)
        return rng.choice(ranks) if ranks else None

    done = sweeps = 0
    while done < kills:
        own = folder / str(sweeps)
        own.mkdir()
        done += kill_test.one_sweep(own, rng, kills - done, MPIRUN, victim)
        sweeps += 1
    print(f"{done} ranks killed in {sweeps} sweeps, resumed each time: no recorded point lost, none run again")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    if not is_available():
        print("skipped: this build has no MPI program, or mpirun is not installed")
        return
    kill_test.LONGEST = 2.5
    for check in (same_results, lambda folder: killed_ranks(folder, arguments.kills, arguments.seed)):
        folder = pathlib.Path(tempfile.mkdtemp(prefix="spikeloom-mpi-"))
        try:
            check(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
