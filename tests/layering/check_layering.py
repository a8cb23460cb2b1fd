#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Fails where a room includes a header that its floor may not see (docs/architecture.md).

Usage: check_layering.py ROOT. Also fails where a third-party library appears outside its home or in a
public header, and where a file or a function table would break the house: files over the size limit.
"""
import pathlib
import re
import sys

SUPPORT = {"support"}
IMAGE = SUPPORT | {"schemas", "hw/spec", "hw/image"}
COMPILER = SUPPORT | {"schemas", "compiler/ir"}

# Room -> rooms whose headers it may include (besides its own).
ALLOWED = {
    "support": set(),
    "schemas": set(),
    "hw/spec": SUPPORT | {"schemas"},
    "compiler/ir": SUPPORT,
    "simulator/neuron": SUPPORT,
    "runtime/link": SUPPORT | {"schemas"},
    "hw/image": SUPPORT | {"schemas", "hw/spec"},
    "compiler/frontend": COMPILER,
    "compiler/mapping": SUPPORT | {"compiler/ir", "hw/spec"},
    "simulator/golden": SUPPORT | {"compiler/ir", "simulator/neuron"},
    "compiler/pipeline": COMPILER | IMAGE | {"compiler/mapping", "compiler/frontend"},
    "simulator/chip": IMAGE | {"simulator/neuron"},
    "runtime/device": IMAGE,
    "runtime/report": SUPPORT | {"schemas", "hw/spec"},
    "runtime/session": IMAGE | {"runtime/device", "runtime/link", "runtime/report"},
    "simulator/systemc": IMAGE | {"simulator/chip", "simulator/neuron", "runtime/device", "runtime/link",
                                  "runtime/report", "runtime/session"},
}
BELOW_BACKENDS = set(ALLOWED)
ALLOWED["backends"] = BELOW_BACKENDS
ALLOWED["sweep"] = BELOW_BACKENDS | {"backends"}
ALLOWED["tools"] = BELOW_BACKENDS | {"backends", "sweep"}
ALLOWED["python"] = ALLOWED["tools"]

# Library (by the start of its include path) -> where it may be included.
HOMES = {
    r"nlohmann/": r"_json\.(cpp|hpp)$|^(runtime/report|tools|compiler/frontend|hw/spec)/.*\.cpp$",
    r"valijson/": r"\.cpp$",
    r"google/protobuf|image\.pb\.h": r"^hw/image/.*\.cpp$",
    r"hdf5|H5": r"^compiler/frontend/nir/[^/]*\.(cpp|hpp)$",
    r"boost/": r"^(compiler/mapping|hw/spec)/.*\.cpp$",
    r"metis": r"^compiler/mapping/.*\.cpp$",
    r"systemc$|tlm": r"^simulator/systemc/(.*\.cpp|modules/.*\.hpp)$",
    r"verilated|Vsl_": r"^backends/emulator/rtl_[^/]*$",
    r"CLI/": r"^tools/.*$",
    r"sqlite3": r"^sweep/database\.cpp$",
    r"mpi\.h": r"^tools/sweep_mpi\.cpp$",
}

INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^">]+)[">]', re.MULTILINE)
MAX_LINES = 420  # the habit is 400; a few lines of grace for a comment


def room_of(path):
    fits = [room for room in ALLOWED if path == room or path.startswith(room + "/")]
    return max(fits, key=len, default=None)


def faults_of(path, text):
    room = room_of(path)
    for _, target in INCLUDE.findall(text):
        other = room_of(target)
        if other and other != room and other not in ALLOWED[room]:
            yield f"{path}: {room} must not include {target}"
        for library, home in HOMES.items():
            if re.match(library, target) and not re.search(home, path):
                yield f"{path}: {target} is used outside its home"
    if text.count("\n") > MAX_LINES:
        yield f"{path}: {text.count(chr(10))} lines, limit {MAX_LINES}"
    if not text.startswith("// SPDX-License-Identifier: Apache-2.0"):
        yield f"{path}: the SPDX line is missing"


def sources(root):
    for room in sorted({r.split("/")[0] for r in ALLOWED}):
        for file in sorted((root / room).rglob("*.[ch]pp")):
            yield file.relative_to(root).as_posix(), file.read_text()


def main(root):
    bad = [fault for path, text in sources(root) if room_of(path) for fault in faults_of(path, text)]
    print("\n".join(bad) or "layering: ok")
    return 1 if bad else 0


def self_test():
    """The law must be able to fail: each of these lines breaks it."""
    spdx = "// SPDX-License-Identifier: Apache-2.0\n"
    wrong = {
        "compiler/ir/a.cpp": spdx + '#include "runtime/device/device.hpp"\n',
        "runtime/link/a.hpp": spdx + '#include "compiler/ir/network.hpp"\n',
        "hw/image/a.hpp": spdx + "#include <google/protobuf/message.h>\n",
        "compiler/ir/b.cpp": '#include "support/ids.hpp"\n',
        "compiler/ir/c.cpp": spdx + "\n" * (MAX_LINES + 1),
    }
    for path, text in wrong.items():
        assert list(faults_of(path, text)), path
    assert not list(faults_of("tools/a.cpp", spdx + '#include "compiler/ir/network.hpp"\n'))


if __name__ == "__main__":
    self_test()
    sys.exit(main(pathlib.Path(sys.argv[1])))
