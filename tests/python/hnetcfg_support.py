# SPDX-License-Identifier: MIT
"""What the tests of natupnp.hnetcfg share."""
import unittest

import support

from natupnp import hnetcfg
from natupnp.hnetcfg import Dispatch, com_error

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
