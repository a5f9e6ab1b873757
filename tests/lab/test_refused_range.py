# SPDX-License-Identifier: MIT
"""A gateway whose rules allow only some external ports. miniupnpd says 606 to the others."""

import labtest


class RefusedRange(labtest.LabTest):
    def check(self, igd):
        self.home(igd=igd, rules=["allow 8000-8005 0.0.0.0/0 1-65535"])

        refused = self.natupnp("add", "9000/tcp")
        self.assert_code(1, refused)
        self.assertIn("E_NOT_PERMITTED", refused.error)
        self.assertIn("606", refused.error)

        # A range that fails in part: exit code 1, and both parts are told.
        partly = self.natupnp("add", "8004-8007/udp")
        self.assert_code(1, partly)
        results = {m["external_port"]: m["result"]["status"] for m in partly.json["mappings"]}
        self.assertEqual(results, {8004: "OK", 8005: "OK",
                                   8006: "E_NOT_PERMITTED", 8007: "E_NOT_PERMITTED"})
        own = self.host.address
        self.assertEqual(self.upnpc_list(), {("UDP", 8004): (own, 8004), ("UDP", 8005): (own, 8005)})

    def test_igd1(self):
        self.check(1)

    def test_igd2(self):
        self.check(2)


if __name__ == "__main__":
    labtest.main()
