# SPDX-License-Identifier: MIT
"""What public conformance tests assert of the NAT Traversal API on Windows, by their numbers (T1 to T24; those on
reference counts and null out-pointers have no meaning in scripts), late and early bound.

With NATUPNP_TEST_GATEWAY=1 against the gateway that NATUPNP_GATEWAY names, else against a simulated one.
"""
import os

LOCATION = os.environ.get("NATUPNP_GATEWAY") if os.environ.get("NATUPNP_TEST_GATEWAY") == "1" else None

import unittest  # noqa: E402

import support  # noqa: E402

from natupnp.hnetcfg import Dispatch, EnsureDispatch, com_error, shims  # noqa: E402

E_INVALIDARG, E_NOTIMPL, FILE_NOT_FOUND = -2147024809, -2147467263, -2147024894
DISP_E_EXCEPTION = -2147352567
KEY = (12345, "UDP")
ABSENT = (12346, "UDP")
NOWHERE = "http://127.0.0.1:9/x"


class Assertions:
    make = None

    @classmethod
    def setUpClass(cls):
        if LOCATION is None:
            cls.gateway = support.SimulatedGateway(mappings=3)
            cls.addClassCleanup(cls.gateway.close)

    def setUp(self):
        used = shims(gateway=LOCATION or self.gateway.location)
        used.__enter__()
        self.addCleanup(used.__exit__, None, None, None)
        self.nat = type(self).make("HNetCfg.NATUPnP")
        self.maps = self.nat.StaticPortMappingCollection
        self.assertIsNotNone(self.maps, "no gateway")
        self.addCleanup(self.clean)

    def clean(self):
        for port, protocol in (KEY, ABSENT):
            try:
                self.maps.Remove(port, protocol)
            except com_error:
                pass

    def add(self):
        return self.maps.Add(KEY[0], KEY[1], 12345, "1.2.3.4", True, "wine_test")

    def enumerator(self):
        return self.maps._oleobj_.InvokeTypes(-4, 0, 2, (13, 10), ()).QueryInterface(
            "{00020404-0000-0000-C000-000000000046}")

    def fails(self, scode, call, *args):
        with self.assertRaises(com_error) as raised:
            call(*args)
        self.assertEqual(raised.exception.args,
                         (DISP_E_EXCEPTION, "Exception occurred.", (0, None, None, None, 0, scode), None))

    def test_t01_an_object_without_a_gateway(self):
        with shims(gateway=NOWHERE):
            self.assertTrue(type(self).make("HNetCfg.NATUPnP.1"))

    def test_t03_no_collection_without_a_gateway(self):
        with shims(gateway=NOWHERE):
            nowhere = type(self).make("HNetCfg.NATUPnP")
            self.assertIsNone(nowhere.StaticPortMappingCollection)
            self.assertIsNone(nowhere.StaticPortMappingCollection)
        self.assertTrue(self.nat.StaticPortMappingCollection)

    def test_t05_an_enumerator(self):
        self.assertEqual(type(self.enumerator()).__name__, "PyIEnumVARIANT")

    def test_t06_reset_before_and_after_next(self):
        enumerator = self.enumerator()
        enumerator.Reset()
        enumerator.Next(1)
        enumerator.Reset()

    def test_t07_count(self):
        self.assertIsInstance(self.maps.Count, int)
        self.assertEqual(self.maps.Count, len(self.maps))

    def test_t08_a_lower_case_protocol(self):
        before = self.maps.Count
        self.fails(E_INVALIDARG, self.maps.Add, 12345, "udp", 12345, "1.2.3.4", True, "wine_test")
        self.assertEqual(self.maps.Count, before)

    def test_t09_add(self):
        made = self.add()
        self.assertEqual((made.ExternalPort, made.Protocol, made.InternalPort, made.InternalClient, made.Enabled,
                          made.Description), (12345, "UDP", 12345, "1.2.3.4", True, "wine_test"))

    def test_t10_add_again(self):
        before = self.maps.Count
        self.add()
        self.assertEqual(self.maps.Count, before + 1)
        self.add()
        self.assertEqual(self.maps.Count, before + 1)

    def test_t11_item_without_a_protocol(self):
        self.fails(E_INVALIDARG, self.maps.Item, 12345, None)

    def test_t13_item_with_a_lower_case_protocol(self):
        self.fails(E_INVALIDARG, self.maps.Item, 12345, "udp")

    def test_t14_item_at_a_negative_port(self):
        self.fails(E_INVALIDARG, self.maps.Item, -1, "UDP")

    def test_t15_item_at_a_large_port(self):
        self.fails(E_INVALIDARG, self.maps.Item, 65536, "UDP")

    def test_t16_item_that_is_absent(self):
        self.fails(FILE_NOT_FOUND, self.maps.Item, *ABSENT)

    def test_t17_an_enumerator_from_before_the_add(self):
        enumerator = self.enumerator()
        enumerator.Next(1)
        self.add()
        enumerator.Reset()
        found = [type(self).make(item) for item in enumerator.Next(1000)]
        self.assertEqual(len(found), self.maps.Count)
        self.assertIn(KEY, [(item.ExternalPort, item.Protocol) for item in found])

    def test_t18_next_gives_mappings(self):
        self.add()
        [item] = self.enumerator().Next(1)
        mapping = item.QueryInterface("{6F10711F-729B-41E5-93B8-F21D0F818DF1}", "{00020400-0000-0000-C000-000000000046}")
        self.assertEqual(mapping, item)

    def test_t19_what_enumerated_mappings_say(self):
        self.add()
        count = 0
        for item in self.maps:
            self.assertIn(item.Protocol, ("UDP", "TCP"))
            same = self.maps.Item(item.ExternalPort, item.Protocol)
            self.assertEqual((same.InternalPort, same.InternalClient), (item.InternalPort, item.InternalClient))
            count += 1
        self.assertEqual(count, self.maps.Count)

    def test_t20_no_identity(self):
        self.add()
        [enumerated] = [item for item in self.maps if (item.ExternalPort, item.Protocol) == KEY]
        self.assertNotEqual(self.maps.Item(*KEY), enumerated)
        self.assertEqual(enumerated, enumerated)

    def test_t21_next_past_the_end(self):
        enumerator = self.enumerator()
        self.assertEqual(len(enumerator.Next(1000)), self.maps.Count)
        self.assertEqual(enumerator.Next(1), ())

    def test_t22_remove(self):
        self.add()
        self.assertIsNone(self.maps.Remove(*KEY))
        self.fails(FILE_NOT_FOUND, self.maps.Item, *KEY)

    def test_t23_the_dynamic_collection(self):
        self.assertIsInstance(self.nat.DynamicPortMappingCollection.Count, int)
        with shims(gateway=LOCATION or self.gateway.location, dynamic=False):
            self.fails(E_NOTIMPL, lambda: self.nat.DynamicPortMappingCollection)

    def test_t24_the_event_manager(self):
        self.assertTrue(self.nat.NATEventManager)

    def test_a_loopback_address_is_this_host_to_a_gateway_elsewhere(self):
        made = self.maps.Add(KEY[0], KEY[1], 12345, "127.0.1.1", True, "wine_test")
        elsewhere = "//127." not in (LOCATION or self.gateway.location)
        self.assertEqual(made.InternalClient.startswith("127."), not elsewhere)
        made.EditInternalClient("1.2.3.4")
        made.EditInternalClient("127.0.1.1")
        self.assertEqual(self.maps.Item(*KEY).InternalClient == "127.0.1.1", not elsewhere)


class Late(Assertions, unittest.TestCase):
    make = staticmethod(Dispatch)


class Early(Assertions, unittest.TestCase):
    make = staticmethod(EnsureDispatch)


if __name__ == "__main__":
    support.main()
