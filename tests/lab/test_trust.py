# SPDX-License-Identifier: MIT
"""A search answer that names another host: what it names is looked for at the address that
answered, and nowhere else."""

import labtest
import netlab
import wire

PORT = 5555


class Trust(labtest.LabTest):
    def check(self, location):
        self.gateway = self.lab.add_gateway()
        self.host = self.lab.add_host()
        self.simulator(self.gateway, "--port", str(PORT), "--location", location)
        with wire.Wire(self.host) as seen:
            added = self.natupnp("add", "8080/tcp")
        self.assert_code(0, added)
        self.assertEqual({peer for _, peer, _ in seen.connects}, {netlab.LAN_GATEWAY})

    def test_loopback(self):
        self.check(f"http://127.0.0.1:{PORT}/rootDesc.xml")

    def test_loopback_of_ipv6(self):
        self.check(f"http://[::1]:{PORT}/rootDesc.xml")

    def test_a_foreign_host(self):
        self.check(f"http://44.128.0.9:{PORT}/rootDesc.xml")

    def test_another_host_of_the_lan(self):
        self.check(f"http://{netlab.LAN_NET}.7:{PORT}/rootDesc.xml")


if __name__ == "__main__":
    labtest.main()
