#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Proves the assertions in a module's FORMAL block with Yosys' SAT solver, by induction.

prove.py FILE [-p NAME=VALUE]...                  exit 0 if proven
prove.py FILE --mutant OLD NEW                    exit 0 if the module with OLD replaced by NEW is refuted
"""
import argparse
import pathlib
import subprocess
import sys
import tempfile


def run(source, top, parameters, depth):
    """True: proven; False: a counterexample; anything else is an error."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / f"{top}.sv"
        path.write_text(source)
        settings = " ".join(f"-set {name} {value}" for name, value in parameters)
        script = [f"read_verilog -sv -formal -DFORMAL {path}"]
        if settings:
            script.append(f"chparam {settings} {top}")
        script += [f"hierarchy -check -top {top}", "proc", "flatten", "memory -nordff", "opt -full", "async2sync",
                   "opt_clean", "select -assert-min 1 t:$assert",
                   f"sat -verify -seq 2 -tempinduct -maxsteps {depth} -prove-asserts -set-assumes"
                   " -set-init-zero -timeout 120"]
        answer = subprocess.run(["yosys", "-q", "-p", "; ".join(script)], capture_output=True, text=True)
    if answer.returncode == 0:
        return True
    text = answer.stdout + answer.stderr
    if "proof did fail" in text:
        return False
    sys.exit(f"yosys gave no verdict:\n{text[-2000:]}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file", type=pathlib.Path)
    parser.add_argument("-p", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--depth", type=int, default=8)
    parser.add_argument("--mutant", nargs=2, metavar=("OLD", "NEW"))
    options = parser.parse_args()
    source = options.file.read_text()
    if options.mutant:
        old, new = options.mutant
        if source.count(old) != 1:
            sys.exit(f"the mutant's text occurs {source.count(old)} times: {old}")
        source = source.replace(old, new)
    proven = run(source, options.file.stem, [p.split("=") for p in options.p], options.depth)
    print("proven" if proven else "refuted")
    return 0 if proven != bool(options.mutant) else 1


sys.exit(main())
