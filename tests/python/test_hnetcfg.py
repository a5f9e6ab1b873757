# SPDX-License-Identifier: MIT
"""Members, edits, enumerators, callbacks and failures of natupnp.hnetcfg."""
import gc
import pathlib
import re
import threading
import time
import unittest

import support

import natupnp
from natupnp import hnetcfg
from natupnp.hnetcfg import Dispatch, EnsureDispatch, _interfaces, com_error

E_FAIL, E_INVALIDARG, FILE_NOT_FOUND = -2147467259, -2147024809, -2147024894


class ComTest(unittest.TestCase):
    settings = {}

    def setUp(self):
        self.gateway = support.SimulatedGateway(**self.settings)
        self.addCleanup(self.gateway.close)
        self.use(gateway=self.gateway.location)
        self.nat = Dispatch("HNetCfg.NATUPnP")
        self.maps = self.nat.StaticPortMappingCollection

    def use(self, **options):
        used = hnetcfg.shims(**options)
        used.__enter__()
        self.addCleanup(used.__exit__, None, None, None)

    def add(self, port=8080, protocol="TCP", description="text"):
        return self.maps.Add(port, protocol, 80, "192.168.1.2", True, description)

    def scode(self, call, *args):
        with self.assertRaises(com_error) as raised:
            call(*args)
        self.error = raised.exception
        self.assertEqual(self.error.hresult, -2147352567)
        self.assertEqual(self.error.excepinfo[:5], (0, None, None, None, 0))
        return self.error.excepinfo[5]


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
        self.gateway.set(external_ip="")
        self.assertEqual(self.add().ExternalIPAddress, "")

    def test_a_host_name_as_the_client(self):
        self.maps.Add(8080, "TCP", 80, "localhost", True, "text")
        self.assertEqual(self.maps.Item(8080, "TCP").InternalClient, "127.0.0.1")

    def test_the_address_that_linux_gives_the_own_name(self):
        self.gateway.set(secure=True)
        made = self.maps.Add(8080, "TCP", 80, "127.0.1.1", True, "text")
        self.assertEqual((made.InternalClient, self.gateway.table()[0].internal_client), ("127.0.0.1", "127.0.0.1"))

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


class Sink:
    _public_methods_ = ["NewExternalIPAddress", "NewNumberOfEntries"]

    def __init__(self):
        self.told = []

    def NewExternalIPAddress(self, address):
        self.told.append(address)

    def NewNumberOfEntries(self, number):
        self.told.append(number)


class Callbacks(ComTest):
    def pump(self, condition):
        end = time.monotonic() + support.LIMIT_S
        while not condition():
            self.assertLess(time.monotonic(), end)
            hnetcfg.PumpWaitingMessages()
            time.sleep(0.002)

    def put(self, name, callback, nat=None):
        setattr((nat or self.nat).NATEventManager, name, callback)

    def test_typed_methods(self):
        for nat in (self.nat, EnsureDispatch("HNetCfg.NATUPnP")):
            sink = Sink()
            self.put("ExternalIPAddressCallback", hnetcfg.wrap(sink), nat)
            self.pump(lambda: sink.told)
            self.assertEqual(sink.told, ["203.0.113.7"])
            self.gateway.set(external_ip="198.51.100.1")
            self.pump(lambda: len(sink.told) == 2)
            self.assertEqual(sink.told[1], "198.51.100.1")
            self.gateway.set(external_ip="203.0.113.7")

    def test_a_default_method(self):
        class ByNumber:
            _public_methods_ = ["OnChange"]
            _dispid_to_func_ = {0: "OnChange"}

            def OnChange(self, reason, value):
                told.append((reason, value))

        class ByValue:
            _public_methods_ = []

            def _value_(self, reason, value):
                told.append((reason, value))

        for callback in (hnetcfg.wrap(ByNumber()), hnetcfg.wrap(ByValue()), lambda *args: told.append(args)):
            told = []
            nat = Dispatch("HNetCfg.NATUPnP")
            self.put("NumberOfEntriesCallback", callback, nat)
            self.pump(lambda: told)
            self.assertEqual(told, [("VARIABLE_UPDATE", 0)])

    def test_every_change(self):
        told = []
        self.put("numberofentriescallback", lambda reason, number: told.append(number))
        self.pump(lambda: told == [0])
        self.add()
        self.pump(lambda: told == [0, 1])
        self.gateway.put(9, "UDP", lease=60)
        self.pump(lambda: told == [0, 1, 2])

    def test_the_last_one_put_is_called(self):
        first, second = [], []
        self.put("NumberOfEntriesCallback", lambda *args: first.append(args))
        self.put("NumberOfEntriesCallback", lambda *args: second.append(args))
        self.pump(lambda: second)
        self.assertEqual(first, [])
        other = []
        self.put("NumberOfEntriesCallback", None)
        self.put("ExternalIPAddressCallback", lambda *args: other.append(args))
        self.add()
        self.pump(lambda: other)
        self.assertEqual(len(second), 1)

    def test_what_cannot_be_called(self):
        class Other:
            _public_methods_ = ["Something"]

        for callback in (hnetcfg.wrap(Other()), self.nat, self.maps, EnsureDispatch(self.nat)):
            self.assertEqual(self.scode(self.put, "NumberOfEntriesCallback", callback), E_FAIL)
        with self.assertRaises(com_error) as raised:
            self.put("NumberOfEntriesCallback", 5)
        self.assertEqual(raised.exception.args, (-2147352571, "Type mismatch.", None, 1))
        with self.assertRaisesRegex(TypeError, "Objects of type 'object' can not be converted to a COM VARIANT"):
            self.put("NumberOfEntriesCallback", object())
        with self.assertRaisesRegex(ValueError, "_public_methods_"):
            hnetcfg.wrap(object())

    def test_one_that_raises(self):
        told = []

        def bad(reason, number):
            raise KeyError("bad")

        other = Dispatch("HNetCfg.NATUPnP")
        self.put("NumberOfEntriesCallback", bad)
        self.put("ExternalIPAddressCallback", lambda *args: told.append(args))
        self.put("ExternalIPAddressCallback", lambda *args: told.append(args), other)
        with self.assertRaises(KeyError):
            self.pump(lambda: False)
        self.pump(lambda: len(told) == 2)

    def test_pump_messages(self):
        def stop(reason, number):
            raise InterruptedError

        self.put("NumberOfEntriesCallback", stop)
        with self.assertRaises(InterruptedError):
            hnetcfg.PumpMessages()

    def test_the_pump_of_the_client(self):
        told = []
        self.put("NumberOfEntriesCallback", lambda *args: told.append(args))
        for nat in (self.nat, EnsureDispatch(self.nat)):
            self.assertGreaterEqual(hnetcfg.client(nat).fileno(), 0)
        end = time.monotonic() + support.LIMIT_S
        while not told and time.monotonic() < end:
            hnetcfg.client(self.nat).pump(1)
        self.assertEqual(told, [("VARIABLE_UPDATE", 0)])
        for other in (self.maps, None):
            with self.assertRaises(TypeError):
                hnetcfg.client(other)

    def test_another_thread_is_not_called(self):
        told = []
        self.put("NumberOfEntriesCallback", lambda *args: told.append(args))
        thread = threading.Thread(target=hnetcfg.PumpWaitingMessages)
        thread.start()
        thread.join(support.LIMIT_S)
        self.assertEqual(told, [])
        self.pump(lambda: told)

    def test_nothing_to_pump(self):
        self.assertEqual(hnetcfg.PumpWaitingMessages(), 0)

    def test_an_object_that_is_forgotten(self):
        told = []
        self.put("NumberOfEntriesCallback", lambda *args: told.append(args))
        self.pump(lambda: told)
        del self.nat, self.maps
        gc.collect()
        self.gateway.put(9, "UDP")
        hnetcfg.PumpWaitingMessages()
        self.assertEqual(len(told), 1)

    def test_wrap_and_unwrap(self):
        sink = Sink()
        wrapped = hnetcfg.wrap(sink)
        self.assertIs(hnetcfg.unwrap(wrapped), sink)
        self.assertEqual(wrapped.Invoke(wrapped.GetIDsOfNames("newnumberofentries"), 0, 1, 1, 5), None)
        Dispatch(wrapped).NewNumberOfEntries(6)
        self.assertEqual(sink.told, [5, 6])
        with self.assertRaises(ValueError):
            hnetcfg.unwrap(self.nat._oleobj_)


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

    def test_everything_is_documented(self):
        for name in hnetcfg.__all__:
            self.assertTrue(getattr(hnetcfg, name).__doc__, name)


if __name__ == "__main__":
    support.main()
