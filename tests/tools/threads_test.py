#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`run --threads`: the same files from any number of threads, and who refuses it."""
import random
import unittest

from harness import CommandTest

SIZE, TICKS = 600, 60
COUNTS = (1, 2, 3, 7)

# Target, device: each of them shares its work out.
THREADED = (("golden", "float64"), ("emulator", "golden"), ("loihi", "golden"), ("loihi", "golden:lava"))
SINGLE = (("emulator", "model"), ("loihi", "event"), ("truenorth", "golden"))


def ring(size, plastic=False):
    """Neurons that excite their neighbours, enough of them for several blocks."""
    neuron = {"tau": 10e-3, "r": 10.0, "v_threshold": 1.0}
    chosen = random.Random(5)
    pre = [k for k in range(size) for _ in range(12)]
    post = [(k + 1 + 3 * n + chosen.randrange(3)) % size for k in range(size) for n in range(12)]
    projection = {"pre": "all", "post": "all", "connector": {"type": "sparse", "pre": pre, "post": post},
                  "weights": [chosen.randrange(-8, 17) / 64 for _ in pre],
                  "delays": [1 + chosen.randrange(6) for _ in pre]}
    if plastic:
        projection["plasticity"] = {
            "rule": "stdp_pair",
            "parameters": {"tau_plus": 0.02, "tau_minus": 0.02, "a_plus": 0.02, "a_minus": 0.01, "w_min": -2, "w_max": 2}}
    return {"name": "ring", "dt": 1e-3, "reset": "value",
            "populations": [{"name": "in", "size": size, "model": "spike_source"},
                            {"name": "all", "size": size, "model": "lif", "parameters": neuron, "output": True}],
            "projections": [{"pre": "in", "post": "all", "connector": {"type": "one_to_one"}, "weights": 2, "delays": 1},
                            projection]}


def spikes(size):
    chosen = random.Random(6)
    lines = [f"{tick},in,{chosen.randrange(size)}" for tick in range(TICKS - 10) for _ in range(30)]
    return "tick,population,neuron\n" + "\n".join(lines) + "\n"


class Threads(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("ring.json", ring(SIZE))
        self.write("in.csv", spikes(SIZE))

    def files(self, *arguments):
        """Spikes and membranes of a run."""
        self.succeed("run", "ring.json", *arguments, "--input", "in.csv", "--ticks", TICKS, "--spikes", "s.csv",
                     "--record", "all.v:v.npy")
        return (self.folder / "s.csv").read_bytes(), (self.folder / "v.npy").read_bytes()

    def check(self, target, device):
        one = self.files("--target", target, "--device", device)
        self.assertGreater(one[0].count(b"\n"), 500)
        for count in COUNTS:
            self.assertEqual(self.files("--target", target, "--device", device, "--threads", count), one,
                             f"{target} {device} {count}")

    def test_any_number_gives_the_same_files(self):
        for target, device in THREADED:
            with self.subTest(target=target, device=device):
                self.check(target, device)

    def test_learned_images_are_the_same(self):
        self.write("ring.json", ring(200, plastic=True))
        self.write("in.csv", spikes(200))
        images = []
        for count in (1, 3):
            self.files("--target", "emulator", "--device", "golden", "--save-image", "learned.img", "--threads", count)
            images.append((self.folder / "learned.img").read_bytes())
        self.assertEqual(images[0], images[1])

    def test_devices_of_one_thread_refuse_more(self):
        for target, device in SINGLE:
            with self.subTest(target=target, device=device):
                run = ("--quiet", "run", "ring.json", "--target", target, "--device", device, "--ticks", 2, "--threads")
                self.write("ring.json", {**ring(20), "seed": 1})
                self.refuse(*run, 2, code="device.no-threads", where="not on 2")
                self.succeed(*run, 1)

    def test_range(self):
        for count in (0, 257):
            done = self.spikeloom("run", "ring.json", "--target", "golden", "--ticks", 1, "--threads", count)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("1", done.stderr)
            self.assertIn("256", done.stderr)
        self.succeed("run", "ring.json", "--target", "golden", "--ticks", 1, "--threads", 256)


if __name__ == "__main__":
    unittest.main()
