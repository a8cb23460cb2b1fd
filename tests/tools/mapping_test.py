#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The mapper alone: bare graphs and networks to a mapping and its report, no image."""
import json
import struct
import unittest

from harness import SPIKES, CommandTest, network


def graph(nets, spikes=None):
    """A bare graph file of these target lists."""
    offsets = [0]
    for net in nets:
        offsets.append(offsets[-1] + len(net))
    n, flat = len(nets), [target for net in nets for target in net]
    return (struct.pack("<IQ", n, len(flat)) + struct.pack(f"<{n + 1}Q", *offsets) + struct.pack(f"<{len(flat)}I", *flat)
            + struct.pack(f"<{n}I", *(spikes or [1] * n)) + struct.pack(f"<{n}I", *[0] * n))


RING = [[(v + 1) % 60] for v in range(60)]


class BareGraph(CommandTest):
    def test_report_table_and_picture(self):
        self.write("ring.bin", graph(RING))
        text = self.succeed("compile", "ring.bin", "--partition-only", "--neurons", 10, "--report", "r.json",
                            "--svg", "plan.svg", "-o", "table.csv")
        self.assertIn("60 neurons, 60 synapses on 6 cores", text)
        report = json.loads((self.folder / "r.json").read_text())
        self.assertEqual(report["connectivity"], 6)
        self.assertEqual(report["binding"], "neurons")
        self.assertEqual(report["resources"][0]["used"], [10] * 6)
        self.assertEqual([p["pass"] for p in report["passes"]], ["read", "partition", "place", "verify"])
        self.assertTrue(all(p["peak_bytes"] > 0 for p in report["passes"]))
        self.assertIn("6 cores", (self.folder / "plan.svg").read_text())
        rows = (self.folder / "table.csv").read_text().splitlines()
        self.assertEqual((rows[0], len(rows)), ("neuron,population,core,x,y", 61))

    def test_json_is_one_document_and_threads_change_nothing(self):
        self.write("ring.bin", graph(RING))
        reports = []
        for threads in (1, 3):
            out = self.succeed("compile", "ring.bin", "--partition-only", "--neurons", 7, "--json", "-o", f"{threads}.csv",
                               "--threads", threads)
            reports.append({key: value for key, value in json.loads(out).items() if key != "passes"})
        self.assertEqual(reports[0], reports[1])
        self.assertEqual((self.folder / "1.csv").read_bytes(), (self.folder / "3.csv").read_bytes())

    def test_rates_replace_the_spikes_of_the_file(self):
        self.write("two.bin", graph([[1], []]))
        self.write("rates.csv", "2.5\n0\n")
        out = self.succeed("compile", "two.bin", "--partition-only", "--neurons", 1, "--json", "--rates", "rates.csv")
        self.assertEqual(json.loads(out)["connectivity"], 25)

    def test_faults(self):
        self.write("ring.bin", graph(RING))
        self.write("cut.bin", graph(RING)[:-1])
        self.refuse("compile", "cut.bin", "--partition-only", code="map.graph-truncated", where="cut.bin")
        error = self.refuse("compile", "ring.bin", "--map-only", "--chip", "loihi", "--set", "topology.columns=1",
                            "--neurons", 1, code="map.mesh-too-small")
        self.assertIn("60", error)
        self.write("short.csv", "1\n")
        self.refuse("compile", "ring.bin", "--partition-only", "--rates", "short.csv", code="map.rates-size")
        self.assertEqual(self.spikeloom("compile", "ring.bin", "--partition-only", "--rates", "golden").returncode, 2)
        self.assertEqual(self.spikeloom("compile", "ring.bin", "--partition-only", "--placer", "no").returncode, 2)


class MapOnly(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("net.json", network())
        self.write("in.csv", SPIKES)

    def test_limits_come_from_the_chip(self):
        report = json.loads(self.succeed("compile", "net.json", "--target", "loihi", "--map-only", "--json"))
        self.assertEqual(report["cores"], 1)
        self.assertIn({"resource": "neurons", "used": [3], "limit": 1024, "mean": 3.0, "most": 3}, report["resources"])

    def test_rates_of_a_golden_run_weigh_the_nets(self):
        run = ("compile", "net.json", "--target", "loihi", "--map-only", "--neurons", 1, "--json", "--rates")
        measured = json.loads(self.succeed(*run, "golden", "--rates-input", "in.csv", "--rates-ticks", 12))
        # Sources 0 to 3 spike 2, 2, 2 and 1 times in 12 ms and reach three cores each: 10 s weigh 833 a spike.
        self.assertEqual(measured["connectivity"], 2 * (3 * 1667 + 833))
        self.write("r.csv", "population,neuron,rate\nin,0,7\n")
        table = json.loads(self.succeed(*run, "r.csv"))
        self.assertEqual(table["connectivity"], 2 * (70 + 3))

    def test_faults(self):
        self.refuse("compile", "net.json", "--target", "nothing", "--map-only", code="map.unknown-target")
        error = self.refuse("compile", "net.json", "--target", "loihi", "--map-only", "--axons", 3,
                            code="map.neuron-too-big")
        self.assertIn("'out'", error)
        self.assertEqual(self.spikeloom("compile", "net.json", "--partition-only").returncode, 2)
        self.assertEqual(self.spikeloom("compile", "net.json", "-o", "x").returncode, 2)


if __name__ == "__main__":
    unittest.main()
