# SPDX-License-Identifier: Apache-2.0
"""Prints one line for each document of a list: 1 where the schema accepts it, 0 where not.

Usage: schema_verdicts.py SCHEMA.json DOCUMENTS.json
"""
import json
import sys

import jsonschema


def main() -> None:
    with open(sys.argv[1], encoding="utf-8") as file:
        schema = json.load(file)
    with open(sys.argv[2], encoding="utf-8") as file:
        documents = json.load(file)
    jsonschema.Draft7Validator.check_schema(schema)
    validator = jsonschema.Draft7Validator(schema)
    for document in documents:
        print(int(validator.is_valid(document)))


if __name__ == "__main__":
    main()
