# SPDX-License-Identifier: MIT
"""Two gateways on one LAN: the one of the default route is used, and the other only in need."""

import labtest

OTHER = "10.77.0.254"


class TwoGateways(labtest.LabTest):
    def setUp(self):
        super().setUp()
        self.gateway = self.lab.add_gateway()
        self.host = self.lab.add_host()

    def start_other_miniupnpd(self):
        other = self.lab.add_gateway("second", OTHER, "44.129.0")
        other.start_miniupnpd()
        return other

    def start_fast_other(self):
        self.simulator(self.lab.add_host("second", OTHER))

    def external_ip(self):
        added = self.natupnp("add", "8080/tcp")
        self.assert_code(0, added)
        return added.mapping["external_ip"]

    def test_the_default_gateway_is_chosen(self):
        self.start_other_miniupnpd()
        self.gateway.start_miniupnpd()
        self.assertEqual(self.external_ip(), self.gateway.wan_address)

    def test_also_when_the_other_answers_faster(self):
        self.start_fast_other()
        self.gateway.start_miniupnpd()
        for _ in range(5):
            self.assertEqual(self.external_ip(), self.gateway.wan_address)

    def test_the_other_one_of_a_silent_default_gateway(self):
        self.gateway.drop_searches()
        other = self.start_other_miniupnpd()
        self.assertEqual(self.external_ip(), other.wan_address)

    def test_the_other_one_of_a_default_gateway_without_upnp(self):
        other = self.start_other_miniupnpd()  # port 1900 of the default gateway is closed
        self.assertEqual(self.external_ip(), other.wan_address)

    def test_a_silent_default_gateway_costs_little(self):
        self.gateway.drop_searches()
        self.start_fast_other()
        added = self.natupnp("add", "8080/tcp")
        self.assert_code(0, added)
        self.assertLess(added.seconds, 0.3 + labtest.MARGIN_S)

    def test_both_are_listed(self):
        other = self.start_other_miniupnpd()
        self.gateway.start_miniupnpd()
        info = self.natupnp("info", "--all")
        self.assert_code(0, info)
        self.assertIn(self.gateway.location, info.stdout)
        self.assertIn(other.location, info.stdout)


if __name__ == "__main__":
    labtest.main()
