# SPDX-License-Identifier: MIT
"""The end of a process, whatever is still there: nothing is written, no traceback above all."""
import os
import re
import subprocess
import sys
import unittest

import support

from natupnp.testing import SimulatedGateway

BEGIN = "import builtins, os, sys, threading, time\nimport natupnp\nurl = sys.argv[1]\n"
CLIENT = "c = natupnp.Client(gateway=url)\nc.static_mappings.add(8080, 'TCP', keep=True)\n"
BACKGROUND = CLIENT.replace("url)", "url, background=True)")
AWAITED = """
import asyncio
async def main():
    c = natupnp.AsyncClient(gateway=url)
    await c.static_mappings.add(8080, 'TCP', keep=True)
    TAIL
asyncio.run(main())
"""

PROGRAMS = {
    "nothing is closed": CLIENT,
    "builtins have it": CLIENT + "builtins.kept = c",
    "sys has it": CLIENT + "sys.kept = c",
    "a module has it": CLIENT + "import natupnp._engine as e, natupnp._swig.core as f\ne.kept = f.kept = os.kept = natupnp.kept = c",
    "a cycle has it": CLIENT + "class N: pass\nc2, n = c, N()\nn.n, n.c = n, c\ndel c, c2",
    "a cycle in a module has it": CLIENT + "class N: pass\nn = N()\nn.n, n.c = n, c\nnatupnp._engine.n = n\ndel n, c",
    "a daemon has it": CLIENT + "threading.Thread(target=lambda c: time.sleep(100), args=(c,), daemon=True).start()\ndel c",
    "a daemon uses it": CLIENT + "def f():\n    while True: c.pump(0.01)\n"
                        "threading.Thread(target=f, daemon=True).start()",
    "a verb is under way": BACKGROUND + "def f():\n    while True: c.static_mappings.count()\n"
                           "threading.Thread(target=f, daemon=True).start()\nc.discover()",
    "background": BACKGROUND + "sys.kept = builtins.kept = c",
    "iterators": CLIENT + "sys.i, builtins.i, i = iter(c.events), iter(c.events), iter(c.events)",
    "background iterators": BACKGROUND + "sys.i, builtins.i, i = iter(c.events), iter(c.events), iter(c.events)",
    "registrations": CLIENT + "sys.r = c.events.on_external_ip(print)\nr = c.events.on_event(print)",
    "making failed": """
for background in (False, True):
    for wrong in ({"timeout": -1}, {"gateway": "x"}, {"cache": 5}, {"interface": ""}):
        try: sys.c = natupnp.Client(background=background, **wrong)
        except natupnp.InvalidArgumentError as error: sys.e = error
""",
    "making failed halfway": "import natupnp._engine, natupnp._events\nsys.e = natupnp._engine.Engine.__new__(natupnp._engine.Engine)\n"
                             "sys.i = natupnp._events.EventIterator.__new__(natupnp._events.EventIterator)\n"
                             "sys.c = natupnp.Client.__new__(natupnp.Client)",
    "no descriptor was left": "import natupnp._background, resource\nresource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))\n"
                              "for background in (False, True):\n    try: natupnp.Client(gateway=url, background=background)\n"
                              "    except natupnp.SystemResourceError as error: sys.e = error",
    "awaited": AWAITED.replace("TAIL", "builtins.kept = c"),
    "awaited, sys has it": AWAITED.replace("TAIL", "sys.kept = c"),
    "awaited, a task is under way": AWAITED.replace("TAIL", "asyncio.ensure_future(c.static_mappings.list())\n"
                                                    "    await asyncio.sleep(0)\n    sys.i = c.events.__aiter__()"),
    "awaited, the loop is left": "import asyncio\nsys.loop, sys.c = asyncio.new_event_loop(), natupnp.AsyncClient(gateway=url)\n"
                                 "sys.loop.run_until_complete(sys.c.static_mappings.add(8080, 'TCP', keep=True))",
    "the names of modules are gone": CLIENT + "i = iter(c.events)\nfor name, module in list(sys.modules.items()):\n"
                                     "    if name.startswith('natupnp'):\n        for key in list(vars(module)):\n"
                                     "            if not key.startswith('__'): vars(module)[key] = None\ndel i, c",
    "modules are gone": CLIENT + "for name in list(sys.modules):\n    if name.startswith('natupnp'): del sys.modules[name]\n"
                        "del natupnp",
    "a forked child": CLIENT + "if os.fork() == 0: sys.exit(0)\nos.wait()",
    "a forked child of one with a thread": BACKGROUND + "if os.fork() == 0: sys.exit(0)\nos.wait()",
    "hnetcfg": """
os.environ["NATUPNP_GATEWAY"] = url
from natupnp import hnetcfg
nat = hnetcfg.Dispatch("HNetCfg.NATUPnP")
mappings = nat.StaticPortMappingCollection
mappings.Add(8080, "TCP", 80, "127.0.0.1", True, "x")
sys.nat, builtins.nat = nat, hnetcfg.Dispatch("HNetCfg.NATUPnP")
nat.NATEventManager.ExternalIPAddressCallback = print
sys.enumerator, sys.manager = iter(mappings), nat.NATEventManager
""",
    "another interpreter": """
try: import _interpreters as interpreters
except ImportError:
    try: import _xxsubinterpreters as interpreters
    except ImportError: sys.exit(0)
code = f"import sys; sys.path[:] = {sys.path!r}; sys.argv = ['', {url!r}]\\n" + PROGRAM
try: one = interpreters.create("legacy")
except TypeError: one = interpreters.create(isolated=False)
interpreters.run_string(one, code)
interpreters.destroy(one)
""".replace("PROGRAM", repr(BEGIN + CLIENT + "sys.kept = builtins.kept = c")),
}
WARNED = re.compile(r"\S+_engine\.py:\d+: ResourceWarning: a client was not closed: .*\n(  _warn\(.*\n)?")


class Ends(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.gateway = SimulatedGateway()
        cls.addClassCleanup(cls.gateway.close)

    def written(self, program, *flags):
        # At these ends interpreters themselves leave memory behind.
        options = f"{os.environ.get('ASAN_OPTIONS', '')}:detect_leaks=0"
        done = subprocess.run(
            [sys.executable, *flags, "-c", BEGIN + program, self.gateway.location], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True, timeout=support.LIMIT_S, check=False,
            env={**os.environ, "ASAN_OPTIONS": options})
        self.assertEqual(done.returncode, 0, done.stdout)
        return done.stdout

    def test_only_who_asks_is_warned(self):
        for name in ("nothing is closed", "builtins have it", "background", "awaited"):
            with self.subTest(name):
                self.assertEqual(self.written(PROGRAMS[name]), "")

    def test_nothing_but_the_warning(self):
        warned = 0
        for name, program in PROGRAMS.items():
            with self.subTest(name):
                written = self.written(program, "-W", "ignore", "-W", "always::ResourceWarning")
                warned += len(WARNED.findall(written))
                written = "".join(line for line in WARNED.sub("", written).splitlines(True) if "event loop" not in line)
                self.assertEqual(written, "")
        self.assertGreater(warned, 3)


if __name__ == "__main__":
    support.main()
