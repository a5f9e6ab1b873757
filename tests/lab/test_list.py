# SPDX-License-Identifier: MIT
"""A listing holds what Debian's client lists, whoever made the mappings."""

import labtest

MAPPINGS = 40


class List(labtest.LabTest):
    def listed(self):
        result = self.natupnp("list")
        self.assert_code(0, result)
        entries = result.json["mappings"]
        found = {(m["protocol"], m["external_port"]): (m["internal_client"], m["internal_port"])
                 for m in entries}
        self.assertEqual(len(found), len(entries), "a key is listed twice")
        return entries, found

    def check(self, igd):
        self.home(igd=igd)
        self.assertEqual(self.listed(), ([], {}))
        other = self.lab.add_host("other", "10.77.0.3")
        made = {}
        for n in range(MAPPINGS):
            host = (self.host, other)[n % 2]
            protocol = ("TCP", "UDP")[n // 2 % 2]
            port = 2000 + n * 1237 % 60000
            self.upnpc("-e", f"number {n}", "-a", host.address, str(100 + n), str(port), protocol,
                       host=host)
            made[protocol, port] = (host.address, 100 + n)
        entries, found = self.listed()
        self.assertEqual(found, made)
        self.assertEqual(found, self.upnpc_list())
        for entry in entries:
            self.assertEqual(entry["description"], f"number {entry['internal_port'] - 100}")
            self.assertIs(entry["enabled"], True)

    def test_igd1(self):
        self.check(1)

    def test_igd2(self):
        self.check(2)


if __name__ == "__main__":
    labtest.main()
