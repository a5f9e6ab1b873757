# SPDX-License-Identifier: MIT
"""Runs the web servers against a simulated gateway: each opens its port, serves, and closes it."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import unittest
import urllib.request

from natupnp.testing import SimulatedGateway

HERE = pathlib.Path(__file__).resolve().parent
LIMIT_S = 30


class WebServers(unittest.TestCase):
    def start(self, program, **environment):
        server = subprocess.Popen([sys.executable, str(HERE / program), "0"], text=True, cwd=HERE,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
        self.addCleanup(server.communicate)
        self.addCleanup(server.kill)
        return server

    def serves_and_closes(self, program, signum, expected):
        with SimulatedGateway() as gateway:
            server = self.start(program, **environment(gateway.location))
            line = server.stdout.readline()
            found = re.fullmatch(r"http://203\.0\.113\.7:(\d+)/ leads here\n", line)
            self.assertTrue(found, line)
            port = int(found[1])
            entry, = gateway.table()
            self.assertEqual((entry.external_port, entry.internal_port, entry.protocol), (port, port, "TCP"))
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=LIMIT_S) as reply:
                self.assertIn(expected, reply.read())
            server.send_signal(signum)
            server.communicate(timeout=LIMIT_S)
            self.assertEqual(gateway.table(), [])

    def test_blocking(self):
        for signum in (signal.SIGINT, signal.SIGTERM):
            self.serves_and_closes("web_server.py", signum, b"web_server.py")

    def test_asyncio(self):
        for signum in (signal.SIGINT, signal.SIGTERM):
            self.serves_and_closes("async_web_server.py", signum, b"hello")

    def test_without_a_gateway(self):
        for program in ("web_server.py", "async_web_server.py"):
            server = self.start(program, **environment("http://127.0.0.1:1/"))
            output = server.communicate(timeout=LIMIT_S)[0]
            self.assertIn("the port could not be opened: ", output)
            self.assertNotIn("Traceback", output)
            self.assertEqual(server.returncode, 1)


def environment(gateway):
    return {**os.environ, "NATUPNP_GATEWAY": gateway, "no_proxy": "*"}


if __name__ == "__main__":
    unittest.main()
