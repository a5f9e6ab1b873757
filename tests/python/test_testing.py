# SPDX-License-Identifier: MIT
"""natupnp.testing: the simulated gateway starts, does what it is told, and ends."""
import http.client
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest
from unittest import mock

from natupnp import testing
from natupnp.testing import Entry, SimulatedGateway, SimulatorError

LIMIT_S = 60
UNUSABLE = "192.0.2.1"  # kept for documentation: no interface has it


def start_in_another(code, **options):
    """A Python of its own that runs this code after having started a gateway, whose pid it prints."""
    start = "import os, signal\nfrom natupnp.testing import SimulatedGateway\n" \
            "gateway = SimulatedGateway()\nprint(gateway.pid, flush=True)\n"
    return subprocess.Popen([sys.executable, "-c", start + code], stdout=subprocess.PIPE, text=True, **options)


def wait_for_end(pid):
    """Whether a process, ours or not, ends in time."""
    try:
        watched = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([watched], [], [], LIMIT_S)[0])
    finally:
        os.close(watched)


class Settings(unittest.TestCase):
    def start(self, **settings):
        gateway = SimulatedGateway(**settings)
        self.addCleanup(gateway.close)
        return gateway

    def description(self, gateway):
        host = gateway.location.split("/")[2]
        connection = http.client.HTTPConnection(host, timeout=LIMIT_S)
        self.addCleanup(connection.close)
        connection.request("GET", "/rootDesc.xml")
        return connection.getresponse().read().decode()

    def test_start(self):
        gateway = self.start()
        self.assertTrue(gateway.location.startswith("http://127.0.0.1:"))
        self.assertTrue(gateway.control_url.startswith("http://127.0.0.1:"))
        self.assertEqual(gateway.table(), [])
        self.assertEqual(gateway.requests(), [])
        self.assertIn("InternetGatewayDevice:2", self.description(gateway))

    def test_settings_by_name_and_unit(self):
        gateway = self.start(version=1, name="it's \"mine\" $HOME", latency=0.001, max_lease=60, ssdp_delay=0.5,
                             secure=True, same_ports=False, mappings=3)
        text = self.description(gateway)
        self.assertIn("InternetGatewayDevice:1", text)
        self.assertIn("it&apos;s &quot;mine&quot; $HOME", text)
        self.assertEqual(len(gateway.table()), 3)
        settings = testing._object(testing._object(gateway._ask("GET", "/state"))["settings"])
        shown = {key: settings[key] for key in ("latency_ms", "max_lease_s", "ssdp_delay_ms", "secure", "same_ports")}
        self.assertEqual(shown, {"latency_ms": 1, "max_lease_s": 60, "ssdp_delay_ms": 500, "secure": True,
                                 "same_ports": False})

    def test_set(self):
        gateway = self.start(faults=["description=503:1", "AddPortMapping=718"])
        gateway.set(name="new", version=1, latency=0.002)
        self.assertNotIn("new", self.description(gateway))
        self.assertIn("new", self.description(gateway))
        gateway.set(faults=["description=http404", "AddPortMapping=718", "AddPortMapping=drop:2"])
        self.assertNotIn("new", self.description(gateway))
        gateway.set(faults=[])
        text = self.description(gateway)
        self.assertIn("new", text)
        self.assertIn("InternetGatewayDevice:1", text)

    def test_set_refuses_and_changes_nothing(self):
        def state():
            return {**gateway._ask("GET", "/state"), "uptime_s": 0}

        gateway = self.start()
        before = state()
        for wrong in ({"version": 3}, {"foo": 1}, {"port": 1}, {"secure": 1}, {"latency": "1"}, {"latency": True},
                      {"latency": -1}, {"faults": ["AddPortMapping=nothing"]}, {"faults": ["="]}, {"quiet": False}):
            with self.subTest(wrong), self.assertRaises(ValueError):
                gateway.set(name="changed", **wrong)
        with self.assertRaises(TypeError):
            gateway.set(faults="AddPortMapping=718")
        self.assertEqual(state(), before)

    def test_table(self):
        gateway = self.start()
        gateway.put(80, "TCP")
        gateway.put(81, "UDP", "192.168.1.9", 8181, enabled=False, description="ü\n", remote_host="192.0.2.1",
                    lease=100)
        first = Entry(80, "TCP", "192.168.1.2", 80, True, "", "", 0)
        second = Entry(81, "UDP", "192.168.1.9", 8181, False, "ü\n", "192.0.2.1", 100)
        self.assertEqual(gateway.table(), [first, second])
        gateway.advance(40)
        self.assertEqual([entry.lease for entry in gateway.table()], [0, 60])
        gateway.advance(60.5)
        self.assertEqual(gateway.table(), [first])
        gateway.put(80, "TCP", "192.168.1.3")
        self.assertEqual([entry.internal_client for entry in gateway.table()], ["192.168.1.3"])
        gateway.take(80, "TCP")
        self.assertEqual(gateway.table(), [])
        with self.assertRaises(ValueError):
            gateway.take(80, "TCP")
        with self.assertRaises(ValueError):
            gateway.put(65536, "TCP")
        gateway.put(1, "TCP")
        gateway.put(2, "TCP")
        gateway.empty()
        self.assertEqual(gateway.table(), [])

    def test_what_was_asked(self):
        gateway = self.start()
        self.assertEqual(gateway.asked("description"), 0)
        self.description(gateway)
        self.assertEqual(gateway.asked("description"), 1)
        (request,) = gateway.requests()
        self.assertEqual((request.method, request.path, request.action, request.arguments, request.status,
                          request.fault), ("GET", "/rootDesc.xml", "description", {}, 200, 0))
        gateway.clear()
        self.assertEqual((gateway.requests(), gateway.asked("description")), ([], 0))


class Start(unittest.TestCase):
    """What can be wrong at the start, and where the program is looked for."""

    def program(self, text):
        folder = tempfile.mkdtemp(prefix="it's a \"$folder\" ")
        self.addCleanup(shutil.rmtree, folder)
        path = os.path.join(folder, "natupnp-gateway")
        with open(path, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\n" + text)
        os.chmod(path, 0o700)
        return path

    def test_a_setting_that_it_does_not_take(self):
        for settings, said in (({"version": 3}, "igd: must be from 1 to 2"), ({"foo": "x"}, "--foo"),
                               ({"faults": ["x"]}, "ACTION=WHAT"), ({"latency": "x"}, "seconds")):
            with self.subTest(settings), self.assertRaisesRegex(ValueError, said):
                SimulatedGateway(**settings)
        with self.assertRaises(TypeError):
            SimulatedGateway(faults="AddPortMapping=718")

    def test_why_it_does_not_start_is_shown(self):
        with self.assertRaisesRegex(SimulatorError, "Cannot assign requested address"):
            SimulatedGateway(listen=UNUSABLE)

    def test_no_program(self):
        with mock.patch.dict(os.environ, {"NATUPNP_SIMULATOR": "/nonexistent/gateway"}), \
                self.assertRaisesRegex(SimulatorError, "NATUPNP_SIMULATOR is /nonexistent/gateway"):
            SimulatedGateway()

    def test_another_program(self):
        with mock.patch.dict(os.environ, {"NATUPNP_SIMULATOR": self.program("echo hello\nexec cat")}), \
                self.assertRaisesRegex(SimulatorError, "as no natupnp-gateway does"):
            SimulatedGateway()

    def test_a_program_that_says_nothing(self):
        with mock.patch.dict(os.environ, {"NATUPNP_SIMULATOR": self.program("exec cat")}), \
                mock.patch.object(testing, "_LIMIT_S", 0.2), \
                self.assertRaisesRegex(SimulatorError, "was not ready after 0.2 s"):
            SimulatedGateway()

    def test_where_it_is_looked_for(self):
        real = testing._find_program()
        path = self.program(f"exec '{real}' \"$@\"")
        with mock.patch.dict(os.environ, {"NATUPNP_SIMULATOR": path}), SimulatedGateway() as gateway:
            self.assertEqual(gateway.table(), [])
        alone = os.path.join(os.path.dirname(path), "natupnp", "testing.py")  # beside no program
        with mock.patch.dict(os.environ, {"NATUPNP_SIMULATOR": ""}), mock.patch.object(testing, "__file__", alone):
            with mock.patch.dict(os.environ, {"PATH": os.path.dirname(path)}):
                self.assertEqual(testing._find_program(), path)
            with mock.patch.dict(os.environ, {"PATH": "/nonexistent"}), \
                    self.assertRaisesRegex(SimulatorError, "install it, or name it in NATUPNP_SIMULATOR"):
                SimulatedGateway()
            beside = os.path.join(os.path.dirname(alone), "_bin", "natupnp-gateway")
            os.makedirs(os.path.dirname(beside))
            os.symlink(path, beside)
            self.assertEqual(testing._find_program(), beside)


class End(unittest.TestCase):
    def test_with_the_context(self):
        with self.assertRaises(KeyError), SimulatedGateway() as gateway:
            raise KeyError
        self.assertTrue(wait_for_end(gateway.pid))
        gateway.close()
        with self.assertRaisesRegex(SimulatorError, "closed"):
            gateway.table()

    def test_with_the_process(self):
        for code in ("os.kill(os.getpid(), signal.SIGKILL)", "os._exit(1)", "raise SystemExit"):
            with self.subTest(code), start_in_another(code) as process:
                self.assertTrue(wait_for_end(int(process.stdout.readline())))

    def test_not_by_control_c(self):
        code = "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])\nprint('ready', flush=True)\n" \
               f"signal.sigtimedwait([signal.SIGINT], {LIMIT_S})\nprint(gateway.table(), flush=True)\n"
        with start_in_another(code, start_new_session=True) as process:
            self.assertTrue(process.stdout.readline().strip().isdigit())
            self.assertEqual(process.stdout.readline(), "ready\n")
            os.killpg(process.pid, signal.SIGINT)
            self.assertEqual(process.stdout.readline(), "[]\n")

    def test_not_by_a_forked_child(self):
        with SimulatedGateway() as gateway:
            child = os.fork()
            if child == 0:
                gateway.close()
                os._exit(0)
            self.assertEqual(os.waitpid(child, 0)[1], 0)
            self.assertEqual(gateway.table(), [])

    def test_though_a_forked_child_lives(self):
        read, write = os.pipe()
        gateway = SimulatedGateway()
        child = os.fork()
        if child == 0:
            os.close(write)
            os.read(read, 1)
            os._exit(0)
        gateway.close()
        self.assertTrue(wait_for_end(gateway.pid))
        os.close(read)
        os.close(write)
        self.assertEqual(os.waitpid(child, 0)[1], 0)

    def test_a_gateway_that_was_killed(self):
        with SimulatedGateway() as gateway:
            os.kill(gateway.pid, signal.SIGKILL)
            self.assertTrue(wait_for_end(gateway.pid))
            with self.assertRaisesRegex(SimulatorError, f"process {gateway.pid}.* does not answer"):
                gateway.table()

    def test_requests_are_shown(self):
        code = "import sys\nfrom natupnp.testing import SimulatedGateway\nfrom urllib.request import urlopen\n" \
               "with SimulatedGateway(quiet=False) as gateway: urlopen(gateway.location).read()\n"
        environment = {**os.environ, "no_proxy": "127.0.0.1"}
        done = subprocess.run([sys.executable, "-c", code], stderr=subprocess.PIPE, text=True, timeout=LIMIT_S,
                              check=True, env=environment)
        self.assertIn("GET description: 200", done.stderr)


if __name__ == "__main__":
    unittest.main()
