# SPDX-License-Identifier: MIT
"""The gateway says goodbye and comes back: one word of each, and the kept mappings are there."""

import time

import keeping
import labtest


class Byebye(keeping.KeepTest):
    def test_it_goes_and_comes_back(self):
        self.home()
        self.serve()
        keeper, keys = self.keep(2)
        keeper.wait("event", "gateway-found")

        since = time.monotonic()
        self.gateway.end_miniupnpd()
        self.gateway.flush_mappings()
        (lost,) = keeper.wait("event", "gateway-lost", since=since)
        self.assertEqual(lost["location"], self.gateway.location)
        time.sleep(1)  # for what should not come
        self.assertEqual(keeper.events(since).count("gateway-lost"), 1, keeper.story())
        self.assertNotIn("gateway-found", keeper.events(since))

        back = time.monotonic()
        self.gateway.start_miniupnpd()
        (found,) = keeper.wait("event", "gateway-found", since=back)
        self.assertEqual(found["location"], self.gateway.location)
        self.wait_for_traffic(keys)
        restored = keeper.wait("event", "mapping-restored", count=len(keys), since=back)
        self.assertEqual({(line["protocol"], line["port"]) for line in restored}, keys)
        time.sleep(1)
        self.assertEqual(keeper.events(since).count("gateway-lost"), 1, keeper.story())
        self.assertEqual(keeper.events(since).count("gateway-found"), 1, keeper.story())

    def test_the_kernel_still_has_the_mappings(self):
        """Only the daemon is started anew: nothing was lost."""
        self.home()
        self.serve()
        keeper, keys = self.keep(2, words="lease=600")
        since = time.monotonic()
        self.gateway.end_miniupnpd()
        keeper.wait("event", "gateway-lost", since=since)
        self.wait_for_traffic(keys)
        self.gateway.start_miniupnpd()
        keeper.wait("event", "gateway-found", since=since)
        time.sleep(1)  # for what should not come
        for name in ("mapping-lost", "mapping-restored", "mapping-refused"):
            self.assertNotIn(name, keeper.events(since))
        self.wait_for_traffic(keys)
        self.assertEqual({key: line["kept"] for key, line in keeper.kept().items()},
                         {key: "held" for key in keys})

    def test_without_mappings(self):
        self.home()
        keeper = self.keeper()
        keeper.wait("event", "gateway-found")
        keeper.wait("event", "external-ip")
        since = time.monotonic()
        self.gateway.end_miniupnpd()
        keeper.wait("event", "gateway-lost", since=since)
        self.gateway.start_miniupnpd()
        keeper.wait("event", "gateway-found", since=since)
        keeper.wait("event", "number-of-entries", since=since)
        self.assertEqual(keeper.events(since).count("gateway-lost"), 1, keeper.story())
        self.assertEqual(keeper.events(since).count("gateway-found"), 1, keeper.story())


if __name__ == "__main__":
    labtest.main()
