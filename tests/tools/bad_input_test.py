#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input of every kind gets one located diagnostic, exit status 1 and no partial file."""
import json
import os
import resource
import subprocess
import unittest
import zipfile

from harness import SHARED_DATA, SPIKELOOM, SPIKES, CommandTest, network


class NetworkFile(CommandTest):
    def refuse_network(self, content, code, where=""):
        self.write("net.json", content)
        return self.refuse("compile", "net.json", "--target", "emulator", "-o", "net.img", code=code, where=where,
                           leaves=["net.img"])

    def with_projection(self, **changes):
        net = network()
        net["projections"][0].update(changes)
        return net

    def with_population(self, **changes):
        net = network()
        net["populations"][1].update(changes)
        return net

    def test_file_that_does_not_exist(self):
        self.refuse("compile", "nowhere.json", "--target", "emulator", "-o", "net.img", code="file.open",
                    where="nowhere.json", leaves=["net.img"])

    def test_truncated_json(self):
        text = json.dumps(network())
        error = self.refuse_network(text[:len(text) // 2], "json.syntax", "net.json")
        self.assertRegex(error, r"net\.json:\d+:\d+")

    def test_empty_file(self):
        self.refuse_network("", "json.syntax", "net.json")

    def test_wrong_type(self):
        self.refuse_network(self.with_population(size="many"), "json.type", "/populations/1/size")

    def test_size_of_ten_gigabytes(self):
        self.refuse_network(self.with_population(size=10_000_000_000), "json.", "/populations/1/size")

    def test_nan_weight(self):
        text = json.dumps(self.with_projection(weights=[0.5] * 12)).replace("[0.5,", "[NaN,", 1)
        self.refuse_network(text, "json.syntax", "net.json")

    def test_unknown_population(self):
        self.refuse_network(self.with_projection(post="outt"), "json.", "/projections/0/post")

    def test_unknown_model_and_parameter(self):
        self.refuse_network(self.with_population(model="liff"), "network.", "/populations/1")
        self.refuse_network(self.with_population(parameters={"tau": 0.01, "treshold": 1.0}), "network.",
                            "/populations/1/parameters/treshold")

    def test_negative_and_fractional_delay(self):
        self.refuse_network(self.with_projection(delays=-1), "network.delay", "/projections/0/delays")
        self.refuse_network(self.with_projection(delays=1.5), "network.delay", "/projections/0/delays")

    def test_wrong_number_of_weights(self):
        self.refuse_network(self.with_projection(weights=[1.0, 2.0]), "network.", "/projections/0/weights")

    def test_missing_npy_file(self):
        self.refuse_network(self.with_projection(weights={"npy": "none.npy"}), "file.open", "none.npy")

    def test_beyond_a_limit_names_limit_and_value(self):
        error = self.refuse_network(self.with_projection(delays=16), "emulator.", "")
        self.assertIn("16", error)
        self.assertIn("15", error)


class NirFile(CommandTest):
    def test_zip_in_disguise(self):
        with zipfile.ZipFile(self.folder / "net.nir", "w") as file:
            file.writestr("data.pkl", "x")
        self.refuse("compile", "net.nir", "--target", "emulator", "-o", "net.img", code="nir.", where="net.nir",
                    leaves=["net.img"])

    def test_every_fault_of_public_files_is_told(self):
        folder = SHARED_DATA / "nir/malformed"
        if not folder.exists():
            self.skipTest("skipped: no shared data")
        for path in sorted(folder.glob("*.nir")):
            error = self.refuse("compile", path, "--target", "emulator", "-o", "net.img", code="nir.",
                                leaves=["net.img"])
            self.assertIn(path.name, error)


class ImageFile(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("net.json", network())
        self.succeed("compile", "net.json", "--target", "emulator", "-o", "net.img")
        self.write("in.csv", SPIKES)
        self.image = (self.folder / "net.img").read_bytes()

    def refuse_image(self, content, code):
        self.write("bad.img", content)
        self.refuse("run", "bad.img", "--device", "golden", "--input", "in.csv", "--ticks", "12", "--spikes", "o.csv",
                    code=code, where="bad.img", leaves=["o.csv"])

    def test_truncated(self):
        self.refuse_image(self.image[:-7], "image.truncated")
        self.refuse_image(self.image[:10], "image.truncated")

    def test_one_bit_flipped_anywhere(self):
        for position in range(len(self.image) // 7, len(self.image), len(self.image) // 7):
            flipped = bytearray(self.image)
            flipped[position] ^= 0x10
            self.refuse_image(bytes(flipped), "image.")

    def test_foreign_file(self):
        self.refuse_image(b"\x7fELF" + bytes(200), "image.not-an-image")

    def test_unknown_device(self):
        self.refuse("run", "net.img", "--device", "rtk", "--input", "in.csv", "--ticks", "3", code="device.unknown")

    def test_serial_port_that_does_not_exist(self):
        self.refuse("run", "net.img", "--device", "serial:/dev/nowhere", "--input", "in.csv", "--ticks", "3",
                    code="link.", where="/dev/nowhere")


class SpikeFile(CommandTest):
    def refuse_spikes(self, content, code, where):
        self.write("net.json", network())
        self.write("in.csv", content)
        self.refuse("run", "net.json", "--target", "emulator", "--device", "golden", "--input", "in.csv",
                    "--ticks", "12", "--spikes", "o.csv", code=code, where=where, leaves=["o.csv"])

    def test_unsorted(self):
        self.refuse_spikes("tick,population,neuron\n5,in,0\n3,in,1\n", "spikes.", "in.csv:3")

    def test_neuron_out_of_range(self):
        self.refuse_spikes("tick,population,neuron\n0,in,4\n", "spikes.", "in.csv:2")

    def test_unknown_population(self):
        self.refuse_spikes("tick,population,neuron\n0,inn,0\n", "spikes.", "in.csv:2")

    def test_population_that_takes_no_input(self):
        self.refuse_spikes("tick,population,neuron\n0,out,0\n", "spikes.", "in.csv:2")

    def test_no_header(self):
        self.refuse_spikes("0,in,0\n", "spikes.", "in.csv:1")

    def test_text_where_a_number_belongs(self):
        self.refuse_spikes("tick,population,neuron\n0,in,zero\n", "spikes.", "in.csv:2")


class Output(CommandTest):
    def setUp(self):
        super().setUp()
        self.write("net.json", network())
        self.write("in.csv", SPIKES)

    def test_folder_that_does_not_exist(self):
        self.refuse("compile", "net.json", "--target", "emulator", "-o", "no/net.img", code="file.write",
                    where="no/net.img")

    def test_full_disk_leaves_no_file(self):
        mount = self.folder / "full"
        mount.mkdir()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8k", "tmpfs", mount],
                          capture_output=True, check=False).returncode != 0:
            self.skipTest("skipped: may not mount a tmpfs")
        try:
            self.refuse("compile", "net.json", "--target", "emulator", "-o", "full/net.img", code="file.write",
                        where="full/net.img")
            self.assertEqual([], list(mount.iterdir()))
        finally:
            subprocess.run(["umount", mount], check=True)

    def test_file_size_limit_leaves_no_file(self):
        done = subprocess.run([SPIKELOOM, "compile", "net.json", "--target", "emulator", "-o", "net.img"],
                              cwd=self.folder, capture_output=True, text=True, check=False,
                              preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100)))
        self.assertNotEqual(done.returncode, 0)
        self.assertFalse((self.folder / "net.img").exists())

    def test_closed_pipe(self):
        read, write = os.pipe()
        os.close(read)
        done = subprocess.run([SPIKELOOM, "targets"], stdout=write, stderr=subprocess.PIPE, text=True, check=False)
        os.close(write)
        self.assertEqual(done.returncode, 1)
        self.assertIn("error[file.write]", done.stderr)

    def test_standard_output_on_a_full_device(self):
        with open("/dev/full", "w", encoding="ascii") as full:
            done = subprocess.run([SPIKELOOM, "targets"], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("error[file.write]", done.stderr)


class Usage(CommandTest):
    def test_wrong_usage_is_status_2(self):
        for arguments in ([], ["fly"], ["compile"], ["run", "x.json", "--ticks", "-4"],
                          ["compile", "x.json", "--target", "emulator", "-o", "y", "--reset", "never"],
                          ["compile", "x.json", "--target", "emulator", "-o", "y", "--set", "nothing"],
                          ["run", "x.json", "--ticks", "4"], ["compare", "a.csv"],
                          ["run", "x.json", "--ticks", "4", "--target", "emulator", "--arithmetic", "emulator"]):
            self.assertEqual(self.spikeloom(*arguments).returncode, 2, arguments)

    def test_unknown_target(self):
        self.write("net.json", network())
        error = self.refuse("compile", "net.json", "--target", "emulater", "-o", "n.img", code="target.unknown",
                            leaves=["n.img"])
        self.assertIn("emulator", error)

    def test_unknown_chip_and_override(self):
        self.write("net.json", network())
        self.refuse("compile", "net.json", "--target", "emulator", "--chip", "big", "-o", "n.img",
                    code="compile.chip", leaves=["n.img"])
        self.refuse("compile", "net.json", "--target", "emulator", "--set", "capacities.neurals=4", "-o", "n.img",
                    code="chip.override", leaves=["n.img"])


if __name__ == "__main__":
    unittest.main()
