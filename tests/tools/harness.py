# SPDX-License-Identifier: Apache-2.0
"""Runs the command for the tests of this folder."""
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

SPIKELOOM = os.environ["SPIKELOOM"]
ROOT = pathlib.Path(os.environ["SPIKELOOM_ROOT"])
SHARED_DATA = ROOT.parent / "shared/data"


def network(**changes):
    """A small network that every target can run; keyword arguments replace its top-level entries."""
    neuron = {"tau": 10e-3, "r": 10.0, "v_threshold": 1.0}
    base = {
        "name": "small", "dt": 1e-3, "reset": "value",
        "populations": [{"name": "in", "size": 4, "model": "spike_source"},
                        {"name": "out", "size": 3, "model": "lif", "parameters": neuron, "output": True}],
        "projections": [{"pre": "in", "post": "out", "connector": {"type": "dense"}, "delays": 1,
                         "weights": [0.5, 0.25, 1.5, -0.5, 0.75, 1.25, 0.5, 0.0, 2.0, 0.125, 1.0, 0.25]}],
    }
    return {**base, **changes}


SPIKES = "tick,population,neuron\n0,in,0\n1,in,1\n1,in,2\n2,in,3\n5,in,0\n5,in,2\n9,in,1\n"


class CommandTest(unittest.TestCase):
    """Each test has a folder of its own as self.folder."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="spikeloom-test-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def write(self, name, content):
        path = self.folder / name
        if isinstance(content, (dict, list)):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def spikeloom(self, *arguments, **options):
        return subprocess.run([SPIKELOOM, *map(str, arguments)], capture_output=True, text=True, timeout=120,
                              cwd=self.folder, **options)

    def succeed(self, *arguments):
        done = self.spikeloom(*arguments)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def refuse(self, *arguments, code, where="", leaves=()):
        """Expects exit status 1, a diagnostic of that code (or family, "json.") at that place, and none of the
        files `leaves`."""
        done = self.spikeloom(*arguments)
        self.assertEqual(done.returncode, 1, f"stdout: {done.stdout}\nstderr: {done.stderr}")
        first = done.stderr.splitlines()[0] if done.stderr else ""
        self.assertRegex(first, r"^error\[[a-z0-9.-]+\]: ", done.stderr)
        self.assertIn(f"error[{code}" + ("" if code.endswith(".") else "]"), done.stderr)
        self.assertIn(where, done.stderr)
        for name in leaves:
            self.assertFalse((self.folder / name).exists(), f"{name} was left behind")
        self.assertEqual([], [p.name for p in self.folder.iterdir() if len(p.suffix) == 7 and p.stem in leaves])
        return done.stderr
