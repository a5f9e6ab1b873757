# SPDX-License-Identifier: MIT
"""Two gateways on one LAN: the one of the default route is used, and the other only in need."""

import labtest
import wire

OTHER = "10.77.0.254"
WAITS_S = 0.3  # for the default gateway, once another has answered


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

    def assert_default_chosen(self, times):
        """It is, each time that it answered before it was given up, as the wire shows."""
        while times:
            with wire.Wire(self.host) as seen:
                chosen = self.external_ip()
            own = [when for when, source in seen.answers if source == self.gateway.address]
            if own and own[0] < seen.answers[0][0] + WAITS_S / 2:
                self.assertEqual(chosen, self.gateway.wan_address)
                times -= 1

    def test_the_default_gateway_is_chosen(self):
        self.start_other_miniupnpd()
        self.gateway.start_miniupnpd()
        self.assert_default_chosen(1)

    def test_also_when_the_other_answers_faster(self):
        self.start_fast_other()
        self.gateway.start_miniupnpd()
        self.assert_default_chosen(5)

    def test_the_other_one_of_a_silent_default_gateway(self):
        self.gateway.drop_searches()
        other = self.start_other_miniupnpd()
        self.assertEqual(self.external_ip(), other.wan_address)

    def test_the_other_one_of_a_default_gateway_without_upnp(self):
        other = self.start_other_miniupnpd()  # port 1900 of the default gateway is closed
        self.assertEqual(self.external_ip(), other.wan_address)

    def test_a_silent_default_gateway_is_not_waited_for_longer(self):
        self.gateway.drop_searches()
        self.start_fast_other()
        added = self.natupnp("add", "8080/tcp")
        self.assert_code(0, added)
        labtest.figure("an add with a silent default gateway", added.seconds, WAITS_S + 0.05)

    def test_both_are_listed(self):
        other = self.start_other_miniupnpd()
        self.gateway.start_miniupnpd()
        info = self.natupnp("info", "--all")
        self.assert_code(0, info)
        self.assertIn(self.gateway.location, info.stdout)
        self.assertIn(other.location, info.stdout)


if __name__ == "__main__":
    labtest.main()
