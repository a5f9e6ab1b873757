# SPDX-License-Identifier: MIT
"""The gateway dies without a word and comes back empty: every kept mapping is there again, and
carries traffic; within 3 s of its first sign of life, which is a figure for scripts/bench.sh."""

import signal
import time

import keeping
import labtest
import ssdp
import wire

PROMISED_S = 3.0


class Restart(keeping.KeepTest):
    def check(self, count, before, after, missed=False, watching=True, given=False):
        """The program has missed the gateway before it comes back when a renewal was due; it was
        given the gateway's URL, or searches for it."""
        self.home(**before)
        self.serve()
        options = () if watching else ("--no-watch",)
        if given:
            options = (*options, "--gateway", self.gateway.location)
        keeper, keys = self.keep(count, words="lease=6" if missed else "", options=options)
        self.wait_for_traffic(keys)

        # Its BOOTID is the second when it started: as with a router, the next is another one.
        boot = ssdp.boot(ssdp.search(self.host, self.gateway.address))
        while int(time.time()) <= boot:
            time.sleep(0.01)
        since = time.monotonic()
        self.gateway.end_miniupnpd(signal.SIGKILL)
        self.gateway.flush_mappings()
        self.assert_closed(list(keys)[:2])
        if missed:
            keeper.wait("event", "gateway-lost")
        with wire.Wire(self.gateway, "lan0") as seen:
            self.gateway.start_miniupnpd(**after)
            carried = self.wait_for_traffic(keys)

        signs = [when for when, _ in seen.notices + seen.answers] + seen.accepts
        labtest.figure(f"{len(keys)} kept mappings carried traffic after the first sign of life",
                       carried - min(signs), PROMISED_S)
        if watching:
            self.check_events(keeper, keys, since, given)
        self.assertEqual(self.upnpc_list(), {
            key: (self.host.address, self.PORT) for key in keys})
        self.assertEqual({key: line["kept"] for key, line in keeper.kept().items()},
                         {key: "held" for key in keys})

    def check_events(self, keeper, keys, since, given):
        restored = keeper.wait("event", "mapping-restored", count=len(keys), since=since)
        self.assertEqual({(line["protocol"], line["port"]) for line in restored}, keys)
        events = keeper.events(since)
        if not given:  # else it hears no announcement, and may ask when the gateway is back already
            self.assertEqual(events.count("gateway-lost"), 1, keeper.story())
        self.assertLessEqual(events.count("gateway-lost"), 1, keeper.story())
        self.assertEqual(events.count("gateway-found"), events.count("gateway-lost"), keeper.story())

    def test_one_mapping(self):
        self.check(1, {"port": 5000}, {"port": 5000})

    def test_fifty_mappings(self):
        self.check(50, {"port": 5000}, {"port": 5000})

    def test_elsewhere(self):
        self.check(1, {"port": 5000}, {"port": 5001, "identity": "another"})

    def test_fifty_mappings_elsewhere(self):
        self.check(50, {"port": 5000, "igd": 1},
                   {"port": 5001, "igd": 1, "identity": "another"})

    def test_a_program_that_does_not_watch(self):
        self.check(2, {"port": 5000}, {"port": 5000}, watching=False)

    def test_a_given_gateway(self):
        self.check(2, {"port": 5000}, {"port": 5000}, given=True)

    def test_the_same_boot(self):
        """A router without a clock starts in the same second each time."""
        self.home(port=5000)
        self.serve()
        keeper, keys = self.keep(2)
        self.wait_for_traffic(keys)
        boot = ssdp.boot(ssdp.search(self.host, self.gateway.address))
        time.sleep(2)  # what it announces within 2 s is one burst
        self.gateway.end_miniupnpd(signal.SIGKILL)
        self.gateway.flush_mappings()
        # Its own announcements, which tell another second, are not heard.
        self.gateway.nft("add table ip mute\nadd chain ip mute out "
                         "{ type filter hook output priority 0; }\n"
                         f"add rule ip mute out ip daddr {ssdp.MULTICAST} drop")
        self.gateway.start_miniupnpd(port=5000)
        time.sleep(1)
        self.assert_closed(list(keys))
        self.gateway.nft("delete table ip mute")
        told = time.monotonic()
        ssdp.announce(self.gateway, self.gateway.location, boot)
        took = self.wait_for_traffic(keys) - told
        labtest.figure("2 kept mappings carried traffic after the same boot was told", took,
                       PROMISED_S)
        self.assertEqual({key: line["kept"] for key, line in keeper.kept().items()},
                         {key: "held" for key in keys})

    def test_after_it_was_missed(self):
        self.check(4, {"port": 5000}, {"port": 5000}, missed=True)

    def test_elsewhere_after_it_was_missed(self):
        self.check(4, {"port": 5000}, {"port": 5001, "identity": "another"}, missed=True)


if __name__ == "__main__":
    labtest.main()
