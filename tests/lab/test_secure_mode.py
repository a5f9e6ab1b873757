# SPDX-License-Identifier: MIT
"""A gateway in secure mode maps only to the host that asks. miniupnpd says 718 (a conflict) to
AddPortMapping for another host, although nothing is mapped there."""

import labtest
import traffic


class SecureMode(labtest.LabTest):
    def check(self, igd):
        self.home(igd=igd, secure_mode=True)
        other = self.lab.add_host("other", "10.77.0.3")

        refused = self.natupnp("add", "8080/tcp", "--to", other.address + ":80")
        self.assert_code(1, refused)
        self.assertIn("E_NOT_PERMITTED", refused.error)
        self.assertEqual(self.upnpc_list(), {})

        with traffic.EchoServer(self.host, "TCP", 80):
            own = self.natupnp("add", "8080/tcp", "--to", self.host.address + ":80")
            self.assert_code(0, own)
            self.assertEqual(self.reached("TCP", 8080), "lan")

        held = self.natupnp("add", "8080/tcp", host=other)
        self.assert_code(1, held)
        self.assertIn("E_CONFLICT", held.error)

        not_ours = self.natupnp("remove", "8080/tcp", host=other)
        self.assert_code(1, not_ours)
        self.assertIn("E_NOT_PERMITTED", not_ours.error)
        self.assertEqual(self.upnpc_list(), {("TCP", 8080): (self.host.address, 80)})

    def test_igd1(self):
        self.check(1)

    def test_igd2(self):
        self.check(2)


if __name__ == "__main__":
    labtest.main()
