# SPDX-License-Identifier: MIT
"""Where nothing answers: a verdict, but not before a late answer. That it comes within the budget of
3 s is a figure for scripts/bench.sh."""

import labtest
import wire

BUDGET_S = 3.0


class NoGateway(labtest.LabTest):
    def setUp(self):
        super().setUp()
        self.gateway = self.lab.add_gateway()

    def assert_no_gateway(self, host):
        result = self.natupnp("add", "8080/tcp", host=host)
        self.assert_code(3, result)
        self.assertIn("E_NO_GATEWAY", result.error)
        labtest.figure("a verdict where nothing answers", result.seconds, BUDGET_S)
        return result

    def test_a_silent_gateway(self):
        self.gateway.drop_searches()
        self.assertIn("eth0", self.assert_no_gateway(self.lab.add_host()).error)

    def test_a_gateway_that_refuses(self):
        self.assert_no_gateway(self.lab.add_host())

    def test_no_default_route(self):
        self.assert_no_gateway(self.lab.add_host(route=None))

    def test_no_network_at_all(self):
        self.assert_no_gateway(self.lab.add_lonely_host())

    def test_a_late_answer_is_still_taken(self):
        host = self.lab.add_host()
        self.simulator(self.gateway, "--ssdp-delay", "1800", "--external-ip", "44.128.0.1")
        result = self.natupnp("add", "8080/tcp", host=host)
        self.assert_code(0, result)
        self.assertEqual(result.mapping["external_ip"], "44.128.0.1")
        labtest.figure("an add with an answer after 1.8 s", result.seconds, BUDGET_S)

    def test_an_unknown_interface_is_an_error_at_once(self):
        host = self.lab.add_host()
        with wire.Wire(host) as seen:
            result = self.natupnp("info", "--interface", "nosuch0", host=host)
        self.assertNotEqual(result.code, 0, result)
        self.assertIn("nosuch0", result.error)
        self.assertEqual(seen.searches, [])


if __name__ == "__main__":
    labtest.main()
