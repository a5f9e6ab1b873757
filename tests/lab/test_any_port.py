# SPDX-License-Identifier: MIT
"""Any free port: nobody's mapping is replaced, also not one of the same host."""

import labtest
import traffic


class AnyPort(labtest.LabTest):
    IGD = 2

    def setUp(self):
        super().setUp()
        self.home(igd=self.IGD)

    def add_any(self, **options):
        added = self.natupnp("add", "7000/udp", "--any", **options)
        self.assert_code(0, added)
        return added.mapping["external_port"]

    def test_one_program_after_the_other(self):
        first, second = self.add_any(), self.add_any()
        self.assertEqual(first, 7000)
        self.assertNotEqual(second, first)
        own = (self.host.address, 7000)
        self.assertEqual(self.upnpc_list(), {("UDP", first): own, ("UDP", second): own})
        with traffic.EchoServer(self.host, "UDP", 7000):
            self.assertEqual(self.reached("UDP", first), "lan")
            self.assertEqual(self.reached("UDP", second), "lan")

    def test_hosts_side_by_side(self):
        other = self.lab.add_host("other", "10.77.0.3")
        running = [self.start_natupnp("add", "7000/udp", "--any", host=host)
                   for host in (self.host, other)]
        results = [self.finish(process) for process in running]
        ports = []
        for result in results:
            self.assert_code(0, result)
            ports.append(result.mapping["external_port"])
        self.assertEqual(self.upnpc_list(), {("UDP", ports[0]): (self.host.address, 7000),
                                             ("UDP", ports[1]): (other.address, 7000)})

    def test_a_foreign_mapping_stays(self):
        other = self.lab.add_host("other", "10.77.0.3")
        self.upnpc("-a", other.address, "7000", "7000", "UDP", host=other)
        port = self.add_any()
        self.assertNotEqual(port, 7000)
        self.assertEqual(self.upnpc_list(), {("UDP", 7000): (other.address, 7000),
                                             ("UDP", port): (self.host.address, 7000)})

    def test_an_own_mapping_to_another_port_stays(self):
        self.upnpc("-a", self.host.address, "1234", "7000", "UDP")
        port = self.add_any()
        self.assertEqual(self.upnpc_list(), {("UDP", 7000): (self.host.address, 1234),
                                             ("UDP", port): (self.host.address, 7000)})


class AnyPortThroughIgd1(AnyPort):
    IGD = 1


if __name__ == "__main__":
    labtest.main()
