#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A core behind a pseudo-terminal, driven by a second process: probed, run, reset and killed.

SPIKELOOM_KILLS sets how many processes are killed (20), SPIKELOOM_CORE what plays the core ("rtl" where built).
"""
import json
import os
import random
import signal
import subprocess
import time
import unittest

from harness import SPIKELOOM, CommandTest, network

KILLS = int(os.environ.get("SPIKELOOM_KILLS", "20"))
CORE = os.environ.get("SPIKELOOM_CORE", "rtl")
LONGEST = 60  # [s] that any process may take, on a busy machine too


def busy_network(size=64):
    """Recurrent and lively: a lost or repeated spike changes what follows."""
    draw = random.Random(5)
    neuron = {"tau": 20e-3, "r": 20.0, "v_threshold": 1.0}
    pairs = sorted({(draw.randrange(size), draw.randrange(size)) for _ in range(size * 8)})
    return {
        "name": "busy", "dt": 1e-3, "reset": "subtract",
        "populations": [{"name": "in", "size": 16, "model": "spike_source"},
                        {"name": "out", "size": size, "model": "lif", "parameters": neuron, "output": True}],
        "projections": [
            {"pre": "in", "post": "out", "connector": {"type": "dense"}, "delays": 1,
             "weights": [draw.choice([0, 0, 0.25, 0.5]) for _ in range(16 * size)]},
            {"pre": "out", "post": "out", "delays": 2,
             "connector": {"type": "sparse", "pre": [p for p, _ in pairs], "post": [q for _, q in pairs]},
             "weights": [draw.choice([-0.25, 0.125, 0.25]) for _ in pairs]}],
    }


def busy_input(ticks):
    draw = random.Random(6)
    return "tick,population,neuron\n" + "".join(
        f"{t},in,{n}\n" for t in range(ticks) for n in sorted(draw.sample(range(16), 3)))


class Served(CommandTest):
    def setUp(self):
        super().setUp()
        self.port = self.folder / "port"
        self.servers = []
        self.addCleanup(lambda: [self.end(server) for server in self.servers])

    def serve(self, chip="sim", core=CORE):
        server = subprocess.Popen([SPIKELOOM, "serve-rtl", "--pty", "--chip", chip, "--device", core, "--path", self.port],
                                  stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.servers.append(server)
        path = server.stdout.readline().strip()
        self.assertTrue(path.startswith("/dev/"), server.stderr.read() if server.poll() is not None else path)
        return server

    @staticmethod
    def end(server):
        if server.poll() is None:
            server.kill()
        server.communicate()

    def prepare(self, ticks):
        self.write("net.json", busy_network())
        self.write("in.csv", busy_input(ticks))
        self.succeed("compile", "net.json", "--target", "emulator", "-o", "net.img")
        self.succeed("run", "net.img", "--device", "golden", "--input", "in.csv", "--ticks", ticks, "--spikes", "want.csv")
        wanted = (self.folder / "want.csv").read_text()
        self.assertGreater(wanted.count("\n"), ticks)
        return wanted

    def client(self, ticks, *extra):
        (self.folder / "got.csv").unlink(missing_ok=True)
        return subprocess.Popen(
            [SPIKELOOM, "run", "net.img", "--device", f"serial:{self.port}", "--input", "in.csv", "--ticks", str(ticks),
             "--spikes", "got.csv", "--report", "got.json", *map(str, extra)],
            cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def outcome(self, client, wanted):
        """Right spikes, or a diagnostic and no file. A client that hangs fails here."""
        _, errors = client.communicate(timeout=LONGEST)
        got = self.folder / "got.csv"
        if client.returncode == 0:
            self.assertEqual(got.read_text(), wanted, "wrong spikes were accepted")
            return "right"
        if client.returncode == -signal.SIGKILL:
            if got.exists():  # killed after its work was done
                self.assertEqual(got.read_text(), wanted, "a killed client left wrong spikes")
            return "killed"
        self.assertEqual(client.returncode, 1, errors)
        self.assertRegex(errors, r"^error\[(link|device)\.[a-z-]+\]: ")
        self.assertFalse(got.exists(), "spikes of a failed run were left behind")
        return "reported"


class Line(Served):
    def test_second_process_gets_the_same_spikes(self):
        wanted = self.prepare(200)
        self.serve()
        self.assertEqual(self.outcome(self.client(200), wanted), "right")

    def test_probe_names_the_core(self):
        limits = next(t for t in json.loads(self.succeed("targets", "--json")) if t["name"] == "emulator")["chips"]
        for chip in ("sim", "up5k"):
            server = self.serve(chip)
            told = json.loads(self.succeed("probe", f"serial:{self.port}", "--json"))
            self.assertEqual(told["chip"], f"emulator-{chip}")
            self.assertEqual(told["neurons"], limits[f"emulator-{chip}"]["neurons"])
            self.assertIn(f"emulator-{chip}", self.succeed("probe", f"serial:{self.port}"))
            self.end(server)

    def test_probe_of_silence_and_of_noise(self):
        master, slave = os.openpty()
        self.addCleanup(os.close, master)
        self.addCleanup(os.close, slave)
        path = os.ttyname(slave)
        self.assertIn("not one byte came", self.refuse("probe", f"serial:{path}", "--timeout", 0.2, code="probe.no-answer"))
        noisy = subprocess.Popen([SPIKELOOM, "probe", f"serial:{path}", "--timeout", "1", "--baud", "115200"],
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while noisy.poll() is None:
            os.write(master, b"login: ")
            time.sleep(0.05)
        self.assertEqual(noisy.returncode, 1)
        self.assertIn("no valid frame among them", noisy.communicate()[1])
        self.refuse("probe", "serial:/nowhere", code="link.open", where="/nowhere")
        self.assertEqual(self.spikeloom("probe", "rtl").returncode, 2)

    def test_a_port_in_use_is_refused(self):
        self.prepare(3000)
        self.serve()
        client = self.client(3000)
        time.sleep(0.3)
        if client.poll() is None:
            self.refuse("probe", f"serial:{self.port}", code="link.busy")
        client.kill()
        client.communicate()

    def test_another_chip_is_refused(self):
        self.prepare(10)
        self.serve("up5k")
        _, errors = self.client(10).communicate(timeout=LONGEST)
        self.assertIn("error[device.wrong-image]", errors)

    def test_reset_of_the_core_is_recovered(self):
        wanted = self.prepare(2000)
        server = self.serve()
        client = self.client(2000, "--timeout", 0.5, "--reconnect", 5)
        time.sleep(0.3)
        was_running = client.poll() is None
        server.send_signal(signal.SIGUSR1)
        self.assertEqual(self.outcome(client, wanted), "right")
        self.assertTrue(was_running)
        report = json.loads((self.folder / "got.json").read_text())
        self.assertGreaterEqual(report["link"]["reconnects"]["value"], 1)

    def test_reset_of_the_core_is_reported_when_told_so(self):
        self.prepare(2000)
        server = self.serve()
        client = self.client(2000, "--timeout", 0.5, "--reconnect", 0)
        time.sleep(0.3)
        server.send_signal(signal.SIGUSR1)
        _, errors = client.communicate(timeout=LONGEST)
        self.assertEqual(client.returncode, 1)
        self.assertIn("error[link.no-answer]", errors)

    def test_server_ends_when_told(self):
        server = self.serve()
        server.terminate()
        self.assertEqual(server.wait(LONGEST), 0)
        self.assertFalse(self.port.is_symlink())


class Kills(Served):
    """At random moments of a run the host, the device or both are killed, or the core is reset."""

    def test_never_a_hang_never_a_wrong_spike(self):
        ticks = 600
        wanted = self.prepare(ticks)
        draw = random.Random(int(os.environ.get("SEED", "1")))
        counts = {}
        server = self.serve()
        start = time.monotonic()
        self.assertEqual(self.outcome(self.client(ticks), wanted), "right")
        whole = time.monotonic() - start
        for _ in range(KILLS):
            victim = draw.choice(("host", "device", "device for good", "core"))
            client = self.client(ticks, "--timeout", 0.5, "--reconnect", 3 if victim != "device for good" else 0)
            time.sleep(draw.uniform(0, whole * 1.1))
            if victim == "host":
                client.kill()
            elif victim == "core":
                server.send_signal(signal.SIGUSR1)
            else:
                server.kill()
                self.end(server)
                if victim == "device":
                    server = self.serve()
            outcome = self.outcome(client, wanted)
            counts[victim, outcome] = counts.get((victim, outcome), 0) + 1
            if victim == "device for good":
                server = self.serve()
        self.assertEqual(self.outcome(self.client(ticks), wanted), "right")
        print(f"{KILLS} kills, run of {whole:.2f} s:", ", ".join(f"{v} -> {o}: {n}" for (v, o), n in sorted(counts.items())))


if __name__ == "__main__":
    unittest.main()
