# SPDX-License-Identifier: Apache-2.0
"""Runs `spikeloom sweep` for the tests of this folder."""
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

SPIKELOOM = os.environ["SPIKELOOM"]
ROOT = pathlib.Path(os.environ["SPIKELOOM_ROOT"])
# Under MPI's own variables the command would take itself for a rank.
ENVIRONMENT = {k: v for k, v in os.environ.items() if not k.startswith(("OMPI_", "PMI", "SLURM_"))}

# A point: waits, leaves a line in a common log when it starts and when it is done, and reports x and y.
PROGRAM = r"""
import json, os, sys, time
report, log, x, y, wait = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4]), float(sys.argv[5])
def say(word):
    handle = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(handle, f"{word} {x:g} {y:g}\n".encode())
    os.close(handle)
say("start")
time.sleep(wait)
with open(report, "w") as file:
    json.dump({"cost": {"value": x * x + y}, "gain": [x, y], "tool_version": "0"}, file)
say("end")
"""


def program_spec(folder, **changes):
    """A sweep of PROGRAM over x and y; keyword arguments replace its top-level entries."""
    program = folder / "point.py"
    program.write_text(PROGRAM)
    base = {
        "format": "spikeloom-sweep-1", "name": "small",
        "program": [sys.executable, "-S", "-E", str(program), "{report}", str(folder / "log"), "{user.x}", "{user.y}",
                    "{user.wait}"],
        "fixed": {"user.wait": 0},
        "axes": [{"setting": "user.x", "values": [0, 1, 2, 3]}, {"setting": "user.y", "values": [0, 1, 2]}],
        "objectives": [{"name": "cost", "pointer": "/cost/value"},
                       {"name": "gain", "pointer": "/gain/*", "reduce": "sum", "goal": "max"}],
    }
    return {**base, **changes}


class SweepTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="spikeloom-sweep-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def write(self, name, spec):
        (self.folder / name).write_text(json.dumps(spec))
        return name

    def command(self, *arguments, **options):
        return subprocess.run([SPIKELOOM, *map(str, arguments)], cwd=self.folder, text=True, env=ENVIRONMENT,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=240, **options)

    def succeed(self, *arguments):
        done = self.command(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def fail_with(self, code, *arguments):
        done = self.command(*arguments)
        self.assertEqual(done.returncode, 1, done.stdout + done.stderr)
        self.assertIn(f"error[{code}]", done.stderr)
        return done.stderr

    def rows(self, results="out", query="SELECT * FROM point LEFT JOIN score USING(id) ORDER BY id"):
        store = sqlite3.connect(self.folder / results / "sweep.sqlite")
        store.row_factory = sqlite3.Row
        try:
            return [dict(row) for row in store.execute(query)]
        finally:
            store.close()

    def log(self):
        path = self.folder / "log"
        return path.read_text().splitlines() if path.exists() else []
