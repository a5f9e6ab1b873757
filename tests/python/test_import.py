# SPDX-License-Identifier: MIT
"""What `import natupnp` gives, and what it leaves unloaded."""
import subprocess
import sys
import unittest

import support

import natupnp
from natupnp._swig import core

HEAVY = ["asyncio", "dataclasses", "inspect", "json", "logging", "re", "socket", "ssl", "subprocess", "threading", "typing"]
SHOW = f"\nimport sys; print(*[name for name in {HEAVY!r} if name in sys.modules])"


def loaded(code):
    """The heavy modules that a program loads, in an interpreter that loads none by itself."""
    done = subprocess.run([sys.executable, "-S", "-c", code + SHOW], stdout=subprocess.PIPE, text=True,
                          timeout=support.LIMIT_S, check=True)
    return done.stdout.split()


class Import(unittest.TestCase):
    def test_nothing_heavy(self):
        self.assertEqual(loaded("import natupnp; natupnp.Client().close()"), [])
        self.assertEqual(loaded("import natupnp; natupnp.Client(gateway='http://127.0.0.1:9/x').close()"), [])

    def test_a_verb_loads_nothing_more(self):
        self.assertEqual(loaded("""
import natupnp
with natupnp.Client(gateway='http://127.0.0.1:9/x') as client:
    try:
        client.static_mappings.add(8080, "TCP")
        raise SystemExit("there is a gateway")
    except natupnp.NoGatewayError:
        pass
"""), [])

    def test_asyncio_when_it_is_wanted(self):
        self.assertIn("asyncio", loaded("import natupnp; natupnp.AsyncClient"))
        self.assertIn("asyncio", loaded("from natupnp import *"))

    def test_what_is_promised_is_there(self):
        self.assertEqual(natupnp.__all__, sorted(natupnp.__all__))
        self.assertTrue(set(natupnp.__all__) <= set(dir(natupnp)))
        namespace = {}
        exec("from natupnp import *", namespace)
        self.assertEqual(set(namespace) - {"__builtins__"}, set(natupnp.__all__))
        for name in natupnp.__all__:
            self.assertEqual(namespace[name].__module__, "natupnp")
            self.assertEqual(namespace[name].__qualname__, name)

    def test_what_is_public_is_promised(self):
        public = {name for name, value in vars(natupnp).items() if not name.startswith("_") and isinstance(value, type)}
        self.assertEqual(public - set(natupnp.__all__), set())

    def test_what_is_not_there(self):
        with self.assertRaisesRegex(AttributeError, "no attribute 'Clients'"):
            natupnp.Clients

    def test_version(self):
        self.assertEqual(natupnp.__version__, core.version())


if __name__ == "__main__":
    support.main()
