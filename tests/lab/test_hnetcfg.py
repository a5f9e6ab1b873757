# SPDX-License-Identifier: MIT
"""What is known of the NAT Traversal API on Windows, in Python and Lua, against miniupnpd."""

import glob
import os
import re
import shutil
import sys

import labtest

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
BUILD = os.environ.get("NATUPNP_BUILD_DIR", os.path.join(ROOT, "build/release"))
PYTHON = os.environ.get("NATUPNP_BUILD_PYTHON", "python3")
SETTINGS = list(filter(None, os.environ.get("NATUPNP_SCRIPT_ENVIRONMENT", "").split("|")))
LIMIT_S = 300


def programs():
    """The conformance tests that can be run here: their names and commands."""
    if glob.glob(os.path.join(BUILD, "python/natupnp/_swig/_core.*")):
        yield "Python", ["env", *SETTINGS, f"PYTHONPATH={BUILD}/python", PYTHON, "-B",
                         os.path.join(ROOT, "tests/python/test_hnetcfg_conformance.py")]
    spec = os.path.join(ROOT, "tests/lua/hnetcfg_conformance_spec.lua")
    for name, abi in (("lua5.1", 51), ("lua5.4", 54), ("luajit", 51)):
        if os.path.exists(f"{BUILD}/lua/natupnp/core{abi}.so") and shutil.which(name) and os.path.exists(spec):
            yield name, ["env", *SETTINGS, os.path.join(ROOT, "tests/lua/run.sh"), name, f"{BUILD}/lua",
                         "--pattern=hnetcfg_conformance_spec"]


class Conformance(labtest.LabTest):
    IGD = 2

    def test_every_language(self):
        self.home(igd=self.IGD)
        told = []
        for name, command in programs():
            environment = {**labtest.natupnp_environment(self.new_cache()), "NATUPNP_TEST_GATEWAY": "1",
                           "NATUPNP_GATEWAY": self.gateway.location}
            with self.subTest(name):
                done = self.host.run(command, timeout=LIMIT_S, env=environment)
                said = done.stdout + done.stderr
                if done.returncode == labtest.SKIPPED:
                    print(f"{name} is skipped: {said}", file=sys.stderr)
                    continue
                self.assertEqual(done.returncode, 0, said)
                self.assertRegex(said, r"Ran \d\d tests|\d\d successes", said)
                self.assertIsNone(re.search(r"skipped=", said), said)
                self.assertEqual(self.upnpc_list(), {})
                told.append(name)
        print("done in", ", ".join(told), file=sys.stderr)


class ConformanceWithIgd1(Conformance):
    IGD = 1


if __name__ == "__main__":
    labtest.main()
