#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The programs that the documentation shows are run as they stand there, against a simulated gateway:
test_doc_code.py LANGUAGE COMMAND..., to which a program is given on standard input. Of C these are the
ones with a main()."""

import json
import os
import pathlib
import re
import subprocess
import sys
import textwrap
import unittest

GATEWAY = os.environ.get("NATUPNP_GATEWAY_BIN", "")
ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMIT_S = 60
LANGUAGE, *COMMAND = sys.argv[1:]


def programs():
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for number, code in enumerate(re.findall(rf"(?ms)^( *```{LANGUAGE}\n.*?)^ *```", page.read_text())):
            if LANGUAGE != "c" or " main(" in code:
                yield f"{page.relative_to(ROOT)} {number + 1}", textwrap.dedent(code).split("\n", 1)[1]


class DocumentedPrograms(unittest.TestCase):
    def test_each(self):
        tried = 0
        with subprocess.Popen([GATEWAY, "--quiet", "--exit-with-stdin"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as gateway:
            location = json.loads(gateway.stdout.readline())["location"]
            for name, code in programs():
                done = subprocess.run([*COMMAND, "-"], input=code, capture_output=True, text=True,
                                      timeout=LIMIT_S, check=False,
                                      env={**os.environ, "NATUPNP_GATEWAY": location,
                                           "NATUPNP_SIMULATOR": GATEWAY})
                tried += 1
                with self.subTest(program=name):
                    self.assertEqual((done.returncode, done.stderr), (0, ""))
                    self.assertNotEqual(done.stdout, "")
            gateway.stdin.close()
        self.assertGreater(tried, 1 if LANGUAGE == "c" else 3)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
