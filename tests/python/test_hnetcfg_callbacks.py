# SPDX-License-Identifier: MIT
"""Callbacks and pumps of natupnp.hnetcfg."""
import contextlib
import gc
import io
import threading
import time

import support
from hnetcfg_support import E_FAIL, ComTest

from natupnp import hnetcfg
from natupnp.hnetcfg import Dispatch, EnsureDispatch, com_error


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

        class ByCall:
            _public_methods_ = ["__call__"]

            def __call__(self, reason, value):
                told.append((reason, value))

        for callback in (hnetcfg.wrap(ByNumber()), hnetcfg.wrap(ByValue()), hnetcfg.wrap(ByCall()),
                         lambda *args: told.append(args)):
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

    def test_a_wrapped_one_that_raises(self):
        """As with pywin32 that is printed, and the program goes on."""
        class Bad(Sink):
            def NewNumberOfEntries(self, number):
                super().NewNumberOfEntries(number)
                raise KeyError("mine")

        sink, printed = Bad(), io.StringIO()
        self.put("NumberOfEntriesCallback", hnetcfg.wrap(sink))
        with contextlib.redirect_stderr(printed):
            self.pump(lambda: sink.told == [0])
            self.add()
            self.pump(lambda: sink.told == [0, 1])
        self.assertEqual(printed.getvalue().count("KeyError: 'mine'"), 2)

    def test_one_put_while_another_hears(self):
        """Present values are told once, when the first callback is put."""
        first, second = [], []
        self.put("ExternalIPAddressCallback", lambda reason, address: first.append(address))
        self.pump(lambda: first)
        self.put("NumberOfEntriesCallback", lambda reason, number: second.append(number))
        self.gateway.set(external_ip="198.51.100.1")
        self.pump(lambda: len(first) == 2)
        self.assertEqual(second, [])
        self.add()
        self.pump(lambda: second)
        self.assertEqual(second, [1])

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


if __name__ == "__main__":
    support.main()
