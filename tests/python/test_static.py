# SPDX-License-Identifier: MIT
"""The static collection: its verbs and its protocol."""
import ipaddress

import support

import natupnp
from natupnp import Protocol

HERE = ipaddress.IPv4Address("127.0.0.1")


class Collection(support.GatewayTest):
    def test_add_with_defaults(self):
        mapping = self.mappings.add(8080, "TCP")
        self.assertEqual((mapping.external_port, mapping.internal_port), (8080, 8080))
        self.assertEqual(mapping.internal_client, HERE)
        self.assertEqual(mapping.external_ip, ipaddress.IPv4Address("203.0.113.7"))
        self.assertEqual(mapping.description, "natupnp")
        self.assertIs(mapping.enabled, True)
        self.assertIsNone(mapping.remote_host)
        entry, = self.gateway.table()
        self.assertEqual((entry.external_port, entry.protocol, entry.internal_client), (8080, "TCP", "127.0.0.1"))

    def test_add_with_everything(self):
        self.mappings.add(8080, Protocol.UDP, 80, ipaddress.IPv4Address("192.168.1.9"), False, "web", any_port=True)
        entry, = self.gateway.table()
        self.assertEqual(
            (entry.external_port, entry.protocol, entry.internal_port, entry.internal_client, entry.enabled,
             entry.description),
            (8080, "UDP", 80, "192.168.1.9", False, "web"))

    def test_any_free_port(self):
        self.gateway.put(8080, "TCP")
        self.assertNotIn(self.mappings.add(0, "TCP", 80).external_port, (0, 8080))
        self.assertNotEqual(self.mappings.add(8080, "TCP", any_port=True).external_port, 8080)

    def test_look_up(self):
        self.gateway.put(8080, "TCP")
        self.assertEqual(self.mappings[8080, "TCP"].external_port, 8080)
        self.assertEqual(self.mappings[8080, Protocol.TCP], self.mappings.get(8080, "TCP"))
        self.assertIsNone(self.mappings.get(8080, "UDP"))
        self.assertEqual(self.mappings.get(8080, "UDP", "nothing"), "nothing")
        with self.assertRaises(KeyError) as raised:
            self.mappings[8080, "UDP"]
        self.assertIsInstance(raised.exception, natupnp.NotFoundError)
        self.assertIn("8080/UDP", str(raised.exception))

    def test_get_hides_no_other_failure(self):
        self.gateway.set(faults=["GetSpecificPortMappingEntry=501"])
        with self.assertRaises(natupnp.Error) as raised:
            self.mappings.get(8080, "UDP", "nothing")
        self.assertEqual(raised.exception.fault, 501)

    def test_in(self):
        mapping = self.mappings.add(8080, "TCP")
        self.assertIn((8080, "TCP"), self.mappings)
        self.assertIn((8080, Protocol.TCP), self.mappings)
        self.assertNotIn((8080, "UDP"), self.mappings)
        self.assertIn(mapping, self.mappings)
        self.gateway.advance(60)  # a lease that runs makes it no other mapping
        self.assertIn(mapping, self.mappings)
        self.gateway.take(8080, "TCP")
        self.assertNotIn(mapping, self.mappings)
        self.gateway.put(8080, "TCP", "192.168.1.9")  # another one at the same key
        self.assertNotIn(mapping, self.mappings)

    def test_one_for_a_remote_host_is_not_in_it(self):
        self.gateway.put(8080, "TCP", "127.0.0.1")
        mapping = self.mappings[8080, "TCP"]
        values = {name: getattr(mapping, name) for name in natupnp.Mapping._fields}
        self.assertNotIn(natupnp.Mapping(**{**values, "remote_host": HERE}), self.mappings)

    def test_a_key_that_is_none(self):
        for key in (8080, "8080", (8080,), (8080, "TCP", 1), [8080, "TCP"], None):
            with self.assertRaises(natupnp.InvalidTypeError):
                self.mappings[key]
            with self.assertRaises(natupnp.InvalidTypeError):
                del self.mappings[key]
            with self.assertRaises(natupnp.InvalidTypeError):
                key in self.mappings

    def test_remove(self):
        self.gateway.put(8080, "TCP", "127.0.0.1")
        self.gateway.put(8080, "UDP", "127.0.0.1")
        self.assertIsNone(self.mappings.remove(8080, "TCP"))
        del self.mappings[8080, "UDP"]
        self.assertEqual(self.gateway.table(), [])
        with self.assertRaises(natupnp.NotFoundError):
            self.mappings.remove(8080, "TCP")
        with self.assertRaises(KeyError):
            del self.mappings[8080, "UDP"]

    def test_listing(self):
        keys = {(10000 + n, ("TCP", "UDP")[n % 2]) for n in range(25)}
        for port, protocol in keys:
            self.gateway.put(port, protocol)
        self.gateway.put(9, "TCP", remote_host="198.51.100.1")  # not for everyone: not in the collection
        self.assertEqual({(m.external_port, m.protocol) for m in self.mappings}, keys)
        self.assertEqual({(m.external_port, m.protocol) for m in self.mappings.list()}, keys)
        self.assertEqual((len(self.mappings), self.mappings.count()), (25, 25))
        self.assertTrue(all(isinstance(m, natupnp.StaticMapping) for m in self.mappings))

    def test_iteration_is_one_read(self):
        for port in range(10000, 10010):
            self.gateway.put(port, "TCP")
        seen = 0
        self.client.discover()
        self.gateway.clear()
        for _ in self.mappings:
            seen += 1
            asked = len(self.gateway.requests())
            self.gateway.empty()
        self.assertEqual(seen, 10)
        self.assertEqual(len(self.gateway.requests()), asked)

    def test_empty_and_true_without_asking(self):
        self.assertTrue(self.mappings)
        self.assertIs(self.client.static_mappings, self.mappings)
        repr(self.mappings)
        self.assertEqual(self.gateway.requests(), [])
        self.assertEqual((len(self.mappings), list(self.mappings)), (0, []))
        self.assertTrue(self.mappings)

    def test_a_failed_read(self):
        self.gateway.set(faults=["*=http500"])
        for read in (len, list, iter, natupnp.StaticMappings.count, natupnp.StaticMappings.list):
            with self.assertRaises(natupnp.HTTPError):
                read(self.mappings)


class Changes(support.GatewayTest):
    def entry(self):
        entry, = self.gateway.table()
        return entry

    def test_edit(self):
        mapping = self.mappings.add(8080, "TCP", 80, description="old")
        edited = mapping.edit(internal_port=81, description="new")
        self.assertIsInstance(edited, natupnp.StaticMapping)
        self.assertEqual((edited.internal_port, edited.description), (81, "new"))
        self.assertEqual((mapping.internal_port, mapping.description), (80, "old"))
        self.assertEqual((self.entry().internal_port, self.entry().description), (81, "new"))
        again = self.mappings.edit(edited, internal_client="127.0.0.9", description="")
        self.assertEqual((again.internal_client, again.description), (ipaddress.IPv4Address("127.0.0.9"), ""))
        self.assertEqual(again.internal_port, 81)

    def test_enable_and_disable(self):
        mapping = self.mappings.add(8080, "TCP")
        off = mapping.disable()
        self.assertIs(off.enabled, False)
        self.assertFalse(self.entry().enabled)
        self.assertIs(off.enable().enabled, True)
        self.assertTrue(self.entry().enabled)

    def test_a_gateway_that_cannot_disable(self):
        mapping = self.mappings.add(8080, "TCP")
        self.gateway.set(ignore_enabled=True)
        with self.assertRaises(natupnp.UnsupportedError) as raised:
            mapping.disable()
        self.assertEqual(raised.exception.status, natupnp.Status.E_UNSUPPORTED)
        self.assertTrue(self.entry().enabled)

    def test_an_edit_of_what_is_gone(self):
        mapping = self.mappings.add(8080, "TCP")
        self.gateway.empty()
        with self.assertRaises(natupnp.NotFoundError):
            mapping.edit(description="new")
        with self.assertRaises(natupnp.NotFoundError):
            mapping.remove()

    def test_removed_at_the_end_of_with(self):
        with self.mappings.add(8080, "TCP") as mapping:
            self.assertIsInstance(mapping, natupnp.StaticMapping)
            self.assertEqual(self.entry().external_port, 8080)
        self.assertEqual(self.gateway.table(), [])

    def test_removed_after_an_error_too(self):
        with self.assertRaises(ZeroDivisionError):
            with self.mappings.add(8080, "TCP"):
                1 / 0
        self.assertEqual(self.gateway.table(), [])

    def test_with_may_find_it_gone(self):
        with self.mappings.add(8080, "TCP") as mapping:
            mapping.remove()
        with self.mappings.add(8080, "TCP"):
            self.gateway.empty()

    def test_with_tells_what_it_could_not_remove(self):
        with self.assertRaises(natupnp.ClosedError):
            with self.mappings.add(8080, "TCP"):
                self.client.close()
        self.assertEqual(self.entry().external_port, 8080)

    def test_mappings_of_one_client_are_known_to_another(self):
        mapping = self.mappings.add(8080, "TCP")
        other = self.new_client()
        self.assertIn(mapping, other.static_mappings)
        self.assertEqual(other.static_mappings.edit(mapping, description="new").description, "new")


if __name__ == "__main__":
    support.main()
