# SPDX-License-Identifier: MIT
"""The dynamic collection: leases and remote hosts, waited for and awaited."""
import asyncio
import copy
import ipaddress

import support

import natupnp

REMOTE = ipaddress.IPv4Address("198.51.100.1")
LEASES = [  # that are none
    (0, natupnp.InvalidArgumentError, "lease must be a whole number of seconds greater than 0"),
    (-1, natupnp.InvalidArgumentError, "lease must be a whole number of seconds greater than 0"),
    (-(2**80), natupnp.InvalidArgumentError, "lease is too large or too small"),
    (2**40, natupnp.InvalidArgumentError, "lease is too large or too small"),
    (1.5, natupnp.InvalidTypeError, "lease must be a whole number"),
    ("60", natupnp.InvalidTypeError, "lease must be a whole number"),
    (True, natupnp.InvalidTypeError, "lease must be a whole number"),
]
HOSTS = [
    ("198.51.100.400", natupnp.InvalidArgumentError, "numeric IPv4 address"),
    ("a.name.example", natupnp.InvalidArgumentError, "numeric IPv4 address"),
    (ipaddress.IPv6Address("::1"), natupnp.InvalidArgumentError, "numeric IPv4 address"),
    (5, natupnp.InvalidTypeError, "remote_host must be text"),
    (b"198.51.100.1", natupnp.InvalidTypeError, "remote_host must be text"),
]


class DynamicTest(support.GatewayTest):
    def setUp(self):
        super().setUp()
        self.mappings = self.client.dynamic_mappings

    def entry(self):
        entry, = self.gateway.table()
        return entry


class Collection(DynamicTest):
    def test_add_with_defaults(self):
        mapping = self.mappings.add(8080, "TCP")
        self.assertIsInstance(mapping, natupnp.DynamicMapping)
        self.assertEqual((mapping.external_port, mapping.internal_port, mapping.lease), (8080, 8080, 3600))
        self.assertIsNone(mapping.remote_host)
        self.assertEqual((self.entry().lease, self.entry().remote_host), (3600, ""))
        self.assertEqual(self.mappings.add(8081, "TCP", lease=None).lease, 3600)

    def test_add_with_everything(self):
        mapping = self.mappings.add(8080, natupnp.Protocol.UDP, 80, "192.168.1.9", False, "web", remote_host=REMOTE, lease=60,
                                    any_port=True)
        self.assertEqual((mapping.remote_host, mapping.lease), (REMOTE, 60))
        self.assertEqual(
            self.entry(),
            (8080, "UDP", "192.168.1.9", 80, False, "web", "198.51.100.1", 60))

    def test_keys(self):
        anyone = self.mappings.add(8080, "TCP")
        one = self.mappings.add(8080, "TCP", 81, remote_host="198.51.100.1")
        self.assertEqual(self.mappings[8080, "TCP"].internal_port, 8080)
        self.assertEqual(self.mappings[None, 8080, "TCP"], self.mappings["", 8080, "TCP"])
        self.assertEqual(self.mappings[REMOTE, 8080, "TCP"].internal_port, 81)
        self.assertEqual(self.mappings.get(8080, "TCP", REMOTE), self.mappings["198.51.100.1", 8080, "TCP"])
        self.assertIsNone(self.mappings.get(8080, "UDP"))
        self.assertEqual(self.mappings.get(8080, "TCP", "198.51.100.2", "nothing"), "nothing")
        self.assertEqual(self.mappings.get(8080, "UDP", default=5), 5)
        for item in (anyone, one, (8080, "TCP"), (REMOTE, 8080, "TCP")):
            self.assertIn(item, self.mappings)
        self.assertNotIn(("198.51.100.2", 8080, "TCP"), self.mappings)
        self.assertNotIn(one, self.client.static_mappings)  # another one has its port there
        with self.assertRaises(KeyError):
            self.mappings["198.51.100.2", 8080, "TCP"]
        self.assertEqual({m.remote_host for m in self.mappings}, {None, REMOTE})
        self.assertEqual((len(self.mappings), self.mappings.count()), (2, 2))
        one.remove()
        self.assertEqual(self.entry().remote_host, "")
        self.mappings.remove(8080, "TCP")
        self.assertEqual(self.gateway.table(), [])
        self.mappings.add(8080, "TCP", remote_host=REMOTE)
        del self.mappings[REMOTE, 8080, "TCP"]
        with self.assertRaises(natupnp.NotFoundError):
            self.mappings.remove(8080, "TCP", REMOTE)

    def test_keys_that_are_none(self):
        for key in (8080, (8080,), (None, 8080, "TCP", 1), [8080, "TCP"], None):
            with self.assertRaises(natupnp.InvalidTypeError):
                self.mappings[key]
            with self.assertRaises(natupnp.InvalidTypeError):
                del self.mappings[key]
            with self.assertRaises(natupnp.InvalidTypeError):
                key in self.mappings

    def test_one_without_an_end_is_static_alone(self):
        self.gateway.put(8080, "TCP")
        self.gateway.put(8081, "TCP", lease=60)
        self.assertEqual([m.external_port for m in self.mappings.list()], [8081])
        self.assertEqual([m.external_port for m in self.client.static_mappings.list()], [8080, 8081])
        self.assertNotIn((8080, "TCP"), self.mappings)
        self.assertEqual(self.mappings[8081, "TCP"], self.client.static_mappings[8081, "TCP"])  # by value

    def test_a_gateway_without_leases(self):
        self.gateway.set(permanent_only=True)
        with self.mappings.add(8080, "TCP") as mapping:
            self.assertEqual(mapping.lease, 0)
            self.assertEqual(mapping.edit(description="new").description, "new")
            self.assertEqual((self.entry().lease, self.entry().description), (0, "new"))
        self.assertEqual(self.gateway.table(), [])

    def test_a_gateway_without_remote_hosts(self):
        self.gateway.set(faults=["AddPortMapping=726"])
        with self.assertRaises(natupnp.UnsupportedError):
            self.mappings.add(8080, "TCP", remote_host=REMOTE)
        self.assertEqual(self.gateway.table(), [])

    def test_true_and_the_same_without_asking(self):
        self.assertTrue(self.mappings)
        self.assertIs(self.client.dynamic_mappings, self.mappings)
        self.assertIn("DynamicMappings of a client that is open", repr(self.mappings))
        self.assertEqual(self.gateway.requests(), [])
        self.client.close()
        with self.assertRaises(natupnp.ClosedError):
            self.mappings.count()


class Changes(DynamicTest):
    def test_renew(self):
        mapping = self.mappings.add(8080, "TCP", description="web", lease=600)
        self.gateway.advance(500)
        renewed = mapping.renew(900)
        self.assertIsInstance(renewed, natupnp.DynamicMapping)
        self.assertEqual((renewed.lease, renewed.description, mapping.lease), (900, "web", 600))
        self.assertEqual(self.entry().lease, 900)
        self.assertEqual(renewed.renew().lease, 3600)
        self.gateway.set(max_lease=120)
        self.assertEqual(mapping.renew(900).lease, 120)
        self.gateway.empty()
        with self.assertRaises(natupnp.NotFoundError):
            mapping.renew()

    def test_edit_keeps_the_lease(self):
        mapping = self.mappings.add(8080, "TCP", remote_host=REMOTE, lease=600)
        edited = mapping.edit(description="new")
        self.assertIsInstance(edited, natupnp.DynamicMapping)
        self.assertEqual((edited.description, edited.remote_host), ("new", REMOTE))
        self.assertTrue(590 <= edited.lease <= 600)
        self.assertFalse(edited.disable().enabled)
        self.assertTrue(edited.enable().enabled)
        self.assertEqual(self.mappings.edit(edited, internal_port=81).internal_port, 81)

    def test_removed_at_the_end_of_with(self):
        with self.mappings.add(8080, "TCP", remote_host=REMOTE) as mapping:
            self.assertEqual(self.entry().remote_host, str(mapping.remote_host))
        self.assertEqual(self.gateway.table(), [])

    def test_values(self):
        mapping = self.mappings.add(8080, "TCP")
        plain = copy.copy(mapping)
        self.assertIs(type(plain), natupnp.Mapping)
        self.assertEqual((plain, hash(plain)), (mapping, hash(mapping)))


class BadInput(DynamicTest):
    def setUp(self):
        super().setUp()
        self.loop = asyncio.new_event_loop()
        self.addCleanup(self.loop.close)
        self.other = natupnp.AsyncClient(gateway=self.gateway.location)
        self.addCleanup(self.other.close)

    def refused(self, cases, waited, awaited):
        for value, kind, text in cases:
            with self.subTest(value=value):
                with self.assertRaisesRegex(kind, text) as raised:
                    waited(value)
                self.assertIs(type(raised.exception), kind)
                with self.assertRaises(kind) as also:
                    self.loop.run_until_complete(awaited(value))
                self.assertEqual(str(also.exception), str(raised.exception))

    def test_leases(self):
        other = self.other.dynamic_mappings
        self.refused(LEASES, lambda value: self.mappings.add(8080, "TCP", lease=value),
                     lambda value: other.add(8080, "TCP", lease=value))
        self.assertEqual(self.gateway.requests(), [])
        mapping = self.mappings.add(8080, "TCP")
        same = self.loop.run_until_complete(other.get(8080, "TCP"))
        before = self.gateway.table()
        self.refused(LEASES, mapping.renew, same.renew)
        self.assertEqual(self.gateway.table(), before)

    def test_remote_hosts(self):
        other = self.other.dynamic_mappings
        self.refused(HOSTS, lambda value: self.mappings.add(8080, "TCP", remote_host=value),
                     lambda value: other.add(8080, "TCP", remote_host=value))
        self.refused(HOSTS, lambda value: self.mappings.get(8080, "TCP", value), lambda value: other.get(8080, "TCP", value))
        self.refused(HOSTS, lambda value: self.mappings.remove(8080, "TCP", value),
                     lambda value: other.remove(8080, "TCP", value))
        for value, kind, _ in HOSTS:
            with self.assertRaises(kind):
                self.mappings[value, 8080, "TCP"]
        self.assertEqual(self.gateway.requests(), [])

    def test_keep(self):
        for value in (1, "yes", None):
            for mappings in (self.mappings, self.client.static_mappings):
                with self.assertRaisesRegex(natupnp.InvalidTypeError, "keep must be true or false"):
                    mappings.add(8080, "TCP", keep=value)
        self.assertEqual(self.client.kept, ())


class Awaited(DynamicTest):
    def test_every_verb(self):
        async def main():
            async with natupnp.AsyncClient(gateway=self.gateway.location) as client:
                mappings = client.dynamic_mappings
                self.assertIs(client.dynamic_mappings, mappings)
                mapping = await mappings.add(8080, "TCP", remote_host=REMOTE, lease=60)
                self.assertIsInstance(mapping, natupnp.AsyncDynamicMapping)
                self.assertEqual(await mappings.get(8080, "TCP", REMOTE), self.mappings[REMOTE, 8080, "TCP"])
                self.assertIsNone(await mappings.get(8080, "TCP"))
                self.assertEqual(await mappings.get(8080, "TCP", default=5), 5)
                self.assertEqual((await mapping.renew(120)).lease, 120)
                self.assertEqual((await mapping.edit(description="new")).description, "new")
                self.assertEqual([m async for m in mappings], self.mappings.list())
                self.assertEqual((await mappings.count(), len(await mappings.list())), (1, 1))
                await mappings.remove(8080, "TCP", REMOTE)
                async with await mappings.add(8081, "UDP") as mapping:
                    self.assertEqual(self.entry().external_port, 8081)
                self.assertEqual(self.gateway.table(), [])

        asyncio.run(asyncio.wait_for(main(), 3 * support.LIMIT_S))


if __name__ == "__main__":
    support.main()
