#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every chip file obeys schemas/chip.schema.json; files with known faults do not."""
import copy
import json
import pathlib
import sys

import jsonschema

root = pathlib.Path(sys.argv[1])
schema = json.loads((root / "schemas/chip.schema.json").read_text())
jsonschema.Draft7Validator.check_schema(schema)
validator = jsonschema.Draft7Validator(schema)
chips = sorted((root / "hw/chips").glob("*.json"))
assert chips, "no chip files"
for path in chips:
    chip = json.loads(path.read_text())
    faults = [f"{path.name}: {'/'.join(map(str, e.path))}: {e.message}" for e in validator.iter_errors(chip)]
    assert not faults, "\n".join(faults)
    assert chip["name"] == path.stem, f"{path.name} calls itself {chip['name']}"


def must_fail(change):
    chip = copy.deepcopy(json.loads(chips[0].read_text()))
    change(chip)
    assert not validator.is_valid(chip), change.__name__


def without_source(chip):
    next(iter(chip["capacities"].values())).pop("source")


def estimate_without_why(chip):
    next(iter(chip["capacities"].values()))["source"] = "estimate"


def unknown_field(chip):
    chip["capacity"] = {}


for change in (without_source, estimate_without_why, unknown_field):
    must_fail(change)
print(f"{len(chips)} chip files are valid")
