# SPDX-License-Identifier: MIT
"""All that test_nat.py proves, against a gateway of version 1."""

import labtest
import test_nat


class NatThroughIgd1(test_nat.Nat):
    IGD = 1

    def test_version_1_is_seen(self):
        info = self.natupnp("info")
        self.assert_code(0, info)
        self.assertIn("WANIPConnection:1", info.stdout)


if __name__ == "__main__":
    labtest.main()
