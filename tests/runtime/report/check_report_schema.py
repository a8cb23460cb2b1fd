#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Holds a written report to schemas/report.schema.json, and the schema to refusing broken ones.

Usage: check_report_schema.py SCHEMA TEST_PROGRAM
"""
import copy
import json
import os
import pathlib
import subprocess
import sys
import tempfile

import jsonschema


def main(schema_path, program):
    schema = json.loads(pathlib.Path(schema_path).read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "report.json"
        subprocess.run([program, "--gtest_also_run_disabled_tests", "--gtest_filter=*DISABLED_write_sample"],
                       env={**os.environ, "SPIKELOOM_SAMPLE_REPORT": str(path)}, check=True,
                       stdout=subprocess.DEVNULL)
        report = json.loads(path.read_text())
    validator.validate(report)

    broken = [("target",), ("energy", "total", "basis"), ("activity", "spikes", "unit"),
              ("latency", "tick clocks", "p99")]
    for *path, last in broken:
        wrong = copy.deepcopy(report)
        inner = wrong
        for key in path:
            inner = inner[key]
        del inner[last]
        assert not validator.is_valid(wrong), (path, last)
    print("report schema: ok")


if __name__ == "__main__":
    main(*sys.argv[1:])
