# SPDX-License-Identifier: MIT
"""A close removes all that is kept, and nothing else; an end without one leaves it to its lease."""

import time

import keeping
import labtest


class Close(keeping.KeepTest):
    def rules(self):
        return [line for line in self.gateway.must(
            ["nft", "list", "table", "inet", "filter"]).splitlines() if "dnat" in line]

    def check(self, count, words="", **options):
        self.home(**options)
        self.serve()
        self.upnpc("-a", self.host.address, "80", "7000", "TCP")
        keeper, keys = self.keep(count, words=words)
        self.wait_for_traffic(keys)
        self.assertEqual(len(self.rules()), count + 1)
        begin = time.monotonic()
        keeper.tell("close")
        (done,) = keeper.wait("done", "close")
        self.assertEqual(done["status"], "OK", done)
        print(f"{count} removed in {(done['at'] - begin) * 1000:.0f} ms")
        self.assertEqual(len(self.rules()), 1)
        self.assertEqual(self.upnpc_list(), {("TCP", 7000): (self.host.address, 80)})
        self.assert_closed(keys)
        self.assertEqual(self.reached("TCP", 7000), "lan")
        self.assertEqual(keeper.kept(), {})
        for name in ("mapping-lost", "mapping-restored", "mapping-refused"):
            self.assertNotIn(name, keeper.events(begin))
        self.assertEqual(keeper.end(), 0)

    def test_two(self):
        self.check(2)

    def test_fifty(self):
        self.check(50, words="lease=600")

    def test_igd1_in_secure_mode(self):
        self.check(10, igd=1, secure_mode=True)

    def test_an_end_without_a_close(self):
        self.home()
        self.serve()
        keeper, keys = self.keep(2)
        self.assertEqual(keeper.end(), 0)
        self.wait_for_traffic(keys)


if __name__ == "__main__":
    labtest.main()
