# SPDX-License-Identifier: MIT
"""Behind a host firewall that drops all input but established: answers to a unicast search come
through, those to a multicast search do not."""

import labtest

OTHER = "10.77.0.254"


class Firewall(labtest.LabTest):
    def setUp(self):
        super().setUp()
        self.home()
        self.host.drop_input_but_established()

    def test_the_gateway_is_found(self):
        added = self.natupnp("add", "8080/tcp")
        self.assert_code(0, added)
        self.assertEqual(self.upnpc_list(), {("TCP", 8080): (self.host.address, 8080)})

    def test_so_is_a_default_gateway_that_answers_multicast_only(self):
        # Its answer comes in through the hole that the unicast search has made, being lost itself.
        self.gateway.drop_searches(self.gateway.address)
        self.assert_code(0, self.natupnp("add", "8080/tcp"))

    def test_another_gateway_is_not_and_the_firewall_is_suspected(self):
        self.gateway.drop_searches()
        self.lab.add_gateway("second", OTHER, "44.129.0").start_miniupnpd()
        added = self.natupnp("add", "8080/tcp")
        self.assert_code(3, added)
        self.assertIn("E_NO_GATEWAY", added.error)
        self.assertIn("firewall", added.error)
        self.assertEqual(self.upnpc_list(), {})

        unprotected = self.lab.add_host("unprotected", "10.77.0.3")
        self.assert_code(0, self.natupnp("add", "8080/tcp", host=unprotected))


if __name__ == "__main__":
    labtest.main()
