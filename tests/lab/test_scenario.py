# SPDX-License-Identifier: MIT
"""The scenario of tests/scenario in C, Python and Lua, against miniupnpd and the kernel's NAT."""

import glob
import os
import re
import shutil
import sys

import labtest

ROOT = os.path.realpath(os.path.join(os.path.dirname(__file__), "../.."))
HERE = os.path.join(ROOT, "tests/scenario")
BUILD = os.environ.get("NATUPNP_BUILD_DIR", os.path.join(ROOT, "build/release"))
PYTHON = os.environ.get("NATUPNP_BUILD_PYTHON", "python3")
SETTINGS = list(filter(None, os.environ.get("NATUPNP_SCRIPT_ENVIRONMENT", "").split("|")))
LIMIT_S = 300

sys.path.insert(0, HERE)
import scenario  # pylint: disable=wrong-import-position


def drivers():
    """The drivers that were built: their names, languages and commands."""
    yield "C", "c", [os.path.join(BUILD, "tests/scenario/scenario_driver")]
    if glob.glob(os.path.join(BUILD, "python/natupnp/_swig/_core.*")):
        yield "Python", "python", [
            "env", *SETTINGS, f"PYTHONPATH={BUILD}/python", PYTHON, "-B",
            os.path.join(HERE, "driver.py")]
    for name, abi in (("lua5.1", 51), ("lua5.4", 54), ("luajit", 51)):
        if os.path.exists(f"{BUILD}/lua/natupnp/core{abi}.so") and shutil.which(name):
            yield name, "lua", [
                "env", *SETTINGS, f"LUA_PATH={BUILD}/lua/?.lua", f"LUA_CPATH={BUILD}/lua/?.so",
                name, os.path.join(HERE, "driver.lua")]


class Scenario(labtest.LabTest):
    """Every language in one house, one after the other: each leaves it as it was."""

    IGD = 2

    def test_every_language(self):
        self.home(igd=self.IGD)
        steps = scenario.Scenario(os.path.join(HERE, "scenario.txt"))
        places = {
            "gateway": self.gateway.location,
            "root": re.match(r"http://[^/]+", self.gateway.location)[0],
            "name": "Lab%20gateway",
            "version": str(self.IGD),
            "external_ip": self.gateway.wan_address,
            "host": self.host.address,
            "other": "10.77.0.3",
            "lease_h": "168",  # it knows no permanent mappings, whatever its version
            "free_lease_h": "168" if self.IGD == 1 else "0",  # version 1: found free, made and read
        }
        told = []
        for name, language, command in drivers():
            def run(text, command=command):
                done = self.host.run(command, input=text, timeout=LIMIT_S,
                                     env=labtest.natupnp_environment(self.new_cache()))
                self.assertEqual(done.returncode, 0, done.stderr)
                return done.stdout

            with self.subTest(name):
                wrong, count = scenario.check(steps, language, places, run)
                self.assertFalse(wrong, wrong)
                self.assertGreater(count, 30)
                self.assertEqual(self.upnpc_list(), {})
            told.append(name)
        print("done in", ", ".join(told), file=sys.stderr)


class ScenarioWithIgd1(Scenario):
    IGD = 1


if __name__ == "__main__":
    labtest.main()
