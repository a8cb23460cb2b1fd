#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The HTML page of `spikeloom report`, opened in headless Chromium."""
import html
import json
import os
import pathlib
import re
import shutil
import subprocess
import unittest

from harness import ROOT, SPIKES, CommandTest, network

BROWSER = shutil.which("chromium") or shutil.which("chromium-headless-shell")
PROBE = pathlib.Path(__file__).with_name("report_page.js").read_text()


class Page(CommandTest):
    def run_once(self, name="r", target="emulator", ticks=40, spikes=SPIKES):
        self.write("net.json", network())
        self.write("in.csv", spikes)
        self.succeed("run", "net.json", "--target", target, "--input", "in.csv", "--ticks", ticks,
                     "--spikes", f"{name}.csv", "--report", f"{name}.json")

    def page(self, *arguments):
        self.succeed("report", *arguments, "-o", "page.html")
        return (self.folder / "page.html").read_text()

    def look(self, page):
        """What the probe finds in the opened page, and what the console said."""
        if BROWSER is None:
            self.skipTest("no chromium")
        head, body = page.split("<head>", 1)
        body, end = body.rsplit("</body>", 1)  # the library has these words in it too
        watch = "<script>window.pageErrors=[];addEventListener('error',(e)=>pageErrors.push(e.message));</script>"
        watched = f"{head}<head>{watch}{body}<script>{PROBE}</script></body>{end}"
        self.write("watched.html", watched)
        done = subprocess.run(
            [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--window-size=1200,900",
             "--virtual-time-budget=20000", f"--user-data-dir={self.folder / 'profile'}", "--dump-dom",
             (self.folder / "watched.html").as_uri()],
            capture_output=True, text=True, timeout=240, env={**os.environ, "HOME": str(self.folder)})
        found = re.search(r'<pre id="findings">(.*?)</pre>', done.stdout, re.DOTALL)
        self.assertIsNotNone(found, done.stderr[-2000:])
        said = [line for line in done.stderr.splitlines() if "CONSOLE" in line]
        return json.loads(html.unescape(found.group(1))), said

    def assert_whole(self, page, plots):
        findings, said = self.look(page)
        self.assertEqual(findings["errors"], [])
        self.assertEqual(said, [])
        self.assertEqual(set(plots) - set(findings["plots"]), set())
        for name, plot in findings["plots"].items():
            self.assertGreater(plot["dots"], 300, f"{name} is empty")
            self.assertTrue(plot.get("zoomed", True), f"{name} does not zoom")
            self.assertGreater(len(plot["tip"]), 3, f"{name} says nothing on hover")
        self.assertTrue(findings["plots"]["plot-raster"]["zoomed"])
        return findings

    def test_opens_draws_hovers_and_zooms(self):
        self.run_once()
        page = self.page("r.json")
        self.assertNotRegex(page.split('<script type="application/json"')[0], r'(src|href)="(?!data:)')
        self.assertIn("Apache License", page)
        self.assert_whole(page, ["plot-raster", "plot-ticks", "plot-energy", "plot-floorplan"])

    def test_reference_is_drawn_beside_the_run(self):
        self.run_once()
        other = (self.folder / "r.csv").read_text().splitlines()
        self.write("r.reference.csv", "\n".join(other[:3] + other[4:]) + "\n20,out,1\n")
        page = self.page("r.json")
        self.assertIn('"missed":1', page.replace(" ", "").replace("\n", ""))
        self.assert_whole(page, ["plot-raster", "plot-distortion"])

    def test_mesh_links_and_histograms(self):
        self.run_once()
        report = json.loads((self.folder / "r.json").read_text())
        report["utilisation"] = [{"resource": "neurons", "core": c, "used": 10 * c, "limit": 100, "basis": "measured"}
                                 for c in range(8)]
        report["floorplan"] = {"columns": 2, "rows": 2, "cores_per_router": 2, "links_basis": "measured",
                               "links": [{"from": [0, 0], "to": [1, 0], "load": 40}, {"from": [1, 0], "to": [0, 0], "load": 7}]}
        report["histograms"] = {"hops": {"values": [0, 1, 2], "counts": [5, 9, 1], "unit": "1", "basis": "measured"}}
        import jsonschema
        jsonschema.validate(report, json.loads((ROOT / "schemas/report.schema.json").read_text()))
        self.write("r.json", report)
        self.assert_whole(self.page("r.json"), ["plot-floorplan", "plot-links", "plot-histogram-hops"])

    def test_folder_has_an_overview(self):
        self.run_once("a")
        self.run_once("b", target="golden")
        (self.folder / "all").mkdir()
        for name in ("a.json", "a.csv", "b.json", "b.csv"):
            (self.folder / name).rename(self.folder / "all" / name)
        page = self.page("all")
        self.assertIn('"name":"a"', page)
        self.assertIn('"name":"b"', page)
        self.assert_whole(page, ["plot-raster"])
        self.assertEqual(page, self.page("all"), "same input, other bytes")

    def test_a_million_spikes_are_thinned_and_it_says_so(self):
        self.run_once()
        self.write("r.csv", "tick,population,neuron\n" + "".join(
            f"{t},out,{(t * 7 + k * 5) % 1000}\n" for t in range(10000) for k in range(100)))
        page = self.page("r.json")
        data = json.loads(page.split('id="data">')[1].split("</script>")[0])[0]["raster"]
        self.assertEqual(data["spikes"], 1_000_000)
        self.assertEqual(sum(data["rate"]), 1_000_000)
        self.assertTrue(90_000 < data["drawn"] < 110_000, data["drawn"])
        self.assertEqual(sum(len(g["points"]) for g in data["groups"]), 2 * data["drawn"])
        self.assertLess(len(page), 4_000_000)
        self.assert_whole(page, ["plot-raster"])

    def test_names_cannot_break_the_page(self):
        self.run_once()
        report = json.loads((self.folder / "r.json").read_text())
        report["warnings"] = ["</script><script>alert(1)</script> <b>&"]
        self.write("r.json", report)
        page = self.page("r.json")
        self.assertNotIn("<script>alert", page)
        self.assert_whole(page, ["plot-raster"])

    def test_faults(self):
        self.refuse("report", "none.json", "-o", "x.html", code="file.open", where="none.json", leaves=["x.html"])
        self.write("bad.json", "{")
        self.refuse("report", "bad.json", "-o", "x.html", code="report.syntax", where="bad.json", leaves=["x.html"])
        self.write("other.json", "{}")
        self.refuse("report", "other.json", "-o", "x.html", code="report.not-a-report", where="/command", leaves=["x.html"])
        (self.folder / "empty").mkdir()
        self.refuse("report", "empty", "-o", "x.html", code="report.nothing", where="empty", leaves=["x.html"])
        self.run_once()
        self.refuse("report", "r.json", "--spikes", "bad.json", "-o", "x.html", code="spikes.", leaves=["x.html"])


if __name__ == "__main__":
    unittest.main()
