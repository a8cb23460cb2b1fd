#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Text golden tests: what the tool prints for the files of tests/golden must not change unnoticed.

Each tests/golden/NAME.cmd holds one command line; NAME.out what it prints and its exit status. After a wanted change, run
`tests/tools/text_golden_test.py --update` (with SPIKELOOM and SPIKELOOM_ROOT set) and read the difference.
"""
import shlex
import sys
import unittest

from harness import ROOT, CommandTest

GOLDEN = ROOT / "tests/golden"


def cases():
    return sorted(GOLDEN.glob("*.cmd"))


class TextGolden(CommandTest):
    def printed(self, case):
        command = case.read_text().replace("@golden@", str(GOLDEN))
        done = self.spikeloom(*shlex.split(command))
        return f"{done.stdout}{done.stderr}exit status {done.returncode}\n".replace(str(GOLDEN), "@golden@")

    def test_all(self):
        self.assertGreater(len(cases()), 3)
        for case in cases():
            with self.subTest(case.stem):
                self.assertEqual(case.with_suffix(".out").read_text(), self.printed(case))


def update():
    test = TextGolden()
    test.setUp()
    for case in cases():
        case.with_suffix(".out").write_text(test.printed(case))
    test.doCleanups()


if __name__ == "__main__":
    if "--update" in sys.argv:
        update()
    else:
        unittest.main()
