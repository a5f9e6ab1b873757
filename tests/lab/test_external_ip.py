# SPDX-License-Identifier: MIT
"""The gateway gets another WAN address: the program knows it when the gateway says so, and asks
for nothing."""

import re
import signal
import time

import keeping
import labtest
import wire

NEW = "44.128.0.77"
PROMISED_S = 0.25


def told(request):
    """The external address in a GENA message, or None."""
    found = re.search(r"<ExternalIPAddress>(.*?)</ExternalIPAddress>", request.body)
    return found[1] if request.method == "NOTIFY" and found else None


class ExternalIp(keeping.KeepTest):
    IGD = 2

    def change(self, without=False, given=False):
        """The address goes and the new one comes, at once or when the gateway has told that it is
        without. The program searches for the gateway, or is given its URL."""
        self.home(igd=self.IGD)
        self.serve()
        keeper, keys = self.keep(2, words="lease=3600",
                                 options=("--gateway", self.gateway.location) if given else ())
        (first,) = keeper.wait("event", "external-ip")
        self.assertEqual(first["ip"], self.gateway.wan_address)
        changed = time.monotonic()
        with wire.Wire(self.gateway, "lan0") as gateway, wire.Wire(self.host) as host:
            self.gateway.ip("address", "del", self.gateway.wan_address + "/24", "dev", "wan0")
            if without:  # until the gateway has told that it has none
                gateway.wait(lambda: "0.0.0.0" in map(told, gateway.requests))
            self.gateway.ip("address", "add", NEW + "/24", "dev", "wan0")
            try:
                keeper.wait("event", "external-ip", since=changed, limit=2)
            except AssertionError:
                # A change that comes while it is telling another miniupnpd does not tell, until it
                # is made to look again. Had it told this one, the wire would show that below.
                self.gateway.signal_miniupnpd(signal.SIGUSR1)
                keeper.wait("event", "external-ip", since=changed)
            time.sleep(1)  # for what should not come

        self.gateway.wan_address = NEW
        self.wait_for_traffic(keys)
        addresses = [told(request) for request in gateway.requests]
        self.assertIn(NEW, addresses, "the gateway did not tell its new address")
        notice = gateway.requests[addresses.index(NEW)]
        events = keeper.said("event", "external-ip", since=changed)
        self.assertEqual([event["ip"] for event in events], [NEW], keeper.story())
        delay = events[0]["at"] - notice.when
        print(f"IGD:{self.IGD} the gateway told {addresses}")
        labtest.figure("an event after the gateway's notice", delay, PROMISED_S)
        self.assertEqual(host.actions(), {}, "it was asked for")
        self.assertEqual(host.searches, [])

    def test_one_after_the_other(self):
        self.change()

    def test_of_a_gateway_whose_url_was_given(self):
        self.change(given=True)

    def test_without_an_address_in_between(self):
        self.change(without=True)


class ExternalIpOfIgd1(ExternalIp):
    IGD = 1


class Firewall(keeping.KeepTest):
    def test_behind_a_firewall_that_no_event_passes(self):
        """The gateway grants a subscription; what it tells does not arrive."""
        self.home()
        self.host.drop_input_but_established()
        keeper, _ = self.keep(1)
        (found,) = keeper.wait("event", "gateway-found")
        (told_late,) = keeper.wait("event", "external-ip")
        self.assertEqual(told_late["ip"], self.gateway.wan_address)
        print(f"the address was asked for after {told_late['at'] - found['at']:.1f} s")


if __name__ == "__main__":
    labtest.main()
