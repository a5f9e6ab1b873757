# SPDX-License-Identifier: MIT
"""The wrapped C interface: whatever it is given, it raises or returns; it never crashes, and keeps no reference."""
import gc
import itertools
import select
import sys
import unittest

import support

from natupnp._swig import core
from natupnp.testing import SimulatedGateway

FUNCTIONS = sorted(
    name for name in dir(core) if not name.startswith("_") and type(getattr(core, name)).__name__ == "builtin_function_or_method")
BLOCKING = {"client_wait", "op_wait"}  # with a client that has nothing to do
ODD = (None, 0, -1, 1 << 80, 1.5, float("nan"), "", "x", "\ud800", "a\0b", b"x", True, [], {}, object(), type)


def tried(function, *arguments):
    """What a call gave; None when it refused its arguments."""
    try:
        return function(*arguments)
    except (TypeError, ValueError, ReferenceError):
        return None


class Hostile(unittest.TestCase):
    def test_there_are_functions(self):
        self.assertGreater(len(FUNCTIONS), 60)

    def test_none_into_all(self):
        for name in FUNCTIONS:
            for count in range(10):
                tried(getattr(core, name), *[None] * count)

    def test_handles_are_not_optional(self):
        for name in FUNCTIONS:
            if name.partition("_")[0] in ("client", "op", "mapping", "gateway", "static", "dynamic", "event", "kept"):
                if name not in ("client_new", "client_problem"):
                    refused = 0
                    for more in range(9):
                        with self.assertRaises(TypeError, msg=name):
                            getattr(core, name)(None, *[None] * more)
                        refused += 1
                    self.assertEqual(refused, 9)

    def test_odd_values_into_all(self):
        for name in FUNCTIONS:
            for count in (1, 2, 3):
                for arguments in itertools.product(ODD, repeat=count) if count < 3 else zip(ODD, ODD, ODD):
                    tried(getattr(core, name), *arguments)
        for name, count in (("client_new", 6), ("client_problem", 6)):
            for value in ODD:
                for place in range(count):
                    tried(getattr(core, name), *[value if n == place else None for n in range(count)])

    def test_handles_of_another_kind_and_freed_ones(self):
        client = core.client_new(None, None, None, None, None, None)[1]
        op = core.static_add(client, 80, "TCP", None, None, True, None, False, False)[1]
        freed = core.client_new(None, None, None, None, None, None)[1]
        core.client_free(freed)
        dropped = core.static_count(client)[1]
        core.op_free(dropped)
        for name in FUNCTIONS:
            if name in BLOCKING or name.endswith("_free"):
                continue
            for handle in (client, op, freed, dropped):
                for more in range(8):
                    tried(getattr(core, name), handle, *[None] * more)
        for free, handle in ((core.client_free, freed), (core.op_free, dropped)):
            with self.assertRaisesRegex(ReferenceError, "is not open"):
                free(handle)
        with self.assertRaisesRegex(ReferenceError, "is not open"):
            core.client_fd(freed)
        with self.assertRaises(TypeError):
            core.client_free(op)

    def test_in_any_order(self):
        client = core.client_new(None, None, None, None, None, None)[1]
        op = core.static_count(client)[1]
        core.client_free(client)
        self.assertFalse(core.op_done(op))
        self.assertEqual(core.op_wait(op), core.E_CLOSED)
        core.op_free(op)
        client = core.client_new(None, None, None, None, None, None)[1]
        op = core.static_count(client)[1]
        del client
        gc.collect()
        self.assertEqual(core.op_cancel(op), core.E_CLOSED)


class References(unittest.TestCase):
    """Arguments and results are not kept, whether a call succeeds or fails."""

    def count(self, values, call):
        call()
        before = [sys.getrefcount(value) for value in values]
        for _ in range(200):
            call()
        for value, count in zip(values, before):
            self.assertLess(abs(sys.getrefcount(value) - count), 100, value)  # None is used elsewhere, too

    def test_arguments(self):
        client = core.client_new(None, None, None, None, None, None)[1]
        description = "".join(["de", "scription"])
        address = "".join(["192.168.", "1.9"])
        surrogate = "".join(["\ud800", "x"])
        number = 10**6
        values = [client, description, address, surrogate, number, None, True]

        def good():
            status, op = core.static_add(client, 8080, "TCP", None, address, True, description, False, False)
            core.op_free(op)

        self.count(values, good)
        self.count(values, lambda: core.static_add(client, number, "TCP", None, address, True, description, False, False))
        self.count(values, lambda: core.static_add(client, 1, "TCP", 1, None, True, surrogate, False, False))
        self.count(values, lambda: tried(core.static_add, client, 1, "TCP", 1, address, number, description, False, False))
        self.count(values, lambda: tried(core.static_add, client, 1, "TCP", number << 80, address, True, None, None, None))
        self.count(values, lambda: core.client_problem(description, address, number, None, surrogate, None))
        self.count(values, lambda: tried(core.op_done, client))

    def test_handles(self):
        with SimulatedGateway() as gateway:
            client = core.client_new(gateway.location, None, None, None, None, None)[1]
            op = core.static_add(client, 8080, "TCP", None, None, True, None, False, False)[1]
            poller = select.poll()
            poller.register(core.client_fd(client), select.POLLIN)
            while not core.op_done(op):
                self.assertTrue(poller.poll(support.LIMIT_S * 1000))
                self.assertEqual(core.client_dispatch(client), core.OK)
            self.assertEqual(core.client_next_done(client), core.op_id(op))
            mapping = core.op_mapping(op)[1]
            self.count([client, op, mapping], lambda: core.op_mapping(op))
            self.count([client, op, mapping], lambda: core.mapping_description(mapping))
            core.op_free(op)
            core.client_free(client)
            self.assertEqual(core.mapping_external_port(mapping), 8080)  # the script's own


if __name__ == "__main__":
    support.main()
