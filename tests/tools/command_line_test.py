#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The command line as its users know it: compile, run, compare, convert, targets."""
import json
import unittest

from harness import ROOT, SPIKES, CommandTest, network

DEVICES = ("golden", "rtl")


class Whole(CommandTest):
    """One small network through everything."""

    def setUp(self):
        super().setUp()
        self.write("net.json", network())
        self.write("in.csv", SPIKES)

    def run_it(self, what, *arguments, spikes="out.csv"):
        self.succeed("run", what, "--input", "in.csv", "--ticks", 12, "--spikes", spikes, *arguments)
        return (self.folder / spikes).read_text()

    def test_every_device_gives_the_same_spikes(self):
        self.succeed("compile", "net.json", "--target", "emulator", "-o", "net.img")
        by_device = {device: self.run_it("net.img", "--device", device) for device in DEVICES}
        self.assertEqual(by_device["golden"], by_device["rtl"])
        self.assertGreater(by_device["rtl"].count("\n"), 3)
        self.assertEqual(self.run_it("net.json", "--target", "emulator", "--device", "rtl"), by_device["rtl"])
        self.assertEqual(self.run_it("net.json", "--target", "golden", "--arithmetic", "emulator"), by_device["rtl"])

    def test_float_golden_agrees_where_nothing_is_lost(self):
        # All weights are multiples of 1/8 and the decay is exact: float and integer spikes must be equal.
        self.assertEqual(self.run_it("net.json", "--target", "golden"),
                         self.run_it("net.json", "--target", "emulator", "--device", "golden"))

    def test_same_input_same_bytes(self):
        for name in ("a.img", "b.img"):
            self.succeed("compile", "net.json", "--target", "emulator", "-o", name, "--report", name + ".json")
        self.assertEqual((self.folder / "a.img").read_bytes(), (self.folder / "b.img").read_bytes())
        self.assertEqual((self.folder / "a.img.json").read_bytes(), (self.folder / "b.img.json").read_bytes())

    def test_report_carries_unit_and_basis_everywhere(self):
        self.run_it("net.json", "--target", "emulator", "--device", "rtl", "--report", "r.json")
        report = json.loads((self.folder / "r.json").read_text())
        schema = json.loads((ROOT / "schemas/report.schema.json").read_text())
        import jsonschema
        jsonschema.validate(report, schema)
        self.assertEqual(report["device"], "rtl")
        self.assertEqual(len(report["latency"]["clocks per tick"]["values"]), 12)
        self.assertGreater(report["energy"]["total"]["value"], 0)
        self.assertGreater(report["link"]["bytes_out"]["value"], 0)

    def test_json_prints_one_document_and_nothing_else(self):
        for arguments in (["targets", "--json"],
                          ["compile", "net.json", "--target", "emulator", "-o", "n.img", "--json"],
                          ["run", "net.json", "--target", "golden", "--input", "in.csv", "--ticks", "3", "--json"]):
            json.loads(self.succeed(*arguments))

    def test_record_writes_ticks_by_neurons(self):
        import numpy
        self.run_it("net.json", "--target", "emulator", "--device", "rtl", "--record", "out.v:rtl.npy",
                    "--record", "out.spikes:s.npy")
        self.run_it("net.json", "--target", "golden", "--record", "out.v:float.npy")
        rtl, exact = numpy.load(self.folder / "rtl.npy"), numpy.load(self.folder / "float.npy")
        self.assertEqual(rtl.shape, (12, 3))
        # One step of the core's membrane for this network, from rounding toward zero in each of 12 ticks.
        self.assertLess(abs(rtl - exact).max(), 0.02)
        spikes = numpy.load(self.folder / "s.npy")
        self.assertEqual(spikes.sum(), (self.folder / "out.csv").read_text().count("\n") - 1)

    def test_npy_input(self):
        import numpy
        dense = numpy.zeros((12, 4))
        for line in SPIKES.splitlines()[1:]:
            tick, _, neuron = line.split(",")
            dense[int(tick), int(neuron)] = 1
        numpy.save(self.folder / "in.npy", dense)
        expected = self.run_it("net.json", "--target", "golden")
        self.succeed("run", "net.json", "--target", "golden", "--input", "in.npy", "--ticks", 12, "--spikes", "n.csv")
        self.assertEqual(expected, (self.folder / "n.csv").read_text())

    def test_trace_is_a_waveform(self):
        self.run_it("net.json", "--target", "emulator", "--device", "rtl", "--trace", "wave.fst")
        self.assertGreater((self.folder / "wave.fst").stat().st_size, 1000)

    def test_compare_two_files(self):
        self.write("a.csv", "tick,population,neuron\n1,out,0\n4,out,0\n")
        self.write("b.csv", "tick,population,neuron\n1,out,0\n5,out,0\n")
        self.assertIn("identical", self.succeed("compare", "a.csv", "a.csv"))
        found = json.loads(self.succeed("compare", "a.csv", "b.csv", "--json"))
        self.assertEqual((found["total"]["missed"], found["total"]["added"]), (1, 1))

    def test_compare_targets(self):
        text = self.succeed("compare", "net.json", "--targets", "golden,emulator", "--input", "in.csv", "--ticks", 12)
        self.assertIn("emulator", text)

    def test_convert_there_and_back(self):
        self.succeed("convert", "net.json", "-o", "net.nir")
        self.succeed("convert", "net.nir", "-o", "again.json")
        expected = self.run_it("net.json", "--target", "golden")
        self.assertEqual(expected, self.run_it("again.json", "--target", "golden", "--dt", "1e-3", "--reset", "value"))

    def test_learning_changes_the_saved_image_only_when_on(self):
        net = network()
        net["projections"][0]["plasticity"] = {
            "rule": "stdp_pair",
            "parameters": {"tau_plus": 0.02, "tau_minus": 0.02, "a_plus": 0.2, "a_minus": 0.1, "w_min": -2, "w_max": 2}}
        self.write("net.json", net)
        self.succeed("compile", "net.json", "--target", "emulator", "-o", "net.img")
        images = {}
        for device in DEVICES:
            for learning in ("on", "off"):
                name = f"{device}-{learning}.img"
                self.run_it("net.img", "--device", device, "--plasticity", learning, "--save-image", name)
                images[device, learning] = (self.folder / name).read_bytes()
        self.assertEqual(images["golden", "on"], images["rtl", "on"])
        self.assertEqual(images["golden", "off"], images["rtl", "off"])
        self.assertNotEqual(images["rtl", "on"], images["rtl", "off"])
        self.assertEqual(images["rtl", "off"], (self.folder / "net.img").read_bytes())


if __name__ == "__main__":
    unittest.main()
