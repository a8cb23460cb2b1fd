#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The published core-level descriptions obey schemas/cores.schema.json; damaged ones do not.

Usage: check_cores_schema.py ROOT DATA. Exits with 77 (skipped) where the descriptions are not there.
"""
import copy
import json
import pathlib
import sys

import jsonschema


def main(root, data):
    schema = json.loads((root / "schemas/cores.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    files = sorted((data / "ranc").glob("*.json"))
    if not files:
        print("skipped: no descriptions")
        return 77
    judge = jsonschema.Draft7Validator(schema)
    for file in files:
        good = json.loads(file.read_text())
        judge.validate(good)
        good["cores"] = good["cores"][:1]
        for key, value in (("axons_per_core", 257), ("cores", []), ("inputs", [[[0, 0, 0]]]), ("output_bus", {})):
            assert not judge.is_valid({**good, key: value}), (file, key)
        for key, value in (("axons", "xyz"), ("weights", [1, 2, 3]), ("reset_mode", 3), ("delay", 15), ("leak", 300)):
            bad = copy.deepcopy(good)
            bad["cores"][0]["neurons"][0][key] = value
            assert not judge.is_valid(bad), (file, key)
    return 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])))
