# SPDX-License-Identifier: MIT
"""A client: options, the gateway, its life."""
import ipaddress
import os
import pathlib
import select
import socket
import tempfile
import time
import unittest
from unittest import mock

import support

import natupnp

ELSEWHERE = "http://127.0.0.1:9/rootDesc.xml"  # where nobody listens


class Options(unittest.TestCase):
    def test_by_name_alone(self):
        with self.assertRaises(TypeError):
            natupnp.Client(ELSEWHERE)
        with self.assertRaises(TypeError):
            natupnp.Client(url=ELSEWHERE)

    def test_wrong_values(self):
        for option, value, text in (
            ("gateway", "", "gateway"), ("gateway", "ftp://127.0.0.1/", "gateway"),
            ("gateway", "http://[::1]:80/x", "gateway"), ("gateway", "http://127.0.0.1:99999/x", "gateway"),
            ("gateway", "http://user@127.0.0.1/x", "gateway"), ("gateway", "a\0b", "zero byte"),
            ("interface", "", "interface"), ("interface", "x" * 64, "interface"),
            ("timeout", 0, "greater than 0"), ("timeout", -1.5, "greater than 0"), ("timeout", 1e9, "at most a day"),
            ("timeout", float("nan"), "greater than 0"), ("timeout", 10**400, "greater than 0"),
            ("budget", 0, "greater than 0"), ("budget", 86401, "at most a day"),
            ("trust_host", "localhost", "numeric IPv4"), ("cache", "", "directory"),
        ):
            with self.assertRaisesRegex(natupnp.InvalidArgumentError, text, msg=f"{option}={value!r}"):
                natupnp.Client(**{option: value})

    def test_wrong_kinds(self):
        for option in ("gateway", "interface", "trust_host", "cache"):
            for value in (b"x", 5, [], True):
                with self.assertRaisesRegex(natupnp.InvalidTypeError, f"^{option} must be text$"):
                    natupnp.Client(**{option: value})
        for option in ("timeout", "budget"):
            for value in ("5", True, [], b"5"):
                with self.assertRaisesRegex(natupnp.InvalidTypeError, f"^{option} must be a number of seconds"):
                    natupnp.Client(**{option: value})

    def test_lone_surrogates(self):
        for option in ("gateway", "trust_host"):
            with self.assertRaises(natupnp.InvalidArgumentError):
                natupnp.Client(**{option: "\ud800"})

    def test_no_descriptor_left(self):
        free = os.open("/dev/null", os.O_RDONLY)
        os.close(free)
        import resource
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (free, limit[1]))
        try:
            with self.assertRaises(natupnp.SystemResourceError):
                natupnp.Client()
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limit)
        natupnp.Client().close()

    def test_nothing_is_sent_before_the_first_verb(self):
        with socket.create_server(("127.0.0.1", 0)) as server:
            with natupnp.Client(gateway=f"http://127.0.0.1:{server.getsockname()[1]}/x") as client:
                self.assertTrue(client.static_mappings)
                client.pump()
                server.setblocking(False)
                with self.assertRaises(BlockingIOError):
                    server.accept()


class Environment(support.GatewayTest):
    def test_names_the_gateway(self):
        with mock.patch.dict(os.environ, NATUPNP_GATEWAY=self.gateway.location):
            with natupnp.Client() as client:
                self.assertEqual(client.discover().location, self.gateway.location)
            with natupnp.Client(gateway=ELSEWHERE) as client, self.assertRaises(natupnp.NoGatewayError):
                client.discover()

    def test_names_the_interface(self):
        with mock.patch.dict(os.environ, NATUPNP_INTERFACE="x" * 64):
            with self.assertRaisesRegex(natupnp.InvalidArgumentError, "interface"):
                natupnp.Client()
            natupnp.Client(interface="lo").close()

    def test_empty_is_not_set(self):
        with mock.patch.dict(os.environ, NATUPNP_GATEWAY="", NATUPNP_INTERFACE=""):
            natupnp.Client().close()


class Verbs(support.GatewayTest):
    def test_gateway(self):
        self.assertIsInstance(self.client.discover(), natupnp.Gateway)
        self.assertEqual(self.client.external_ip(), ipaddress.IPv4Address("203.0.113.7"))
        self.gateway.set(external_ip="198.51.100.4", status="Disconnected")
        self.assertEqual(self.client.external_ip(), ipaddress.IPv4Address("198.51.100.4"))
        self.assertEqual(self.client.gateway.connection_status, "Disconnected")

    def test_gateways(self):
        found = self.client.gateways
        self.assertIsInstance(found, tuple)
        self.assertEqual([gateway.location for gateway in found], [self.gateway.location])
        self.assertTrue(found[0].chosen)

    def test_timeout(self):
        self.assertIsNone(self.client.timeout)
        self.gateway.set(faults=["*=hang"])
        self.client.timeout = support.A_DAY
        self.client.timeout = 0.1
        self.assertEqual(self.client.timeout, 0.1)
        with self.assertRaises(natupnp.TimeoutError):
            self.mappings.count()
        for wrong in (0, -1, "5", 86401, float("nan")):
            with self.assertRaises(natupnp.InvalidArgumentError):
                self.client.timeout = wrong
            self.assertEqual(self.client.timeout, 0.1)
        self.client.timeout = None
        self.assertIsNone(self.client.timeout)
        self.assertEqual(self.new_client(timeout=3).timeout, 3)

    def test_cache(self):
        with tempfile.TemporaryDirectory() as folder:
            self.new_client(cache=folder).discover()
            self.new_client(cache=pathlib.Path(folder)).discover()

        class Nowhere:
            def __fspath__(self):
                return ""

        with self.assertRaisesRegex(natupnp.InvalidArgumentError, "directory"):
            self.new_client(cache=Nowhere())

    def test_pump_and_fileno(self):
        poller = select.poll()
        poller.register(self.client.fileno(), select.POLLIN)
        self.assertEqual(poller.poll(0), [])
        self.assertIsNone(self.client.pump())
        start = time.monotonic()
        self.client.pump(0.05)
        self.assertGreaterEqual(time.monotonic() - start, 0.05)
        fileno = self.client.fileno()
        self.mappings.add(8080, "TCP")
        self.assertEqual(self.client.fileno(), fileno)
        # Something is to do, and done.
        self.client._driver.engine.wake()
        self.assertTrue(poller.poll(support.LIMIT_S * 1000))
        self.client.pump(10**400)  # for ever, or until that is done
        self.assertEqual(poller.poll(0), [])

    def test_pump_judges_its_timeout(self):
        for wrong in ("1", None, True, b""):
            with self.assertRaises(natupnp.InvalidTypeError):
                self.client.pump(wrong)
        for wrong in (-1, float("nan"), -0.001):
            with self.assertRaises(natupnp.InvalidArgumentError):
                self.client.pump(wrong)


class Life(support.GatewayTest):
    def verbs(self, client, mapping):
        """Every verb there is."""
        mappings = client.static_mappings
        return [
            client.discover, client.external_ip, lambda: client.gateway, lambda: client.gateways, client.pump,
            client.fileno, lambda: setattr(client, "timeout", 5),
            lambda: mappings.add(8080, "TCP"), lambda: mappings.get(8080, "TCP"), lambda: mappings[8080, "TCP"],
            lambda: (8080, "TCP") in mappings, lambda: mapping in mappings, lambda: mappings.remove(8080, "TCP"),
            lambda: mappings.edit(mapping, description="x"), lambda: list(mappings), lambda: len(mappings),
            mappings.list, mappings.count, mapping.remove, mapping.enable, mapping.disable,
            lambda: mapping.edit(description="x"), lambda: mappings.__delitem__((8080, "TCP")),
        ]

    def test_closed(self):
        for background in (False, True):
            client = self.new_client(background=background)
            mapping = client.static_mappings.add(8080, "TCP")
            self.assertFalse(client.closed)
            self.assertIn("open", repr(client))
            client.close()
            client.close()
            self.assertTrue(client.closed)
            self.assertIn("closed", repr(client))
            self.assertTrue(client.static_mappings)
            for verb in self.verbs(client, mapping):
                with self.assertRaises(natupnp.ClosedError):
                    verb()

    def test_with(self):
        with self.new_client() as client:
            self.assertIsInstance(client, natupnp.Client)
            client.discover()
        self.assertTrue(client.closed)

    def test_a_collection_beyond_its_client(self):
        mappings = natupnp.Client(gateway=self.gateway.location).static_mappings
        mapping = mappings.add(8080, "TCP")  # the client itself is forgotten, not closed
        mapping.remove()
        self.assertEqual(len(mappings), 0)

    def test_forked(self):
        for background in (False, True):
            client = self.new_client(background=background)
            mapping = client.static_mappings.add(8080, "TCP")

            def child():
                for verb in self.verbs(client, mapping):
                    with self.assertRaises(natupnp.ForkedError):
                        verb()
                client.close()
                client.close()
                assert client.closed
                with self.assertRaises(natupnp.ClosedError):
                    client.discover()
                with natupnp.Client(gateway=self.gateway.location) as own:
                    own.discover()

            support.in_fork(child)
            self.assertEqual(client.static_mappings.count(), 1)
            client.close()

    def test_a_forgotten_client_in_a_child(self):
        client = self.new_client()
        client.static_mappings.add(8080, "TCP")

        def child():
            nonlocal client
            self.client = self.mappings = client = None  # freed by the collector
            self._cleanups.clear()

        support.in_fork(child)
        self.assertEqual(client.static_mappings.count(), 1)


if __name__ == "__main__":
    support.main()
