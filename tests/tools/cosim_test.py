#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""`spikeloom cosim`: cut networks equal whole ones, links cost what they say, environments may misbehave.

SPIKELOOM_CUTS sets how many random cuts are made (50), SPIKELOOM_CORE what plays the emulator core.
"""
import json
import os
import random
import sys
import time
import unittest

from harness import ROOT, CommandTest

CUTS = int(os.environ.get("SPIKELOOM_CUTS", "50"))
CORE = os.environ.get("SPIKELOOM_CORE", "rtl")
TICKS = 80


def random_network(draw, exact):
    """Several populations, projections in every direction, delays up to 5. `exact`: without leak and with one
    magnitude of weight, so that every target's arithmetic gives the same."""
    names = [f"p{k}" for k in range(draw.randint(2, 5))]
    model = {"model": "if", "parameters": {"r": 1000.0, "v_threshold": 1.0}} if exact else \
        {"model": "lif", "parameters": {"tau": 20e-3, "r": 20.0, "v_threshold": 1.0, "refractory": draw.randint(0, 2)}}
    populations = [{"name": "in", "size": 8, "model": "spike_source"}]
    if not exact:
        populations.insert(draw.randint(0, 1), {"name": "noise", "size": 5, "model": "poisson", "parameters": {"rate": 60.0}})
    populations += [{"name": n, "size": draw.randint(3, 20), **model, "output": True} for n in names]
    sizes = {p["name"]: p["size"] for p in populations}
    projections = []
    for pre in sizes:
        for post in names:
            first = post == names[0] and pre in ("in", "noise")
            if not first and draw.random() < 0.45:
                continue
            weights = [draw.choice([0.25, -0.25, 0.25]) for _ in range(sizes[pre] * sizes[post])] if exact else \
                [draw.choice([-0.125, 0.125, 0.25, 0.5]) for _ in range(sizes[pre] * sizes[post])]
            projection = {"pre": pre, "post": post, "delays": draw.randint(1, 5), "connector": {"type": "dense"}, "weights": weights}
            if not exact and draw.random() < 0.3:
                projection |= {"connector": {"type": "fixed_probability", "probability": 0.5}, "weights": draw.choice([0.25, 0.5])}
            projections.append(projection)
    return {"name": "random", "dt": 1e-3, "reset": "subtract", "seed": draw.randint(1, 99), "populations": populations,
            "projections": projections}, names


class Cosim(CommandTest):
    def stimulus(self, draw, ticks=TICKS):
        self.write("in.csv", "tick,population,neuron\n" + "".join(
            f"{t},in,{n}\n" for t in range(ticks) for n in sorted(draw.sample(range(8), draw.randint(0, 4)))))

    def platform(self, devices, **more):
        platform = {"network": "net.json", "input": "in.csv", "ticks": TICKS, "devices": devices, **more}
        import jsonschema
        jsonschema.validate(platform, json.loads((ROOT / "schemas/platform.schema.json").read_text()))
        self.write("platform.json", platform)

    def cosim(self, *arguments):
        self.succeed("cosim", "platform.json", "--spikes", "cut.csv", "--report", "cut.json", *arguments)
        return (self.folder / "cut.csv").read_text(), json.loads((self.folder / "cut.json").read_text())

    def whole(self, target, *arguments):
        self.succeed("run", "net.json", "--target", target, "--input", "in.csv", "--ticks", TICKS, "--spikes", "whole.csv", *arguments)
        return (self.folder / "whole.csv").read_text()


GOLDEN = {"target": "golden"}
MODEL = {"target": "emulator", "device": "model"}
INTEGER = {"target": "emulator", "device": "golden"}


def split(draw, names, kinds, parts):
    """The populations on `parts` devices, none empty."""
    names = draw.sample(names, len(names))
    cuts = sorted(draw.sample(range(1, len(names)), parts - 1))
    groups = [names[a:b] for a, b in zip([0] + cuts, cuts + [len(names)])]
    return {f"d{k}": {**draw.choice(kinds), "populations": group} for k, group in enumerate(groups)}


class Cuts(Cosim):
    def test_cut_equals_whole_without_latency(self):
        draw = random.Random(int(os.environ.get("SEED", "1")))
        spikes, exchanged, cuts = {}, 0, {}
        for number in range(CUTS):
            kind = ("golden", "emulator", "mixed")[number % 3]
            network, names = random_network(draw, exact=kind == "mixed")
            self.write("net.json", network)
            self.stimulus(draw)
            kinds = {"golden": [GOLDEN], "emulator": [MODEL, INTEGER], "mixed": [GOLDEN, MODEL, INTEGER]}[kind]
            self.platform(split(draw, names, kinds, draw.randint(2, len(names))))
            cut, report = self.cosim()
            target = draw.choice(["golden", "emulator"]) if kind == "mixed" else kind
            whole = self.whole(target, *(["--device", "golden"] if target == "emulator" else []))
            self.assertEqual(cut, whole, f"cut {number} ({kind}) differs")
            spikes[kind] = spikes.get(kind, 0) + whole.count("\n") - 1
            exchanged += sum(link["spikes"] for link in report["cosim"]["links"])
            cuts[kind] = cuts.get(kind, 0) + 1
            self.assertEqual([link["late"] for link in report["cosim"]["links"]], [0] * len(report["cosim"]["links"]))
        for kind, number in cuts.items():
            self.assertGreater(spikes[kind], 50 * number, kind)
        self.assertGreater(exchanged, 50 * CUTS)
        print(f"{CUTS} cuts equal {cuts}: spikes {spikes}, {exchanged} sent over links")

    def simple(self):
        draw = random.Random(3)
        network, names = random_network(draw, exact=False)
        self.write("net.json", network)
        self.stimulus(draw)
        return split(draw, names, [GOLDEN], 2)

    def test_rtl_core_beside_golden(self):
        draw = random.Random(8)
        network, names = random_network(draw, exact=True)
        self.write("net.json", network)
        self.stimulus(draw)
        self.platform({"core": {"target": "emulator", "device": CORE, "populations": names[:1]}, "rest": {**GOLDEN, "populations": names[1:]}})
        self.assertEqual(self.cosim()[0], self.whole("golden"))

    def test_serial_line_with_jitter_and_errors_loses_nothing(self):
        draw = random.Random(9)
        network, names = random_network(draw, exact=True)
        self.write("net.json", network)
        self.stimulus(draw)
        device = {"target": "emulator", "device": "rtl-uart" if CORE == "rtl" else CORE, "populations": names[:1],
                  "line": {"baud": 3e6, "jitter": 0.06, "bit_errors": 2e-5, "seed": 4}}
        self.platform({"core": device, "rest": {**GOLDEN, "populations": names[1:]}})
        spikes, report = self.cosim()
        self.assertEqual(spikes, self.whole("golden"))
        line = report["cosim"]["lines"]["core"]
        self.assertGreater(line["to core"]["bytes"], 500)
        self.assertGreater(sum(way["damaged"] + way["lost"] for way in line.values()), 0)

    def test_same_system_same_bytes(self):
        devices = self.simple()
        self.platform(devices, links=[{"from": "d0", "to": "d1", "latency": 0.0012, "bandwidth": 3000}])
        first = self.cosim()
        second = self.cosim()
        self.assertEqual(first[0], second[0])
        for report in (first[1], second[1]):
            report["cosim"].pop("wall time")
            for device in report["reports"].values():
                device.pop("host")
        self.assertEqual(first[1], second[1])

    def test_quantum_changes_nothing(self):
        devices = self.simple()
        latency = [{"from": a, "to": b, "latency": 0.004} for a, b in (("d0", "d1"), ("d1", "d0"))]
        results, calls = [], []
        for quantum in (1, 3, 64):
            self.platform(devices, links=latency, pace={"quantum": quantum})
            spikes, report = self.cosim()
            results.append(spikes)
            calls.append(sum(d["runs of ticks"] for d in report["cosim"]["devices"].values()))
        self.assertEqual(results[0], results[1])
        self.assertEqual(results[0], results[2])
        self.assertEqual(calls[0], 2 * TICKS)
        self.assertLess(calls[2], calls[0] // 2)

    def chain(self, **link):
        """One neuron on each side; the first fires in tick 10."""
        neuron = {"model": "if", "parameters": {"r": 1000.0, "v_threshold": 0.5}}
        self.write("net.json", {
            "name": "chain", "dt": 1e-3, "reset": "value",
            "populations": [{"name": "in", "size": 8, "model": "spike_source"}, {"name": "a", "size": 8, **neuron}, {"name": "b", "size": 8, **neuron}],
            "projections": [{"pre": "in", "post": "a", "connector": {"type": "one_to_one"}, "weights": 1.0, "delays": 1},
                            {"pre": "a", "post": "b", "connector": {"type": "one_to_one"}, "weights": 1.0, "delays": 1}]})
        self.write("in.csv", "tick,population,neuron\n" + "".join(f"10,in,{n}\n" for n in range(8)))
        self.platform({"x": {**GOLDEN, "populations": ["a"]}, "y": {**GOLDEN, "populations": ["b"]}},
                      links=[{"from": "x", "to": "y", **link}], reference="golden")
        spikes, report = self.cosim()
        return sorted(int(line.split(",")[0]) for line in spikes.splitlines() if ",b," in line), report

    def test_latency_is_rounded_up_to_ticks(self):
        for latency, tick in ((0.0, 11), (0.000999, 12), (0.001, 12), (0.001001, 13), (0.005, 16)):
            ticks, report = self.chain(latency=latency)
            self.assertEqual(ticks, [tick] * 8, latency)
            self.assertEqual(report["cosim"]["difference"]["populations"]["b"]["mean_delay"], tick - 11)
            self.assertEqual(report["cosim"]["links"][0]["late"], 0 if tick == 11 else 8)

    def test_bandwidth_spreads_a_volley(self):
        # Two spikes a millisecond: they leave 0.5 ms apart, the second of each pair at the tick's end.
        ticks, report = self.chain(bandwidth=2000.0)
        self.assertEqual(ticks, [12, 12, 13, 13, 14, 14, 15, 15])
        self.assertEqual(report["cosim"]["links"][0]["spikes by ticks late"], [0, 2, 2, 2, 2])

    def test_real_time_without_load_is_lockstep(self):
        devices = self.simple()
        self.platform(devices)
        wanted = self.cosim()[0]
        self.platform(devices, pace={"mode": "real time", "late": "drop"})
        spikes, report = self.cosim()
        self.assertEqual(spikes, wanted)
        self.assertEqual([link["dropped"] for link in report["cosim"]["links"]], [0] * len(report["cosim"]["links"]))

    def test_real_time_drops_what_is_late(self):
        devices = self.simple()
        link = [{"from": "d0", "to": "d1", "latency": 0.003}, {"from": "d1", "to": "d0", "latency": 0.003}]
        self.platform(devices, links=link, pace={"mode": "real time", "late": "drop"})
        _, report = self.cosim()
        for one in report["cosim"]["links"]:
            self.assertEqual(one["dropped"], one["spikes"])

    def test_page_of_a_cosimulation(self):
        devices = self.simple()
        self.platform(devices)
        self.cosim()
        self.succeed("report", "cut.json", "-o", "page.html")
        self.assertIn('"name":"cut: d1"', (self.folder / "page.html").read_text())


class Faults(Cosim):
    def setUp(self):
        super().setUp()
        draw = random.Random(2)
        network, self.names = random_network(draw, exact=True)
        self.network = network
        self.write("net.json", network)
        self.stimulus(draw)

    def faulty(self, code, where, **changes):
        platform = {"network": "net.json", "input": "in.csv", "ticks": TICKS, "devices": {"d": {**GOLDEN, "populations": self.names}}, **changes}
        self.write("platform.json", platform)
        return self.refuse("cosim", "platform.json", "--spikes", "x.csv", code=code, where=where, leaves=["x.csv"])

    def test_file(self):
        self.refuse("cosim", "none.json", code="file.open")
        self.write("platform.json", "{\n\"ticks\": }")
        self.refuse("cosim", "platform.json", code="platform.syntax", where="platform.json:line 2")
        self.faulty("platform.field", "/tick", tick=4)
        self.faulty("platform.field", "/ticks", ticks=0)
        self.faulty("platform.field", "/devices/d/target", devices={"d": {"populations": ["p0"]}})
        self.faulty("platform.field", "/pace/mode", pace={"mode": "fast"})
        self.faulty("platform.field", "/environment/command", environment={"command": []})
        self.faulty("platform.field", "/links/0/latency", links=[{"from": "d", "to": "d", "latency": -1}])
        self.faulty("platform.unknown-device", "/links/0/to", links=[{"from": "d", "to": "e"}])

    def test_placement(self):
        names = self.names
        self.faulty("platform.unknown-population", "/devices/d", devices={"d": {**GOLDEN, "populations": names + ["q"]}})
        self.faulty("platform.source", "/devices/d", devices={"d": {**GOLDEN, "populations": names + ["in"]}})
        self.faulty("platform.twice", "/devices/d", devices={"d": {**GOLDEN, "populations": names + names[:1]}})
        self.faulty("platform.unplaced", "/devices", devices={"d": {**GOLDEN, "populations": names[1:]}})
        self.faulty("target.unknown", "", devices={"d": {"target": "brain", "populations": names}})
        self.faulty("device.unknown", "", devices={"d": {"target": "golden", "device": "x", "populations": names}})
        self.faulty("platform.line", "/devices/d/line", devices={"d": {**GOLDEN, "populations": names, "line": {}}})
        self.faulty("platform.not-a-source", "/environment", environment={"command": ["true"], "to_network": ["p0"]})
        self.faulty("platform.unknown-population", "/environment", environment={"command": ["true"], "from_network": ["in"]})

    def test_what_cannot_be_cut(self):
        two = {"a": {**GOLDEN, "populations": self.names[:1]}, "b": {**GOLDEN, "populations": self.names[1:]}}
        learning = {"rule": "stdp_pair", "parameters": {"tau_plus": 0.02, "tau_minus": 0.02, "a_plus": 0.1, "a_minus": 0.1,
                                                        "w_min": 0, "w_max": 1}}
        network = json.loads(json.dumps(self.network))
        network["projections"] = [{"pre": "in", "post": self.names[0], "weights": 0.25, "delays": 1, "connector": {"type": "all_to_all"}},
                                  {"pre": self.names[0], "post": self.names[1], "weights": 0.25, "delays": 1,
                                   "connector": {"type": "all_to_all"}, "plasticity": learning}]
        self.write("net.json", network)
        self.faulty("platform.cut-plastic", "/projections/1", devices=two)
        del network["projections"][1]["plasticity"]
        network["populations"][1] |= {"model": "li", "parameters": {"tau": 0.02, "r": 1.0}}
        self.write("net.json", network)
        self.faulty("platform.cut-graded", "/projections/1", devices=two)


class Environments(Cosim):
    """A program in the loop, well behaved and not."""

    def setUp(self):
        super().setUp()
        neuron = {"model": "if", "parameters": {"r": 1000.0, "v_threshold": 0.5}}
        self.write("net.json", {
            "name": "echo", "dt": 1e-3, "reset": "value",
            "populations": [{"name": "in", "size": 2, "model": "spike_source"}, {"name": "a", "size": 2, **neuron}, {"name": "b", "size": 2, **neuron}],
            "projections": [{"pre": "in", "post": "a", "connector": {"type": "one_to_one"}, "weights": 1.0, "delays": 1},
                            {"pre": "a", "post": "b", "connector": {"type": "one_to_one"}, "weights": 1.0, "delays": 1}]})
        self.write("in.csv", "tick,population,neuron\n")

    def program(self, body, timeout=5.0, **more):
        self.write("world.py", "import json, sys, time\nsays = lambda x: print(json.dumps(x), flush=True)\n" + body)
        self.platform({"x": {**GOLDEN, "populations": ["a"]}, "y": {**INTEGER, "populations": ["b"]}},
                      environment={"command": [sys.executable, "world.py"], "timeout": timeout, "to_network": ["in"],
                                   "from_network": ["b", {"population": "a", "variable": "v"}]}, **more)

    GOOD = """
heard = 0
for line in sys.stdin:
    told = json.loads(line)
    if told["type"] == "start": says({"spikes": {"in": [0]}})
    elif told["type"] == "stop": says({"report": {"heard": heard}}); break
    else:
        assert len(told["values"]["a"]) == 2
        n = told["spikes"]["b"]
        heard += len(n)
        says({"spikes": {"in": [1 - k for k in n]}})
"""

    def test_loop_is_closed(self):
        self.program(self.GOOD, reference="golden")
        spikes, report = self.cosim()
        # Input in tick t fires a in t and b in t + 1; the answer comes in t + 2.
        wanted = [(t, "ab"[t % 2], (t // 2) % 2) for t in range(TICKS)]
        self.assertEqual([(int(t), p, int(n)) for t, p, n in (line.split(",")[:3] for line in spikes.splitlines()[1:])], wanted)
        self.assertEqual(report["cosim"]["environment"], {"heard": TICKS // 2})
        self.assertTrue(report["cosim"]["difference"]["identical"])

    def misbehaves(self, body, code, words=None, timeout=5.0):
        self.program(body, timeout)
        start = time.monotonic()
        errors = self.refuse("cosim", "platform.json", "--spikes", "x.csv", code=code, leaves=["x.csv"])
        self.assertLess(time.monotonic() - start, 30)
        if words:
            self.assertIn(words, errors)

    def test_dies(self):
        self.misbehaves("sys.stderr.write('no more fuel\\n'); sys.exit(7)", "environment.died", "no more fuel")
        self.misbehaves(self.GOOD.replace("heard += len(n)", "raise ValueError('tilt') if told['tick'] == 9 else None"),
                        "environment.died", "tilt")

    def test_hangs(self):
        self.misbehaves("sys.stderr.write('thinking\\n'); sys.stderr.flush(); time.sleep(1000)", "environment.timeout", "thinking", 0.3)
        self.misbehaves("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)\nwhile True: sys.stdin.read(1)", "environment.timeout", None, 0.3)

    def test_talks_nonsense(self):
        for answer in ("'hello'", "[1]", "{'spikes': [1]}", "{'spikes': {'in': [-1]}}", "{'spikes': {'in': [0.5]}}",
                       "{'values': {'in': [1]}}", "{'moves': {}}"):
            self.misbehaves(f"says({answer})\ntime.sleep(9)", "environment.nonsense")
        self.misbehaves("print('x' * 100, flush=True)\ntime.sleep(9)", "environment.nonsense", "xxx")
        self.misbehaves("says({'spikes': {'out': [0]}})\ntime.sleep(9)", "environment.action", "does not drive")
        self.misbehaves("says({'spikes': {'in': [2]}})\ntime.sleep(9)", "environment.action", "neuron 2")
        self.misbehaves(self.GOOD.replace('{"report": {"heard": heard}}', "{}"), "environment.nonsense", "report")

    def test_floods_and_is_not_there(self):
        self.misbehaves("while True: sys.stdout.write('y' * 65536)", "environment.nonsense", "never ends")
        self.program("")
        platform = json.loads((self.folder / "platform.json").read_text())
        platform["environment"]["command"] = ["/no/such/program"]
        self.write("platform.json", platform)
        self.refuse("cosim", "platform.json", code="environment.start", where="")


if __name__ == "__main__":
    unittest.main()
