#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`spikeloom sweep`: grids, every way a point can end, shared work, resume, dry run."""
import csv
import json
import sys
import unittest

from harness import ROOT, SweepTest, program_spec

NETWORK = {
    "name": "small", "dt": 1e-3, "reset": "value",
    "populations": [{"name": "in", "size": 4, "model": "spike_source"},
                    {"name": "out", "size": 3, "model": "lif", "output": True,
                     "parameters": {"tau": 10e-3, "r": 10.0, "v_threshold": 1.0}}],
    "projections": [{"pre": "in", "post": "out", "connector": {"type": "dense"}, "delays": 1,
                     "weights": [0.5, 0.25, 1.5, -0.5, 0.75, 1.25, 0.5, 0.0, 2.0, 0.125, 1.0, 0.25]}],
}
SPIKES = "tick,population,neuron\n" + "".join(f"{t},in,{t % 4}\n" for t in range(10))


class Programs(SweepTest):
    def test_grid_runs_every_point_once_and_finds_the_front(self):
        self.write("s.json", program_spec(self.folder))
        done = json.loads(self.succeed("sweep", "s.json", "-o", "out", "--jobs", 2, "--json"))
        self.assertEqual(done["points"], {"ok": 12})
        self.assertEqual(len([line for line in self.log() if line.startswith("start")]), 12)
        expected = {(x, y): (x * x + y, x + y) for x in range(4) for y in range(3)}
        best = {a for a, (cost, gain) in expected.items()
                if not any(c <= cost and g >= gain and (c, g) != (cost, gain) for c, g in expected.values())}
        rows = {row["design"]: json.loads(row["settings"]) for row in self.rows()}
        self.assertEqual({(rows[f["design"]]["user.x"], rows[f["design"]]["user.y"]) for f in done["front"]}, best)
        table = list(csv.DictReader((self.folder / "out/results.csv").read_text().splitlines()))
        self.assertEqual(len(table), 12)
        self.assertEqual({float(row["cost [1]"]) for row in table}, {cost for cost, _ in expected.values()})

    def test_every_ending_is_a_row_with_its_reason(self):
        endings = r"""
import json, os, signal, sys, time
report, how = sys.argv[1:]
if how == "crash": os.kill(os.getpid(), signal.SIGSEGV)
if how == "hang": time.sleep(60)
if how == "greedy": waste = bytearray(1 << 30)
if how == "exit": sys.exit("no reason at all")
if how == "refuse": sys.exit("error[map.too-many]: net.json:/x: 12 of 8")
if how == "mute": sys.exit(0)
if how == "garbage": open(report, "w").write("{")
else: json.dump({} if how == "empty" else {"y": 1}, open(report, "w"))
"""
        (self.folder / "e.py").write_text(endings)
        how = ["fine", "crash", "hang", "greedy", "exit", "refuse", "mute", "garbage", "empty"]
        self.write("s.json", program_spec(
            self.folder, program=[sys.executable, "-S", "-E", str(self.folder / "e.py"), "{report}", "{user.how}"],
            fixed={}, axes=[{"setting": "user.how", "values": how}], limits={"seconds": 3, "megabytes": 512},
            objectives=[{"name": "y", "pointer": "/y"}]))
        self.succeed("sweep", "s.json", "-o", "out", "--jobs", 4)
        found = {json.loads(row["settings"])["user.how"]: row for row in self.rows()}
        status = {name: row["status"] for name, row in found.items()}
        self.assertEqual(status, {"fine": "ok", "crash": "crashed", "hang": "timeout", "greedy": "memory", "exit": "failed",
                                  "refuse": "refused", "mute": "failed", "garbage": "failed", "empty": "incomplete"})
        self.assertEqual((found["crash"]["signal"], found["crash"]["code"]), (11, "sweep.crash"))
        self.assertEqual((found["refuse"]["code"], found["refuse"]["message"]), ("map.too-many", "net.json:/x: 12 of 8"))
        self.assertIn("3 s", found["hang"]["message"])
        self.assertIn("512 MiB", found["greedy"]["message"])
        self.assertIn("no reason at all", found["exit"]["message"])
        self.assertIn("/y", found["empty"]["message"])

    def test_a_hanging_grandchild_is_killed_with_its_point(self):
        (self.folder / "g.py").write_text(
            "import subprocess, sys, time\nsubprocess.Popen(['sh', '-c', 'sleep 3; echo late >> ' + sys.argv[1]])\ntime.sleep(60)\n")
        self.write("s.json", program_spec(
            self.folder, program=[sys.executable, "-S", "-E", str(self.folder / "g.py"), str(self.folder / "log"), "{user.x}"],
            fixed={}, axes=[{"setting": "user.x", "values": [1]}], limits={"seconds": 1}))
        self.succeed("sweep", "s.json", "-o", "out")
        import time
        time.sleep(3)
        self.assertEqual(self.log(), [])

    def test_constraints_skip_with_their_reason(self):
        self.write("s.json", program_spec(self.folder, constraints=[
            {"require": "[user.x] * 2 + user.y <= 5", "reason": "too much of both"}]))
        done = json.loads(self.succeed("sweep", "s.json", "-o", "out", "--json"))
        self.assertEqual(done["points"], {"ok": 8, "skipped": 4})
        skipped = [row for row in self.rows() if row["status"] == "skipped"]
        self.assertEqual({row["message"] for row in skipped}, {"too much of both"})
        self.assertEqual(len([line for line in self.log() if line.startswith("start")]), 8)

    def test_resume_of_a_finished_sweep_runs_nothing(self):
        self.write("s.json", program_spec(self.folder))
        self.succeed("sweep", "s.json", "-o", "out")
        before = self.rows()
        self.fail_with("sweep.exists", "sweep", "s.json", "-o", "out")
        self.succeed("sweep", "s.json", "-o", "out", "--resume")
        self.assertEqual(self.rows(), before)
        self.assertEqual(len(self.log()), 24)

    def test_a_changed_spec_is_refused(self):
        spec = program_spec(self.folder)
        self.write("s.json", spec)
        self.succeed("sweep", "s.json", "-o", "out")
        spec["axes"][0]["values"].append(9)
        self.write("s.json", spec)
        text = self.fail_with("sweep.spec-changed", "sweep", "s.json", "-o", "out", "--resume")
        self.assertIn("the spec has changed", text)
        self.assertEqual(len(self.rows()), 12)

    def test_repeats_have_seeds_of_their_own_and_are_averaged(self):
        (self.folder / "r.py").write_text("import json, sys\njson.dump({'y': float(sys.argv[2])}, open(sys.argv[1], 'w'))\n")
        self.write("s.json", program_spec(
            self.folder, program=[sys.executable, "-S", "-E", str(self.folder / "r.py"), "{report}", "{seed}"], fixed={},
            axes=[{"setting": "user.x", "values": [1, 2]}], repeats=3, seed=10, objectives=[{"name": "y", "pointer": "/y"}]))
        done = json.loads(self.succeed("sweep", "s.json", "-o", "out", "--json"))
        self.assertEqual([row["seed"] for row in self.rows()], [10, 11, 12] * 2)
        self.assertEqual(done["front"], [{"design": 0, "y": 11.0}, {"design": 1, "y": 11.0}])

    def test_dry_run_lists_and_estimates(self):
        self.write("s.json", program_spec(self.folder, fixed={"user.wait": 0.2},
                                          constraints=[{"require": "user.y < 2"}]))
        plan = json.loads(self.succeed("sweep", "s.json", "-o", "out", "--dry-run", "--jobs", 2, "--json"))
        self.assertEqual((plan["most_points"], plan["skipped"], len(plan["points"])), (12, 4, 12))
        self.assertGreaterEqual(plan["estimated_seconds"], 4 * 0.2)
        self.assertLess(plan["estimated_seconds"], 4 * 20)
        self.assertFalse((self.folder / "out").exists())
        self.assertEqual(len(self.log()), 2)

    def test_search_is_the_same_twice_and_beats_its_first_generation(self):
        spec = program_spec(
            self.folder, axes=[{"setting": "user.x", "range": {"from": -3, "to": 3}},
                               {"setting": "user.y", "range": {"from": 0, "to": 3}}],
            sampler={"kind": "nsga2", "population": 8, "generations": 5, "seed": 3},
            objectives=[{"name": "cost", "pointer": "/cost/value"}])
        self.write("s.json", spec)
        for name in ("one", "two"):
            self.succeed("sweep", "s.json", "-o", name, "--jobs", 3)
        one, two = ([(row["settings"], row["o0"]) for row in self.rows(name)] for name in ("one", "two"))
        self.assertEqual(one, two)
        best = {generation: min(row["o0"] for row in self.rows("one") if row["generation"] == generation)
                for generation in (0, 4)}
        self.assertLess(best[4], best[0])

    def test_two_sweeps_in_one_folder(self):
        import fcntl
        self.write("s.json", program_spec(self.folder))
        (self.folder / "out").mkdir()
        with open(self.folder / "out/lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.fail_with("sweep.busy", "sweep", "s.json", "-o", "out")


class Networks(SweepTest):
    def spec(self, **changes):
        (self.folder / "net.json").write_text(json.dumps(NETWORK))
        (self.folder / "in.csv").write_text(SPIKES)
        (self.folder / "labels.txt").write_text("2\n2\n")
        base = {
            "format": "spikeloom-sweep-1",
            "cases": [{"name": "small", "network": "net.json", "input": "in.csv", "ticks": 12,
                       "accuracy": {"population": "out", "labels": "labels.txt", "ticks": 5}}],
            "fixed": {"target": "emulator", "run.device": "golden"},
            "axes": [{"setting": "weights.bits", "values": [2, 8]}],
            "objectives": [{"name": "energy", "pointer": "/energy/total/value", "unit": "J"},
                           {"name": "accuracy", "pointer": "/score/accuracy", "goal": "max"}],
        }
        return {**base, **changes}

    def shared(self, kind):
        return len(list((self.folder / "out/cache").glob(kind + "-*")))

    def test_weights_parameters_and_golden(self):
        self.write("s.json", self.spec(compare_golden=True, axes=[
            {"setting": "weights.bits", "values": [2, 8]},
            {"setting": "network/populations/1/parameters/v_threshold", "values": [1, 4]}],
            objectives=[{"name": "wrong", "pointer": "/golden/missed"},
                        {"name": "accuracy", "pointer": "/score/accuracy", "goal": "max"},
                        {"name": "spikes", "pointer": "/populations/*/spikes"}]))
        self.succeed("sweep", "s.json", "-o", "out")
        rows = self.rows()
        self.assertEqual([row["status"] for row in rows], ["ok"] * 4, rows)
        self.assertEqual((self.shared("golden"), self.shared("network"), self.shared("image")), (1, 4, 4))
        self.assertLess(rows[3]["o2"], rows[2]["o2"])
        self.assertEqual(rows[2]["o0"], 0)  # 8 bits, the threshold as written: nothing is lost

    def test_one_image_for_all_that_does_not_change_the_mapping(self):
        self.write("s.json", self.spec(fixed={"target": "emulator", "chip": "up5k", "run.device": "golden"}, axes=[
            {"setting": "chip.energy.up5k-rails.synaptic_events", "values": [119, 238]},
            {"setting": "run.plasticity", "values": ["on", "off"]}]))
        self.succeed("sweep", "s.json", "-o", "out")
        rows = self.rows()
        self.assertEqual([row["status"] for row in rows], ["ok"] * 4, rows)
        self.assertEqual(self.shared("image"), 1)
        self.assertGreater(rows[2]["o0"], rows[0]["o0"])
        # The shared image is what compiling with the price would have given, byte for byte.
        self.succeed("compile", "net.json", "--target", "emulator", "--chip", "up5k", "--seed", 1, "-o", "direct.img", "--set",
                     "energy.up5k-rails.synaptic_events=238")
        self.assertEqual((self.folder / "direct.img").read_bytes(),
                         (self.folder / "out/points/0/2/network.img").read_bytes())

    def test_chip_and_mapper_of_many_cores(self):
        spec = self.spec(axes=[{"setting": "chip.topology.link_width", "values": [1, 32]},
                               {"setting": "compile.partitioner", "values": ["layer", "sequential"]}],
                         fixed={"target": "loihi", "run.device": "cycle", "compile.reset": "value", "compile.dt": 0.001,
                                "chip.capacities.compartments": 128},
                         objectives=[{"name": "latency", "pointer": "/latency/tick/mean", "unit": "s"},
                                     {"name": "cores", "pointer": "/utilisation/resource=cores/used"}])
        spec["cases"] = [{"network": str(ROOT / "examples/digits/digits.nir"), "input": "pixels.csv", "ticks": 30}]
        (self.folder / "pixels.csv").write_text(
            "tick,population,neuron\n" + "".join(f"{t},pixels,{n}\n" for t in range(20) for n in range(64)))
        self.write("s.json", spec)
        self.succeed("sweep", "s.json", "-o", "out")
        rows = self.rows()
        self.assertEqual([row["status"] for row in rows], ["ok"] * 4, rows)
        self.assertGreater(rows[0]["o0"], rows[2]["o0"])  # 32 flits a message against one
        self.assertEqual([row["o1"] for row in rows], [3, 2, 3, 2])  # a layer has cores of its own

    def test_what_does_not_fit_is_recorded_with_its_diagnostic(self):
        self.write("s.json", self.spec(axes=[{"setting": "network/projections/0/delays", "values": [1, 99]}]))
        self.succeed("sweep", "s.json", "-o", "out")
        rows = self.rows()
        self.assertEqual([row["status"] for row in rows], ["ok", "refused"])
        self.assertEqual(rows[1]["code"], "emulator.delay")
        self.assertIn("15", rows[1]["message"])

    def test_same_input_same_results(self):
        self.write("s.json", self.spec(axes=[{"setting": "weights.bits", "values": [2, 3, 4, 5]}]))
        for name in ("one", "two"):
            self.succeed("sweep", "s.json", "-o", name, "--jobs", 3)
        one, two = ([(row["settings"], row["o0"], row["o1"], row["image_hash"]) for row in self.rows(name)]
                    for name in ("one", "two"))
        self.assertEqual(one, two)

    def test_a_changed_input_is_refused_on_resume(self):
        self.write("s.json", self.spec())
        self.succeed("sweep", "s.json", "-o", "out")
        (self.folder / "in.csv").write_text(SPIKES + "11,in,0\n")
        text = self.fail_with("sweep.spec-changed", "sweep", "s.json", "-o", "out", "--resume")
        self.assertIn("input", text)

    def test_faults_are_located_and_all_told(self):
        spec = self.spec(axes=[{"setting": "compile.integrater", "values": ["euler"]}, {"setting": "wieghts.bits", "values": [4]}],
                         constraints=[{"require": "weights.bits < 5"}])
        spec["cases"][0]["network"] = "absent.json"
        self.write("s.json", spec)
        text = self.fail_with("sweep.setting", "sweep", "s.json", "-o", "out")
        self.assertIn("s.json:/axes/0/setting: ", text)
        self.assertIn("--integrater; did you mean 'integrator'?", text)
        self.assertIn("s.json:/axes/1/setting: ", text)
        self.assertIn("s.json:/constraints/0/require: ", text)
        spec = self.spec()
        spec["cases"][0]["network"] = "absent.json"
        self.write("s.json", spec)
        self.assertIn("s.json:/cases/0/network: ", self.fail_with("file.open", "sweep", "s.json", "-o", "out"))


if __name__ == "__main__":
    unittest.main()
