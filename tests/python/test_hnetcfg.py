# SPDX-License-Identifier: MIT
"""Members, edits, enumerators and failures of natupnp.hnetcfg."""
import pathlib
import re
import threading
import unittest

import support
from hnetcfg_support import E_FAIL, E_INVALIDARG, FILE_NOT_FOUND, ComTest

import natupnp
from natupnp import hnetcfg
from natupnp.hnetcfg import Dispatch, EnsureDispatch, _errors, _interfaces, com_error


class Members(ComTest):
    def test_what_a_mapping_says(self):
        made = self.add()
        for mapping in (made, self.maps.Item(8080, "TCP"), self.maps(8080, "TCP"), self.maps[0],
                        EnsureDispatch(self.nat).StaticPortMappingCollection(8080, "TCP")):
            self.assertEqual(mapping.ExternalIPAddress, "203.0.113.7")
            self.assertEqual((mapping.ExternalPort, mapping.InternalPort), (8080, 80))
            self.assertEqual((mapping.Protocol, mapping.InternalClient), ("TCP", "192.168.1.2"))
            self.assertEqual((mapping.Enabled, mapping.Description), (True, "text"))
            self.assertEqual([type(value) for value in (mapping.Protocol, mapping.Enabled)], [str, bool])

    def test_no_external_address(self):
        for text in ("", "0.0.0.0"):
            self.gateway.set(external_ip=text)
            self.assertEqual(self.add().ExternalIPAddress, "")

    def test_an_external_address_that_is_not_told(self):
        for change, scode in (({"external_ip": "(null)"}, 0x80040216),
                              ({"faults": ["GetExternalIPAddress=501"]}, 0x80040210),
                              ({"faults": ["GetExternalIPAddress=606"]}, 0x80040306),
                              ({"faults": ["GetExternalIPAddress=http500"]}, 0x80040211)):
            self.gateway.set(**change)
            mapping = self.add()
            with self.subTest(**change), self.assertRaises(com_error) as raised:
                mapping.ExternalIPAddress
            self.assertEqual(raised.exception.excepinfo[5] & 0xFFFFFFFF, scode)
            self.assertEqual(mapping.ExternalPort, 8080)

    def test_a_host_name_as_the_client(self):
        self.maps.Add(8080, "TCP", 80, "localhost", True, "text")
        self.assertEqual(self.maps.Item(8080, "TCP").InternalClient, "127.0.0.1")

    def test_a_client_on_the_gateways_own_host(self):
        made = self.maps.Add(8080, "TCP", 80, "127.0.0.5", True, "text")
        self.assertEqual((made.InternalClient, self.gateway.table()[0].internal_client), ("127.0.0.5", "127.0.0.5"))

    def test_what_others_do_is_seen(self):
        self.gateway.put(9000, "UDP")
        self.assertEqual(len(self.maps), 1)
        self.gateway.empty()
        self.assertEqual(self.maps.Count, 0)
        self.assertTrue(self.maps)

    def test_a_dynamic_mapping(self):
        maps = self.nat.DynamicPortMappingCollection
        made = maps.Add("", 8080, "TCP", 80, "192.168.1.2", True, "text", 600)
        self.assertEqual(made.RemoteHost, "")
        self.assertTrue(590 <= made.LeaseDuration <= 600)
        renewed = made.RenewLease(300)
        self.assertTrue(renewed == made.LeaseDuration and 290 <= renewed <= 300)
        self.gateway.advance(100)
        self.assertTrue(190 <= maps.Item("", 8080, "TCP").LeaseDuration <= 200)
        made.EditDescription("other")
        self.assertEqual(self.gateway.table()[0].description, "other")
        maps.Add("198.51.100.1", 8080, "TCP", 80, "192.168.1.2", True, "far", 60)
        self.assertEqual(sorted(m.RemoteHost for m in maps), ["", "198.51.100.1"])
        maps.Remove("198.51.100.1", 8080, "TCP")
        self.assertEqual(maps.Count, 1)
        for lease in (0, -1):
            self.assertEqual(self.scode(maps.Add, "", 8081, "TCP", 80, "192.168.1.2", True, "", lease), E_INVALIDARG)
            self.assertEqual(self.scode(made.RenewLease, lease), E_INVALIDARG)

    def test_dynamic_off(self):
        self.use(gateway=self.gateway.location, dynamic=False)
        self.assertEqual(self.scode(lambda: self.nat.DynamicPortMappingCollection), -2147467263)
        self.assertEqual(self.scode(lambda: self.nat.dynamicportmappingcollection), -2147467263)
        self.assertEqual(self.scode(lambda: EnsureDispatch(self.nat).DynamicPortMappingCollection), -2147467263)
        before = hnetcfg.set_dynamic(True)
        self.assertIs(before, False)
        self.assertEqual(self.nat.DynamicPortMappingCollection.Count, 0)

    def test_equality(self):
        early = EnsureDispatch(self.nat)
        self.assertTrue(early == self.nat and self.nat == early and not early != self.nat)
        self.assertNotEqual(self.nat, Dispatch("HNetCfg.NATUPnP"))
        self.assertNotEqual(self.nat, None)
        for thing in (self.nat, early, self.maps):
            with self.assertRaisesRegex(TypeError, "unhashable"):
                hash(thing)


class Threads(ComTest):
    """A program may use one object from several threads: each waits for its turn."""
    settings = {"mappings": 3}

    def test_an_object_in_several_threads(self):
        self.gateway.set(latency=0.005)
        results, errors = [], []

        def use(port):
            try:
                for _ in range(3):
                    maps = self.nat.StaticPortMappingCollection
                    mapping = maps.Add(port, "TCP", port, "192.168.1.2", True, "text")
                    mapping.EditDescription("other")
                    results.append(len([m for m in maps if m.Description == "other"]))
                    maps.Remove(port, "TCP")
            except Exception as error:
                errors.append(error)

        threads = [threading.Thread(target=use, args=(port,)) for port in (5001, 5002, 5003, 5004)]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            hnetcfg.PumpWaitingMessages()  # as the thread with the windows does
            threads[0].join(0.002)
        self.assertEqual(errors, [])
        self.assertEqual((len(results), min(results) >= 1, len(self.maps)), (12, True, 3))

    def test_pumping_what_another_thread_uses(self):
        told = []
        self.nat.NATEventManager.NumberOfEntriesCallback = lambda reason, number: told.append(number)
        self.gateway.set(latency=0.02)
        thread = threading.Thread(target=lambda: [self.maps.Count for _ in range(5)])
        thread.start()
        while thread.is_alive():
            self.assertEqual(hnetcfg.PumpWaitingMessages(), 0)
            thread.join(0.002)
        support.until(lambda: hnetcfg.PumpWaitingMessages() or told, "the callback")
        self.assertEqual(told, [3])


class Edits(ComTest):
    def test_each(self):
        made = self.add()
        made.EditInternalPort(81)
        made.EditDescription("other")
        made.Enable(False)
        made.EditInternalClient("192.168.1.9")
        entry = self.gateway.table()[0]
        self.assertEqual((entry.internal_port, entry.description, entry.enabled, entry.internal_client),
                         (81, "other", False, "192.168.1.9"))
        self.assertEqual((made.InternalPort, made.Description, made.Enabled, made.InternalClient),
                         (81, "other", False, "192.168.1.9"))
        made.Enable(True)
        self.assertTrue(self.gateway.table()[0].enabled)

    def test_of_what_is_gone(self):
        made = self.add()
        self.gateway.empty()
        self.assertEqual(self.scode(made.EditDescription, "other"), FILE_NOT_FOUND)
        self.assertEqual(made.Description, "text")
        self.assertEqual(self.gateway.table(), [])

    def test_enable_that_is_ignored(self):
        made = self.add()
        self.gateway.set(ignore_enabled=True)
        self.assertEqual(self.scode(made.Enable, False), E_FAIL)
        self.assertIs(made.Enabled, True)
        self.assertTrue(self.gateway.table()[0].enabled)

    def test_a_description_that_overwriting_does_not_change(self):
        made = self.add()
        self.gateway.set(ignore_description_change=True)
        made.EditDescription("other")
        self.assertEqual((made.Description, self.gateway.table()[0].description), ("other", "other"))

    def test_a_description_that_cannot_be_changed(self):
        made = self.add()
        self.gateway.set(ignore_description_change=True, faults=["DeletePortMapping=606"])
        self.assertNotEqual(self.scode(made.EditDescription, "other"), 0)
        self.assertEqual((made.Description, self.gateway.table()[0].description), ("text", "text"))


class Failures(ComTest):
    """The gateway's faults as the scodes that Windows gives."""

    def test_faults(self):
        for fault, scode in ((401, 0x80040207), (402, 0x80040208), (403, 0x80040209), (404, 0x80040213),
                             (501, 0x80040210), (606, 0x80040306), (715, 0x80040373), (718, 0x80040306),
                             (728, 0x80040380), (899, 0x8004042B), (450, 0x80040214)):
            with self.subTest(fault):
                self.gateway.set(faults=[f"AddPortMapping={fault}"])
                found = self.scode(self.add) & 0xFFFFFFFF
                if fault == 718:  # nobody has the port: the read-back tells a refusal from a conflict
                    self.assertIn(found, (0x800700AA, scode))
                else:
                    self.assertEqual(hex(found), hex(scode))
                self.assertIsInstance(self.error.__cause__, natupnp.Error)

    def test_absent(self):
        self.assertEqual(self.scode(self.maps.Item, 8080, "TCP"), FILE_NOT_FOUND)
        self.assertEqual(self.scode(self.maps.Remove, 8080, "TCP"), FILE_NOT_FOUND)
        self.gateway.set(confirm_absent_removal=True)
        self.assertEqual(self.scode(self.maps.Remove, 8080, "TCP"), FILE_NOT_FOUND)

    def test_the_wire(self):
        self.gateway.set(faults=["*=html200"])
        self.assertEqual(self.scode(lambda: self.maps.Item(8080, "TCP")) & 0xFFFFFFFF, 0x80040216)
        self.gateway.set(faults=["*=http404"])
        self.assertIn(self.scode(lambda: self.maps.Item(8080, "TCP")) & 0xFFFFFFFF, (0x80040211, 0x80004005))

    def test_an_enumerator_that_fails(self):
        self.gateway.put(1, "TCP")
        self.gateway.set(faults=["GetListOfPortMappings=606", "GetGenericPortMappingEntry=606"])
        enumerator = self.maps._NewEnum()
        with self.assertRaises(com_error) as raised:
            enumerator.Next(1)
        self.assertEqual(raised.exception.args, (-2147220730, "OLE error 0x80040306", None, None))
        with self.assertRaises(com_error):
            list(self.maps)
        self.gateway.set(faults=[])
        self.assertEqual(len(enumerator.Next(1)), 1)

    def test_a_gateway_that_comes_later(self):
        with hnetcfg.shims(gateway="http://127.0.0.1:9/x"):
            nat = Dispatch("HNetCfg.NATUPnP")
            for _ in range(2):
                self.assertIsNone(nat.StaticPortMappingCollection)
                self.assertIsNone(nat.DynamicPortMappingCollection)
                self.assertIsNone(nat.NATEventManager)
        self.gateway.set(faults=["description=404:1"])
        nat = Dispatch("HNetCfg.NATUPnP")
        self.assertIsNone(nat.StaticPortMappingCollection)
        self.assertEqual(nat.StaticPortMappingCollection.Count, 0)

    def test_an_address_of_the_gateway_that_is_none(self):
        with hnetcfg.shims(gateway="ftp://nowhere"):
            nat = Dispatch("HNetCfg.NATUPnP")
            self.assertEqual(self.scode(lambda: nat.StaticPortMappingCollection), E_INVALIDARG)

    def test_a_forked_child(self):
        def check():
            self.assertEqual(self.scode(self.maps.Item, 8080, "TCP") & 0xFFFFFFFF, 0x8001010E)
        support.in_fork(check)

    def test_com_error(self):
        self.scode(self.maps.Item, 8080, "TCP")
        self.assertEqual(str(self.error),
                         "(-2147352567, 'Exception occurred.', (0, None, None, None, 0, -2147024894), None)")
        self.assertEqual((self.error.strerror, self.error.argerror), ("Exception occurred.", None))
        self.assertEqual(f"{type(self.error).__module__}.{type(self.error).__name__}", "pywintypes.com_error")
        self.assertEqual(com_error().hresult, None)


class Enumerators(ComTest):
    settings = {"mappings": 6}

    def ports(self, items):
        return [item.ExternalPort for item in items]

    def test_next_skip_reset_clone(self):
        enumerator = self.maps._NewEnum()
        ports = self.ports(self.maps)
        self.assertEqual(self.ports(enumerator.Next()), ports[:1])
        self.assertEqual(self.ports(enumerator.Next(2)), ports[1:3])
        other = enumerator.Clone()
        enumerator.Skip(2)
        self.assertEqual(self.ports(enumerator.Next(9)), ports[5:])
        self.assertEqual(enumerator.Next(1), ())
        self.assertEqual(self.ports(other.Next(9)), ports[3:])
        enumerator.Reset()
        self.assertEqual(self.ports(enumerator.Next(9)), ports)
        enumerator.Reset()
        enumerator.Skip(100)
        self.assertEqual(enumerator.Next(1), ())
        self.assertEqual(enumerator.Next(0), ())

    def test_one_read_for_a_loop(self):
        self.gateway.clear()
        self.maps._NewEnum().Next(1)
        once = len(self.gateway.requests())
        self.gateway.clear()
        self.assertEqual(len([m.Description for m in self.maps]), 6)
        self.assertEqual(len(self.gateway.requests()), once)

    def test_removing_in_the_loop(self):
        for mapping in self.maps:
            self.maps.Remove(mapping.ExternalPort, mapping.Protocol)
        self.assertEqual(self.gateway.table(), [])

    def test_removing_by_index(self):
        for index in range(len(self.maps)):
            mapping = self.maps[index]
            self.maps.Remove(mapping.ExternalPort, mapping.Protocol)
        self.assertEqual(self.gateway.table(), [])

    def test_removing_early_bound(self):
        maps = EnsureDispatch(self.nat).StaticPortMappingCollection
        for mapping in maps:
            maps.Remove(mapping.ExternalPort, mapping.Protocol)
        self.assertEqual(self.gateway.table(), [])

    def test_a_loop_after_an_add(self):
        self.assertEqual(len(list(self.maps)), 6)
        self.add(20000)
        self.assertIn(20000, self.ports(self.maps))
        self.assertEqual(self.maps[6].ExternalPort, self.ports(self.maps)[6])

    def test_a_loop_that_was_left(self):
        for mapping in self.maps:
            if mapping.ExternalPort:
                break
        self.assertEqual(len(self.ports(self.maps)), 6)


class Reference(unittest.TestCase):
    def test_the_table_of_members(self):
        """That of the documentation is that of the type library, which is the one of the package."""
        page = pathlib.Path(__file__).resolve().parents[2].joinpath("docs/reference/hnetcfg.md").read_text()
        rows = dict(re.findall(r"^\| (I\w+) \| (.*) \|$", page, re.M))
        self.assertEqual(set(rows), {interface.name for interface in _interfaces.ALL})
        for interface in _interfaces.ALL:
            told = {(int(dispid), name) for dispid, name in re.findall(r"(-?\d+) `(\w+)", rows[interface.name])}
            self.assertEqual(told, {(member.dispid, member.name) for member in interface.members})
            for member in interface.members:
                if interface.name.startswith(("IStatic", "IDynamicPortMappingC")) and member.is_method:
                    names = ", ".join(param.name for param in member.params)
                    self.assertIn(f"{member.name}({names})", rows[interface.name])

    def test_the_texts_of_errors_are_those_of_lua(self):
        source = pathlib.Path(__file__).resolve().parents[2].joinpath("lua/natupnp/hnetcfg/com_error.lua").read_text()
        numbers = {name: int(number) for name, number in re.findall(r"^  (\w+) = (-\d+),", source, re.M)}
        texts = re.findall(r'^  \[winerror\.(\w+)\] =\s+"(.*)",$', source, re.M)
        self.assertEqual({numbers[name]: text for name, text in texts}, _errors._TEXTS)
        self.assertEqual(len(texts), len(numbers))

    def test_everything_is_documented(self):
        for name in hnetcfg.__all__:
            self.assertTrue(getattr(hnetcfg, name).__doc__, name)


if __name__ == "__main__":
    support.main()
