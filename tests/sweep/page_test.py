#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The page of a sweep in headless Chromium: what it draws, sorts, filters and links.

Usage: page_test.py [--screenshot FILE.png] [FOLDER of a finished sweep]
"""
import argparse
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from harness import ENVIRONMENT, SPIKELOOM, program_spec

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

# Runs after the page's own scripts: uses the page as a reader would and writes down what came of it.
PROBE = """
const probe = {};
const count = (selector, within = document) => within.querySelectorAll(selector).length;
const column = k => [...document.querySelectorAll("#points tbody tr")].map(line => line.children[k].textContent);
const heads = [...document.querySelectorAll("#points th")];
const input = (id, value) => { const node = document.getElementById(id); node.value = value; node.dispatchEvent(new Event("input")); };
probe.summary = document.getElementById("summary").textContent;
probe.points2 = count("#front2 circle");
probe.ringed2 = count("#front2 circle.ring");
probe.stairs = document.querySelector("#front2 .stairs").getAttribute("d");
probe.hidden3 = document.getElementById("front3").hidden;
probe.points3 = count("#front3 circle");
const before = document.querySelector("#front3 circle")?.getAttribute("cx");
const turned = document.querySelector("#front3 svg");
if (turned) {
  turned.dispatchEvent(new PointerEvent("pointerdown", {clientX: 0, clientY: 0}));
  window.dispatchEvent(new PointerEvent("pointermove", {clientX: 60, clientY: 20}));
  window.dispatchEvent(new PointerEvent("pointerup"));
  probe.turned = before !== document.querySelector("#front3 circle").getAttribute("cx");
}
probe.traces = count("#parallel .trace");
probe.axes = count("#parallel [data-axis]");
probe.effects = count("#sensitivity .effect");
probe.shares = [...document.querySelectorAll("#sensitivity b")].map(b => b.textContent);
probe.rows = count("#points tbody tr");
const cost = heads.findIndex(h => h.textContent.startsWith("cost"));
heads[cost].click();
probe.up = column(cost);
heads[cost].click();
probe.down = column(cost);
input("filter", "user.x=2 cost<6");
probe.filtered = column(0).length;
input("filter", "");
document.getElementById("front-only").checked = true;
input("front-only", "");
probe.front = column(0).length;
document.getElementById("front-only").checked = false;
input("front-only", "");
input("status", "skipped");
probe.skipped = column(heads.length - 1);
input("status", "");
const grip = document.querySelector('#parallel [data-axis="user.x"]'), box = grip.getBoundingClientRect();
grip.setPointerCapture = () => {};
const drag = (name, part) => grip.dispatchEvent(new PointerEvent(name, {clientX: box.x + 5, clientY: box.y + part * box.height, pointerId: 1}));
drag("pointerdown", 0); drag("pointermove", 0.2); drag("pointerup", 0.2);
probe.brushed = column(0).length;
drag("pointerdown", 0.5); drag("pointerup", 0.5);
probe.released = column(0).length;
const opened = [];
window.open = url => opened.push(url);
document.querySelector("#front2 circle").dispatchEvent(new MouseEvent("click"));
document.querySelector("#parallel .trace").dispatchEvent(new MouseEvent("click"));
probe.opened = opened;
probe.links = [...document.querySelectorAll("#points tbody a")].map(a => a.getAttribute("href"));
const out = document.createElement("pre");
out.id = "probe";
out.textContent = JSON.stringify(probe);
document.body.append(out);
"""


def browse(*arguments):
    with tempfile.TemporaryDirectory(prefix="spikeloom-browser-") as profile:
        return subprocess.run(
            [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={profile}",
             "--virtual-time-budget=5000", *arguments], capture_output=True, text=True, timeout=120)


def probe_of(page, script):
    """What the page says of itself after `script`; script errors end up on the page as well."""
    catcher = "<script>window.addEventListener('error', e => { document.title = 'ERROR ' + e.message; });</script>"
    text = page.read_text().replace("<head>", "<head>" + catcher, 1)
    copy = page.with_name("probe.html")
    copy.write_text(text.replace("</body>", f"<script>{script}</script></body>"))
    dom = browse("--dump-dom", copy.as_uri()).stdout
    copy.unlink()
    assert "<title>ERROR" not in dom, re.search(r"<title>(.*?)</title>", dom).group(1)
    found = re.search(r'<pre id="probe">(.*?)</pre>', dom, re.DOTALL)
    assert found, dom[-2000:]
    return json.loads(found.group(1).replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&"))


def made_sweep(folder):
    spec = program_spec(folder, constraints=[{"require": "user.x + user.y < 5", "reason": "<b>too much</b> & more"}],
                        objectives=[{"name": "cost", "pointer": "/cost/value"},
                                    {"name": "gain", "pointer": "/gain/*", "goal": "max"},
                                    {"name": "x", "pointer": "/gain/0", "goal": "max"}])
    (folder / "s.json").write_text(json.dumps(spec))
    done = subprocess.run([SPIKELOOM, "sweep", "s.json", "-o", "out", "--json"], cwd=folder, env=ENVIRONMENT,
                          capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def check_page(folder):
    summary = made_sweep(folder)
    out = folder / "out"
    seen = probe_of(out / "index.html", PROBE)
    front = len(summary["front"])
    assert "12 points: 11 ok, 1 skipped" in seen["summary"], seen["summary"]
    assert (seen["points2"], seen["points3"], seen["traces"], seen["rows"]) == (11, 11, 11, 12), seen
    assert seen["ringed2"] == front and seen["front"] == front, (seen, front)
    assert seen["stairs"].startswith("M") and "NaN" not in seen["stairs"]
    assert not seen["hidden3"] and seen["turned"]
    assert seen["axes"] == 5 and seen["effects"] == 6
    assert seen["shares"][2] == "100 %", seen["shares"]  # the third objective is x itself
    numbers = [float(text) for text in seen["up"] if text]
    assert numbers == sorted(numbers) and len(numbers) == 11 and seen["up"][-1] == ""
    assert [float(text) for text in seen["down"] if text] == sorted(numbers, reverse=True)
    assert seen["filtered"] == 2 and seen["skipped"] == ["sweep.constraint: <b>too much</b> & more"], seen
    assert (seen["brushed"], seen["released"]) == (2, 12), seen  # x = 3 passes: the skipped point is not drawn
    assert len(seen["opened"]) == 2 and len(seen["links"]) == 11
    for link in seen["opened"] + seen["links"]:
        assert (out / link).exists(), link
    own = browse("--dump-dom", (out / seen["links"][0]).as_uri()).stdout
    assert all(text in own for text in ("<h2>settings</h2>", "<h2>cost</h2>", "user.x")), own[-1500:]
    print(f"the page draws 11 points, {front} on the front, sorts, filters, brushes, turns and links")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--screenshot", type=pathlib.Path)
    parser.add_argument("folder", nargs="?", type=pathlib.Path)
    arguments = parser.parse_args()
    if not CHROMIUM:
        print("skipped: there is no Chromium")
        return
    if arguments.screenshot:
        page = arguments.folder / "index.html" if arguments.folder.is_dir() else arguments.folder
        browse(f"--screenshot={arguments.screenshot}", "--window-size=1400,2300", page.absolute().as_uri())
        return
    folder = pathlib.Path(tempfile.mkdtemp(prefix="spikeloom-page-"))
    try:
        check_page(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
