# SPDX-License-Identifier: MIT
"""A connection from the WAN reaches the LAN through the mapping just made, and only while it is
there."""

import labtest
import traffic


class Nat(labtest.LabTest):
    IGD = 2

    def setUp(self):
        super().setUp()
        self.home(igd=self.IGD)

    def test_tcp_and_udp(self):
        for protocol in ("TCP", "UDP"):
            key = f"8080/{protocol.lower()}"
            with self.subTest(protocol), traffic.EchoServer(self.host, protocol, 80):
                self.assertIsNone(self.reached(protocol, 8080))

                added = self.natupnp("add", key, "--to", self.host.address + ":80",
                                     "--description", "Büro & Co <1>")
                self.assert_code(0, added)
                mapping = added.mapping
                self.assertEqual(mapping["result"]["status"], "OK")
                self.assertEqual(mapping["external_ip"], self.gateway.wan_address)
                self.assertEqual(mapping["external_port"], 8080)
                self.assertEqual(mapping["protocol"], protocol)
                self.assertEqual(mapping["internal_client"], self.host.address)
                self.assertEqual(mapping["internal_port"], 80)
                self.assertEqual(self.reached(protocol, 8080), "lan")

                listed = self.natupnp("list")
                self.assert_code(0, listed)
                self.assertEqual(listed.mapping["description"], "Büro & Co <1>")
                self.assertEqual(listed.mapping["external_port"], 8080)

                removed = self.natupnp("remove", key)
                self.assert_code(0, removed)
                self.assertEqual(removed.mapping["result"]["status"], "OK")
                self.assertIsNone(self.reached(protocol, 8080))
                self.assertEqual(self.upnpc_list(), {})

    def test_own_address_and_same_port_are_the_default(self):
        with traffic.EchoServer(self.host, "TCP", 8080):
            self.assert_code(0, self.natupnp("add", "8080/tcp"))
            self.assertEqual(self.reached("TCP", 8080), "lan")

    def test_a_second_add_points_the_mapping_elsewhere(self):
        with traffic.EchoServer(self.host, "TCP", 81):
            self.assert_code(0, self.natupnp("add", "8080/tcp", "--to", self.host.address + ":80"))
            self.assertIsNone(self.reached("TCP", 8080))
            self.assert_code(0, self.natupnp("add", "8080/tcp", "--to", self.host.address + ":81"))
            self.assertEqual(self.reached("TCP", 8080), "lan")

    def test_a_range(self):
        self.assert_code(0, self.natupnp("add", "8000-8004/tcp"))
        mapped = {("TCP", port): (self.host.address, port) for port in range(8000, 8005)}
        self.assertEqual(self.upnpc_list(), mapped)
        self.assert_code(0, self.natupnp("remove", "8000-8004/tcp"))
        self.assertEqual(self.upnpc_list(), {})

    def test_removing_what_is_not_there(self):
        removed = self.natupnp("remove", "8080/tcp")
        self.assert_code(1, removed)
        self.assertIn("E_NOT_FOUND", removed.error)

    def test_a_mapping_of_another_host_is_a_conflict(self):
        other = self.lab.add_host("other", "10.77.0.3")
        self.upnpc("-a", other.address, "80", "8080", "TCP", host=other)
        added = self.natupnp("add", "8080/tcp")
        self.assert_code(1, added)
        self.assertIn("E_CONFLICT", added.error)
        self.assertEqual(self.upnpc_list(), {("TCP", 8080): (other.address, 80)})


if __name__ == "__main__":
    labtest.main()
