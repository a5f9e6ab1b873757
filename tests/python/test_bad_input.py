# SPDX-License-Identifier: MIT
"""Values that no verb takes: an error that says so, the same for Client and AsyncClient, and the client works on."""
import asyncio
import math

import support

import natupnp

PORTS = [
    ("8080", natupnp.InvalidTypeError, "external_port must be a whole number"),
    (b"8080", natupnp.InvalidTypeError, "external_port must be a whole number"),
    (True, natupnp.InvalidTypeError, "external_port must be a whole number"),
    (None, natupnp.InvalidTypeError, "external_port must be a whole number"),
    (80.5, natupnp.InvalidTypeError, "external_port must be a whole number"),
    (math.nan, natupnp.InvalidTypeError, "external_port must be a whole number"),
    (math.inf, natupnp.InvalidTypeError, "external_port must be a whole number"),
    ([8080], natupnp.InvalidTypeError, "external_port must be a whole number"),
    (1 << 80, natupnp.InvalidArgumentError, "external_port is too large or too small"),
    (-(1 << 80), natupnp.InvalidArgumentError, "external_port is too large or too small"),
    (-1, natupnp.InvalidArgumentError, "the external port is -1"),
    (65536, natupnp.InvalidArgumentError, "the external port is 65536"),
]
PROTOCOLS = [
    ("tcp", natupnp.InvalidArgumentError, "the protocol must be TCP or UDP, in capitals"),
    ("SCTP", natupnp.InvalidArgumentError, "the protocol must be TCP or UDP, in capitals"),
    ("", natupnp.InvalidArgumentError, "the protocol must be TCP or UDP, in capitals"),
    ("\ud800", natupnp.InvalidArgumentError, "the protocol must be TCP or UDP, in capitals"),
    ("TCP\0", natupnp.InvalidArgumentError, "protocol must be text without a zero byte"),
    (6, natupnp.InvalidTypeError, "protocol must be text"),
    (b"TCP", natupnp.InvalidTypeError, "protocol must be text"),
    (None, natupnp.InvalidTypeError, "protocol must be text"),
]
OTHERS = {  # of add and edit
    "internal_port": [
        ("80", natupnp.InvalidTypeError, "internal_port must be a whole number"),
        (1.5, natupnp.InvalidTypeError, "internal_port must be a whole number"),
        (70000, natupnp.InvalidArgumentError, "the internal port is 70000"),
        (-5, natupnp.InvalidArgumentError, "the internal port is -5"),
    ],
    "internal_client": [
        (b"1.2.3.4", natupnp.InvalidTypeError, "internal_client must be text"),
        (5, natupnp.InvalidTypeError, "internal_client must be text"),
        ("1.2.3.400", natupnp.InvalidArgumentError, "numeric IPv4 address"),
        ("", natupnp.InvalidArgumentError, "numeric IPv4 address"),
        ("224.0.0.1", natupnp.InvalidArgumentError, "no single host"),
    ],
    "enabled": [
        (1, natupnp.InvalidTypeError, "enabled must be true or false"),
        ("yes", natupnp.InvalidTypeError, "enabled must be true or false"),
    ],
    "description": [
        (b"web", natupnp.InvalidTypeError, "description must be text"),
        (5, natupnp.InvalidTypeError, "description must be text"),
        ("x" * 64, natupnp.InvalidArgumentError, "64 bytes"),
        ("ü" * 32, natupnp.InvalidArgumentError, "64 bytes"),
        ("line\n", natupnp.InvalidArgumentError, "control characters"),
        ("\ud800", natupnp.InvalidArgumentError, "UTF-8"),
        ("a\0b", natupnp.InvalidArgumentError, "zero byte"),
    ],
}


class BadInput(support.GatewayTest):
    def setUp(self):
        super().setUp()
        self.loop = asyncio.new_event_loop()
        self.addCleanup(self.loop.close)
        self.other = natupnp.AsyncClient(gateway=self.gateway.location)
        self.addCleanup(self.other.close)

    def refused(self, cases, verb, place):
        """Both clients refuse each value, in the same words; place puts it among the arguments."""
        for value, kind, text in cases:
            arguments, more = place(value)
            with self.subTest(value=value), self.assertRaises(kind) as raised:
                getattr(self.mappings, verb)(*arguments, **more)
            error = raised.exception
            self.assertIs(type(error), kind)
            self.assertIn(text, str(error))
            self.assertEqual((error.status, error.hresult & 0xFFFFFFFF), (natupnp.Status.E_INVAL, 0x80070057))
            with self.assertRaises(kind) as raised:
                self.loop.run_until_complete(getattr(self.other.static_mappings, verb)(*arguments, **more))
            self.assertEqual(str(raised.exception), str(error))

    def test_keys(self):
        for verb in ("add", "get", "remove"):
            self.refused(PORTS, verb, lambda port: ((port, "TCP"), {}))
            self.refused(PROTOCOLS, verb, lambda protocol: ((8080, protocol), {}))
        zero = [(0, natupnp.InvalidArgumentError, "the external port is 0")]
        for verb in ("get", "remove"):
            self.refused(zero, verb, lambda port: ((port, "TCP"), {}))
        self.assertEqual(self.gateway.requests(), [])

    def test_add(self):
        for name, cases in OTHERS.items():
            self.refused(cases, "add", lambda value: ((8080, "TCP"), {name: value}))
        self.refused([(None, natupnp.InvalidTypeError, "enabled must be true or false")], "add",
                     lambda value: ((8080, "TCP"), {"enabled": value}))
        self.refused([(1, natupnp.InvalidTypeError, "any_port must be true or false")], "add",
                     lambda value: ((8080, "TCP"), {"any_port": value}))
        self.refused([(0, natupnp.InvalidArgumentError, "needs the internal port")], "add",
                     lambda port: ((port, "TCP"), {}))
        self.assertEqual(self.gateway.requests(), [])

    def test_edit(self):
        mapping = self.mappings.add(8080, "TCP")
        before = self.gateway.table()
        for name, cases in OTHERS.items():
            self.refused(cases, "edit", lambda value: ((mapping,), {name: value}))
        self.refused([(0, natupnp.InvalidArgumentError, "internal_port must not be 0")], "edit",
                     lambda value: ((mapping,), {"internal_port": value}))
        not_mappings = [(value, natupnp.InvalidTypeError, "mapping must be a mapping") for value in (None, 5, "x")]
        self.refused(not_mappings, "edit", lambda value: ((value,), {"description": "x"}))
        self.assertEqual(self.gateway.table(), before)

    def test_whole_numbers_of_other_kinds(self):
        class Port:
            def __index__(self):
                return 8082

        for port, number in ((8080.0, 8080), (natupnp.Status(17), 17), (Port(), 8082)):
            self.assertEqual(self.mappings.add(port, "TCP", 80).external_port, number)

    def test_the_client_works_on(self):
        for _ in range(3):
            with self.assertRaises(natupnp.Error):
                self.mappings.add("x", "TCP")
            self.assertEqual(self.mappings.add(8080, "TCP").external_port, 8080)


if __name__ == "__main__":
    support.main()
