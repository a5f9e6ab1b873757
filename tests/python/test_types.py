# SPDX-License-Identifier: MIT
"""Types: mypy --strict on the package, the stub against the built module, and what a user's checker sees.

NATUPNP_MYPY_PYTHON names an interpreter that has mypy; without one the tests are skipped.
"""
import os
import re
import subprocess
import sys
import tempfile
import textwrap
import unittest

import support

import natupnp

PYTHON = os.environ.get("NATUPNP_MYPY_PYTHON", sys.executable)
PACKAGE = os.path.dirname(os.path.abspath(natupnp.__file__))
LIMIT_S = 400

# Each line with a comment is one that mypy must say just that of: what it reveals, or "error".
PROGRAM = """
    from ipaddress import IPv4Address

    import natupnp
    from natupnp.testing import SimulatedGateway

    def blocking() -> None:
        with SimulatedGateway() as gateway, natupnp.Client(gateway=gateway.location, timeout=3) as client:
            reveal_type(client)                                       # Client
            reveal_type(client.discover().uptime)                     # int | None
            reveal_type(client.gateways)                              # tuple[Gateway, ...]
            reveal_type(client.external_ip())                         # IPv4Address | None
            mappings = client.static_mappings
            mapping = mappings.add(8080, "TCP", internal_client=IPv4Address("192.168.1.2"))
            reveal_type(mapping.external_port)                        # int
            reveal_type(mapping.protocol)                             # Protocol
            reveal_type(mapping.internal_client)                      # IPv4Address | str
            reveal_type(mapping.edit(enabled=False))                  # StaticMapping
            reveal_type(mappings.list())                              # list[StaticMapping]
            reveal_type(mappings.get(8080, "TCP"))                    # StaticMapping | None
            reveal_type(mappings.get(8080, "TCP", 5))                 # StaticMapping | int
            reveal_type(mappings[8080, natupnp.Protocol.TCP])         # StaticMapping
            reveal_type([m.description for m in mappings])            # list[str]
            with mapping as same:
                reveal_type(same)                                     # StaticMapping
            dynamic = client.dynamic_mappings
            leased = dynamic.add(8080, "TCP", remote_host="198.51.100.1", lease=60, keep=True)
            reveal_type(leased.renew(60))                             # DynamicMapping
            reveal_type(dynamic.get(8080, "TCP", default=5))          # DynamicMapping | int
            reveal_type(dynamic["198.51.100.1", 8080, "TCP"])         # DynamicMapping
            reveal_type(dynamic[8080, "TCP"].edit(enabled=True))      # DynamicMapping
            reveal_type([event.external_ip for event in client.events])  # list[IPv4Address | None]
            reveal_type(client.events.get(1))                         # Event | None
            reveal_type(client.events.on_external_ip(print))          # Registration
            reveal_type(client.kept[0].next_in)                       # int | None
            dynamic[8080]                                             # error
            leased.renew("60")                                        # error
            client.events.on_number_of_entries(lambda: 5)             # error
            mapping.external_port = 5                                 # error
            mapping.port                                              # error
            mappings.add("8080", "TCP")                               # error
            mappings.get(8080, 6)                                     # error
            mappings.edit(mapping, port=1)                            # error
            mappings[8080]                                            # error
            client.discover(5)                                        # error
        try:
            pass
        except natupnp.ConflictError as error:
            reveal_type(error.mapping)                                # Mapping | None
            reveal_type(error.status)                                 # Status

    async def awaited() -> None:
        async with natupnp.AsyncClient() as client:
            reveal_type(await client.gateway)                         # Gateway
            mappings = client.static_mappings
            reveal_type(await mappings.get(8080, "TCP"))              # AsyncStaticMapping | None
            reveal_type(await mappings.get(8080, "TCP", "none"))      # AsyncStaticMapping | str
            reveal_type([m async for m in mappings])                  # list[AsyncStaticMapping]
            async with await mappings.add(8080, "UDP") as mapping:
                reveal_type(mapping.remote_host)                      # IPv4Address | str | None
                reveal_type(await mapping.disable())                  # AsyncStaticMapping
                mapping.remove()                                      # error
            reveal_type([e.kind async for e in client.events])        # list[EventKind]
            reveal_type(await client.dynamic_mappings.list())         # list[AsyncDynamicMapping]
            reveal_type(client.kept)                                  # tuple[Kept, ...]
"""


def run(*arguments, **environment):
    done = subprocess.run([PYTHON, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=LIMIT_S, env={**os.environ, **environment})
    return done.returncode, done.stdout


def has_mypy():
    try:
        return run("-c", "import mypy")[0] == 0
    except OSError:
        return False


@unittest.skipUnless(has_mypy(), f"{PYTHON} has no mypy")
class Types(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def mypy(self, *arguments):
        return run("-m", "mypy", "--strict", "--cache-dir", os.devnull, *arguments, MYPYPATH=os.path.dirname(PACKAGE))

    def test_the_package(self):
        code, output = self.mypy("-p", "natupnp")
        self.assertEqual(code, 0, output)

    def test_the_stub(self):
        if run("-c", "import natupnp")[0] != 0:
            self.skipTest(f"{PYTHON} is not one that the module was built for")
        code, output = run("-m", "mypy.stubtest", "natupnp._swig.core", MYPYPATH=os.path.dirname(PACKAGE))
        self.assertEqual(code, 0, output)

    def test_what_a_user_sees(self):
        """And nothing of it is an Any, whatever the package does inside."""
        program = textwrap.dedent(PROGRAM)
        path = os.path.join(self.folder, "program.py")
        with open(path, "w") as file:
            file.write(program)
        _, output = self.mypy("--disallow-any-expr", "--follow-imports=silent", path)
        said = {}
        for number, kind, text in re.findall(r":(\d+): (note|error): (.*)", output):
            revealed = re.match(r'Revealed type is "(.*)"', text)
            if revealed:
                said[int(number)] = re.sub(r"\b(?:\w+\.)+(?=\w)", "", revealed[1])
            elif kind == "error":
                said[int(number)] = kind
        expected = {number: line.partition("# ")[2]
                    for number, line in enumerate(program.splitlines(), 1) if "# " in line}
        self.assertEqual(said, expected, output)


if __name__ == "__main__":
    support.main()
