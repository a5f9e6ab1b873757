# SPDX-License-Identifier: MIT
"""Snapshots and enums: what a gateway said, as values that never change."""
import copy
import enum
import ipaddress
import pickle
import unittest

import support

import natupnp
from natupnp import Protocol, Status
from natupnp._swig import core

VALUES = {
    "external_ip": ipaddress.IPv4Address("203.0.113.7"),
    "external_port": 8080,
    "internal_port": 80,
    "protocol": Protocol.TCP,
    "internal_client": ipaddress.IPv4Address("192.168.1.9"),
    "enabled": True,
    "description": "web",
    "remote_host": None,
    "lease": 3600,
}


class Enums(unittest.TestCase):
    def test_a_protocol_is_its_text(self):
        for protocol in Protocol:
            text = protocol.name
            self.assertEqual(protocol, text)
            self.assertEqual((str(protocol), f"{protocol}", format(protocol), "%s" % protocol), (text,) * 4)
            self.assertEqual(f"{protocol:>5}", f"{text:>5}")
            self.assertEqual({text: 1}[protocol], 1)
            self.assertIs(Protocol(text), protocol)
            self.assertIs(pickle.loads(pickle.dumps(protocol)), protocol)
        self.assertEqual([p.name for p in Protocol], ["TCP", "UDP"])

    def test_statuses_are_those_of_the_core(self):
        named = {name: getattr(core, name) for name in dir(core) if name == "OK" or name.startswith("E_")}
        self.assertEqual({status.name: status.value for status in Status}, named)
        self.assertTrue(all(isinstance(status, enum.IntEnum) for status in Status))
        for status in Status:
            self.assertEqual(core.status_name(status), status.name)


class ByHand(unittest.TestCase):
    def test_equal_and_hashed_by_all_fields(self):
        one, same = natupnp.Mapping(**VALUES), natupnp.Mapping(**VALUES)
        self.assertEqual(one, same)
        self.assertEqual(hash(one), hash(same))
        self.assertEqual(len({one, same}), 1)
        other = {"external_ip": None, "protocol": Protocol.UDP, "internal_client": "printer",
                 "enabled": False, "description": "", "remote_host": "198.51.100.1"}
        for name in VALUES:
            changed = natupnp.Mapping(**{**VALUES, name: other.get(name, 1)})
            self.assertNotEqual(one, changed, name)
        self.assertNotEqual(one, tuple(VALUES.values()))
        self.assertNotEqual(one, None)

    def test_frozen(self):
        mapping = natupnp.Mapping(**VALUES)
        for name in VALUES:
            with self.assertRaises(AttributeError, msg=name):
                setattr(mapping, name, 1)
            with self.assertRaises(AttributeError, msg=name):
                delattr(mapping, name)
            self.assertEqual(getattr(mapping, name), VALUES[name])
        with self.assertRaises(AttributeError):
            mapping.other = 1

    def test_every_field_is_needed_by_name(self):
        for wrong in ({}, {**VALUES, "more": 1}, {k: v for k, v in VALUES.items() if k != "lease"}):
            with self.assertRaises(TypeError):
                natupnp.Mapping(**wrong)
        with self.assertRaises(TypeError):
            natupnp.Mapping(*VALUES.values())

    def test_shown(self):
        shown = repr(natupnp.Mapping(**VALUES))
        self.assertTrue(shown.startswith("Mapping("))
        for name, value in VALUES.items():
            self.assertIn(f"{name}={value!r}", shown)

    def test_a_handmade_one_cannot_be_edited(self):
        with natupnp.Client() as client:
            with self.assertRaisesRegex(natupnp.InvalidArgumentError, "get it again"):
                client.static_mappings.edit(natupnp.Mapping(**VALUES), description="x")
            with self.assertRaises(natupnp.InvalidTypeError):
                client.static_mappings.edit("8080/TCP", description="x")


class FromAGateway(support.GatewayTest):
    def test_a_mapping(self):
        self.gateway.put(8080, "TCP", "192.168.1.9", 80, enabled=False, description="wéb", lease=3600)
        mapping = self.mappings[8080, "TCP"]
        self.assertIsInstance(mapping, natupnp.StaticMapping)
        self.assertAlmostEqual(mapping.lease, 3600, delta=20)
        expected = {**VALUES, "enabled": False, "description": "wéb", "lease": mapping.lease}
        self.assertEqual(mapping, natupnp.Mapping(**expected))
        self.assertEqual(natupnp.Mapping(**expected), mapping)
        self.assertEqual(hash(mapping), hash(natupnp.Mapping(**expected)))
        self.assertIs(mapping.protocol, Protocol.TCP)
        self.assertTrue(repr(mapping).startswith("StaticMapping("))

    def test_copies_are_plain_values(self):
        mapping = self.mappings.add(8080, "UDP")
        copies = [copy.copy(mapping), copy.deepcopy(mapping)]
        copies += [pickle.loads(pickle.dumps(mapping, n)) for n in range(2, pickle.HIGHEST_PROTOCOL + 1)]
        for made in copies:
            self.assertIs(type(made), natupnp.Mapping)
            self.assertEqual(made, mapping)
        with self.assertRaises(AttributeError):
            mapping.enabled = False

    def test_a_client_that_is_a_name(self):
        self.gateway.put(8080, "TCP", "printer")
        self.assertEqual(self.mappings[8080, "TCP"].internal_client, "printer")

    def test_an_external_address_that_is_not_known(self):
        for text in ("", "0.0.0.0"):
            self.gateway.set(external_ip=text)
            self.assertIsNone(self.client.external_ip())
            for record in (self.client.gateway, self.mappings.add(8080, "TCP")):
                self.assertIsNone(record.external_ip)
                self.assertIs(record.external_status, natupnp.Status.E_NO_ADDRESS)
                self.assertIs(type(record.external_error), natupnp.NoAddressError)
        self.gateway.set(external_ip="203.0.113.7")
        for record in (self.client.gateway, self.mappings.add(8080, "TCP")):
            self.assertIs(record.external_status, natupnp.Status.OK)
            self.assertIsNone(record.external_error)

    def test_an_external_address_that_is_not_told(self):
        for change, kind, fault in (
            ({"external_ip": "(null)"}, natupnp.BadReplyError, 0),
            ({"external_ip": "127.0.0.1"}, natupnp.BadReplyError, 0),
            ({"external_ip": "2001:db8::1"}, natupnp.BadReplyError, 0),
            ({"faults": ["GetExternalIPAddress=501"]}, natupnp.FaultError, 501),
            ({"faults": ["GetExternalIPAddress=402"]}, natupnp.FaultError, 402),
            ({"faults": ["GetExternalIPAddress=606"]}, natupnp.NotPermittedError, 606),
            ({"faults": ["GetExternalIPAddress=http500"]}, natupnp.HTTPError, 0),
            ({"faults": ["GetExternalIPAddress=drop"]}, natupnp.NetworkError, 0),
        ):
            self.gateway.set(**change)
            with self.subTest(**change), self.assertRaises(kind) as raised:
                self.client.external_ip()
            for record in (self.client.gateway, self.mappings.add(8080, "TCP")):
                error = record.external_error
                self.assertIsNone(record.external_ip)
                self.assertIs(type(error), kind)
                self.assertEqual((record.external_status, error.fault), (kind.status, fault))
                self.assertEqual(error.hresult, raised.exception.hresult)
                self.assertTrue(error.detail)
                # What a copy has is the values alone.
                values = pickle.loads(pickle.dumps(record))
                self.assertEqual(values, record)
                self.assertIs(values.external_status, natupnp.Status.E_PENDING)
                self.assertIsNone(values.external_error)
        self.assertIs(self.client.discover().external_status, natupnp.Status.E_NETWORK)  # as it was told last

    def test_a_gateway(self):
        gateway = self.client.gateway
        self.assertEqual(gateway.location, self.gateway.location)
        self.assertEqual(gateway.control_url, self.gateway.control_url)
        self.assertEqual(gateway.external_ip, ipaddress.IPv4Address("203.0.113.7"))
        self.assertEqual(gateway.local_address, ipaddress.IPv4Address("127.0.0.1"))
        self.assertEqual(gateway.connection_status, "Connected")
        self.assertEqual(gateway.last_connection_error, "ERROR_NONE")
        self.assertGreaterEqual(gateway.uptime, 0)
        self.assertIs(gateway.chosen, True)
        self.assertIsNone(gateway.interface)
        self.assertIn("WANIPConnection:2", gateway.service_type)
        self.assertTrue(gateway.name and gateway.manufacturer and gateway.model_name and gateway.udn)
        self.assertEqual(pickle.loads(pickle.dumps(gateway)), gateway)
        self.assertEqual(hash(copy.copy(gateway)), hash(gateway))
        with self.assertRaises(AttributeError):
            gateway.name = "mine"

    def test_what_was_not_asked_for_is_none(self):
        gateway = self.client.discover()
        self.assertIsNone(gateway.external_ip)
        self.assertIsNone(gateway.uptime)
        self.assertIsNone(gateway.connection_status)


if __name__ == "__main__":
    support.main()
