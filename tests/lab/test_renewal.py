# SPDX-License-Identifier: MIT
"""Mappings with a lease of 15 s, kept for half a minute: there at every moment, and renewed no more
often than once in half a lease."""

import collections
import re
import subprocess
import threading
import time

import keeping
import labtest
import wire
from namespace import LIMIT_S

LEASE_S = 15
SPAN_S = 30
COUNT = 4


class Rules:
    """What the kernel tells of changes of the gateway's rules, the shortest too."""

    def __init__(self, gateway):
        self._removed = []
        process = gateway.start(["nft", "monitor", "rules"], stdout=subprocess.PIPE, text=True)
        threading.Thread(target=self._read, args=(process.stdout,), daemon=True).start()

    def _read(self, stream):
        for line in stream:
            if line.startswith("delete rule"):
                self._removed.append(line.strip())

    def removed(self, at_least=0, limit=LIMIT_S):
        """The rules that were removed; waits for so many."""
        end = time.monotonic() + limit
        while len(self._removed) < at_least and time.monotonic() < end:
            time.sleep(0.01)
        return list(self._removed)


class Renewal(keeping.KeepTest):
    def check(self, igd):
        self.home(igd=igd)
        self.serve()
        keeper, keys = self.keep(COUNT, words=f"lease={LEASE_S}")
        self.wait_for_traffic(keys)
        rules = Rules(self.gateway)
        gaps, tries, shots = [], 0, 0
        begin = time.monotonic()
        with wire.Wire(self.host) as seen:
            while time.monotonic() < begin + SPAN_S:
                for protocol, port in sorted(keys):
                    tries += 1
                    if self.reached(protocol, port) != "lan":
                        gaps.append((round(time.monotonic() - begin, 1), protocol, port))
                listing = self.gateway.must(["nft", "list", "chain", "inet", "filter",
                                             "prerouting_miniupnpd"])
                shots += 1
                if listing.count("dnat") != COUNT:
                    gaps.append((round(time.monotonic() - begin, 1), listing))
                time.sleep(0.1)
        span = time.monotonic() - begin

        renewals = collections.Counter(
            (re.search("<NewProtocol>(.*?)<", request.body)[1],
             int(re.search("<NewExternalPort>(.*?)<", request.body)[1]))
            for request in seen.requests if request.action == "AddPortMapping")
        print(f"IGD:{igd} renewals in {span:.0f} s: {dict(renewals)}; {tries} connections and "
              f"{shots} looks at the rules, "
              f"{len(gaps)} of them in vain")
        self.assertEqual(gaps, [])
        self.assertEqual(rules.removed(), [])
        self.assertEqual(set(renewals), keys)
        for key, count in renewals.items():
            self.assertLessEqual(count, span // (LEASE_S / 2), key)
        self.assertEqual({name for name in keeper.events(begin)} - {"number-of-entries"},
                         {"mapping-renewed"})
        self.assertEqual(sum(renewals.values()), len(keeper.said("event", "mapping-renewed")))

        keeper.tell("remove 8000/TCP")  # which shows that it would have been seen
        self.assertGreater(len(rules.removed(at_least=1)), 0)

    def test_igd2(self):
        self.check(2)


if __name__ == "__main__":
    labtest.main()
