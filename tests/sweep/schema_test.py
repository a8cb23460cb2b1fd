#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The schema of sweep specs takes what the command takes, and every shipped spec."""
import json
import os
import pathlib

import jsonschema

ROOT = pathlib.Path(os.environ["SPIKELOOM_ROOT"])


def main():
    schema = json.loads((ROOT / "schemas/sweep.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    specs = sorted((ROOT / "examples/sweeps").glob("*.json"))
    assert specs, "no specs are shipped"
    for path in specs:
        jsonschema.validate(json.loads(path.read_text()), schema)
    good = json.loads(specs[0].read_text())
    for key, value in (("format", "2"), ("axes", []), ("objectives", []), ("repeats", 0), ("unknown", 1)):
        try:
            jsonschema.validate({**good, key: value}, schema)
        except jsonschema.ValidationError:
            continue
        raise AssertionError(f"the schema takes {key}: {value}")
    print(f"{len(specs)} specs fit the schema")


if __name__ == "__main__":
    main()
