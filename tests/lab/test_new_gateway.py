# SPDX-License-Identifier: MIT
"""The default route changes to another gateway: the program goes there, with what it keeps."""

import time

import keeping
import labtest

OTHER = "10.77.0.254"


class NewGateway(keeping.KeepTest):
    def test_the_default_route_changes(self):
        self.home()
        other = self.lab.add_gateway("second", OTHER, "44.129.0")
        other.start_miniupnpd()
        self.serve()
        keeper, keys = self.keep(4)
        (found,) = keeper.wait("event", "gateway-found")
        self.assertEqual(found["location"], self.gateway.location)
        self.wait_for_traffic(keys)

        since = time.monotonic()
        self.host.ip("route", "replace", "default", "via", OTHER)
        (found,) = keeper.wait("event", "gateway-found", since=since)
        self.assertEqual(found["location"], other.location)
        took = self.wait_for_traffic(keys, gateway=other) - since
        print(f"the mappings were on the other gateway after {took * 1000:.0f} ms")
        restored = keeper.wait("event", "mapping-restored", count=len(keys), since=since)
        self.assertEqual({(line["protocol"], line["port"]) for line in restored}, keys)
        (address,) = keeper.wait("event", "external-ip", since=since)
        self.assertEqual(address["ip"], other.wan_address)
        self.assertEqual(keeper.events(since).count("gateway-lost"), 1, keeper.story())
        self.assertEqual(keeper.events(since).count("gateway-found"), 1, keeper.story())
        self.assertEqual({line["kept"] for line in keeper.kept().values()}, {"held"})

        # And what is added from now on is made there.
        keeper.tell(f"add 9000/TCP to={self.PORT}")
        keeper.wait("done", "add", since=since)
        self.wait_for_traffic([("TCP", 9000)], gateway=other)

    def test_the_new_one_is_no_upnp_gateway_and_the_old_one_is_still_there(self):
        self.home()
        self.lab.add_gateway("second", OTHER, "44.129.0")
        keeper, keys = self.keep(1)
        since = time.monotonic()
        self.host.ip("route", "replace", "default", "via", OTHER)
        keeper.wait("event", "gateway-lost", since=since)
        (found,) = keeper.wait("event", "gateway-found", since=since)
        self.assertEqual(found["location"], self.gateway.location)
        time.sleep(1)
        self.assertEqual(keeper.events(since).count("gateway-lost"), 1, keeper.story())
        self.assertEqual({key: line["kept"] for key, line in keeper.kept().items()},
                         {key: "held" for key in keys})


if __name__ == "__main__":
    labtest.main()
