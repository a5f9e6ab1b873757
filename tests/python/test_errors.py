# SPDX-License-Identifier: MIT
"""Every status that is a failure has its class, and verbs raise the right one."""
import builtins
import pickle
import unittest

import support

import natupnp
from natupnp import Status
from natupnp._errors import CLASSES
from natupnp._swig import core

PARENTS = {
    "E_INVAL": ("InvalidArgumentError", ValueError),
    "E_NOMEM": ("OutOfMemoryError", MemoryError),
    "E_SYSTEM": ("SystemResourceError", natupnp.Error),
    "E_CANCELLED": ("CancelledError", natupnp.Error),
    "E_BUSY": ("BusyError", natupnp.Error),
    "E_FORKED": ("ForkedError", natupnp.Error),
    "E_CLOSED": ("ClosedError", natupnp.Error),
    "E_TIMEOUT": ("TimeoutError", builtins.TimeoutError),
    "E_NO_GATEWAY": ("NoGatewayError", natupnp.Error),
    "E_GONE": ("GoneError", natupnp.Error),
    "E_NETWORK": ("NetworkError", ConnectionError),
    "E_HTTP": ("HTTPError", natupnp.Error),
    "E_BAD_REPLY": ("BadReplyError", natupnp.Error),
    "E_FAULT": ("FaultError", natupnp.Error),
    "E_NOT_FOUND": ("NotFoundError", KeyError),
    "E_CONFLICT": ("ConflictError", natupnp.Error),
    "E_NOT_PERMITTED": ("NotPermittedError", PermissionError),
    "E_FULL": ("FullError", natupnp.Error),
    "E_UNSUPPORTED": ("UnsupportedError", natupnp.Error),
    "E_LOST": ("LostError", natupnp.Error),
    "E_NO_ADDRESS": ("NoAddressError", natupnp.Error),
}
NEVER_RAISED = {Status.OK, Status.E_PENDING, Status.E_INTERRUPTED}


class Classes(unittest.TestCase):
    def test_one_for_each_status(self):
        self.assertEqual(set(CLASSES), set(Status) - NEVER_RAISED)
        self.assertEqual({status.name for status in CLASSES}, set(PARENTS))
        for status, kind in CLASSES.items():
            name, parent = PARENTS[status.name]
            self.assertIs(kind, getattr(natupnp, name))
            self.assertIs(kind.status, status)
            self.assertTrue(issubclass(kind, parent) and issubclass(kind, natupnp.Error))
        self.assertTrue(issubclass(natupnp.InvalidTypeError, natupnp.InvalidArgumentError))
        self.assertTrue(issubclass(natupnp.InvalidTypeError, TypeError))

    def test_what_they_carry(self):
        mapping = natupnp.Mapping(
            external_ip=None, external_port=1, internal_port=1, protocol=natupnp.Protocol.TCP,
            internal_client="x", enabled=True, description="", remote_host=None, lease=0)
        for kind in (*CLASSES.values(), natupnp.InvalidTypeError):
            plain = kind()
            self.assertEqual(str(plain), core.status_text(kind.status))
            self.assertEqual(plain.hresult, core.status_hresult(kind.status))
            self.assertEqual((plain.fault, plain.maybe_applied, plain.mapping), (0, False, None))
            full = kind("it 'broke'", fault=718, hresult=-5, maybe_applied=True, mapping=mapping)
            for error in (full, pickle.loads(pickle.dumps(full))):
                self.assertIs(type(error), kind)
                self.assertEqual(str(error), "it 'broke'")
                self.assertEqual(
                    (error.status, error.detail, error.fault, error.hresult, error.maybe_applied, error.mapping),
                    (kind.status, "it 'broke'", 718, -5, True, mapping))


class Raised(support.GatewayTest):
    def fails(self, kind, call, *arguments, **more):
        with self.assertRaises(kind) as raised:
            call(*arguments, **more)
        error = raised.exception
        self.assertIs(type(error), kind)
        self.assertEqual(str(error), error.detail)
        self.assertTrue(error.detail)
        self.assertLess(error.hresult, 0)
        self.assertIsNone(error.__cause__)
        return error

    def test_conflict(self):
        self.gateway.put(8080, "TCP", "192.168.1.9", 80, description="theirs")
        error = self.fails(natupnp.ConflictError, self.mappings.add, 8080, "TCP")
        self.assertEqual((error.fault, error.hresult & 0xFFFFFFFF), (718, 0x800700AA))
        self.assertIs(type(error.mapping), natupnp.Mapping)
        self.assertEqual((str(error.mapping.internal_client), error.mapping.description), ("192.168.1.9", "theirs"))
        self.assertFalse(error.maybe_applied)
        self.assertEqual(pickle.loads(pickle.dumps(error)).mapping, error.mapping)

    def test_refusals_of_the_gateway(self):
        self.gateway.set(secure=True)
        error = self.fails(natupnp.NotPermittedError, self.mappings.add, 8080, "TCP", internal_client="192.168.1.9")
        self.assertEqual(error.fault, 606)
        self.gateway.set(secure=False, max_mappings=1)
        self.mappings.add(8080, "TCP")
        self.assertEqual(self.fails(natupnp.FullError, self.mappings.add, 8081, "TCP").fault, 728)
        self.gateway.set(max_mappings=0, faults=["AddPortMapping=501"])
        error = self.fails(natupnp.FaultError, self.mappings.add, 8082, "TCP")
        self.assertEqual((error.fault, error.hresult & 0xFFFFFFFF), (501, 0x80040210))

    def test_not_found(self):
        error = self.fails(natupnp.NotFoundError, self.mappings.remove, 8080, "TCP")
        self.assertEqual((error.fault, error.hresult & 0xFFFFFFFF), (714, 0x80070002))

    def test_timeout(self):
        self.client.discover()
        self.gateway.set(faults=["AddPortMapping=hang-after"])
        self.client.timeout = 1  # within which it is asked
        error = self.fails(natupnp.TimeoutError, self.mappings.add, 8080, "TCP")
        self.assertIsInstance(error, TimeoutError)
        self.assertTrue(error.maybe_applied)

    def test_broken_replies(self):
        self.client.discover()
        for what, kind in (("http404", natupnp.HTTPError), ("html200", natupnp.BadReplyError),
                           ("drop", natupnp.NetworkError)):
            self.gateway.set(faults=["*=" + what])
            error = self.fails(kind, self.mappings.get, 8080, "TCP")
            self.assertEqual(error.fault, 0)

    def test_unreachable(self):
        self.fails(natupnp.NoGatewayError, natupnp.Client(gateway="http://127.0.0.1:9/x").external_ip)

    def test_no_gateway(self):
        client = natupnp.Client(interface="lo", budget=0.05)
        self.addCleanup(client.close)
        self.fails(natupnp.NoGatewayError, client.external_ip)
        with self.assertRaises(natupnp.NoGatewayError) as raised:
            client.discover()
        self.assertEqual(raised.exception.hresult, 0)  # Windows gives success, and no collection

    def test_gone(self):
        mapping = self.mappings.add(8080, "TCP")
        with self.new_gateway() as other, natupnp.Client(gateway=other.location) as client:
            self.fails(natupnp.GoneError, client.static_mappings.edit, mapping, description="x")

    def test_lost(self):
        self.gateway.put(8080, "TCP", "127.0.0.1", 80, description="old", lease=3600)
        mapping = self.mappings[8080, "TCP"]
        # Refuses the change, takes the old one back when that is tried, and then neither any more.
        self.gateway.set(faults=["AddPortMapping=501:1", "AddPortMapping=no-response-suffix:1", "AddPortMapping=501:2"])
        error = self.fails(natupnp.LostError, mapping.edit, internal_port=81)
        self.assertEqual(error.mapping.description, "old")

    def test_details_are_those_of_the_core(self):
        client = core.client_new(None, None, None, None, None, None)[1]
        for arguments in ((70000, "TCP", None, None, True, None, False), (1, "tcp", None, None, True, None, False),
                          (1, "TCP", 1, "1.2.3.400", True, None, False), (1, "TCP", 1, None, True, "x" * 64, False)):
            status, op = core.static_add(client, *arguments, False)
            self.assertEqual((status, op), (core.E_INVAL, None))
            error = self.fails(natupnp.InvalidArgumentError, self.mappings.add, *arguments[:6], any_port=arguments[6])
            self.assertEqual(error.detail, core.client_last_detail(client))
            self.assertEqual(error.hresult, core.client_last_hresult(client))


if __name__ == "__main__":
    support.main()
