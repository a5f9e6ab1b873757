# SPDX-License-Identifier: MIT
"""The host gets another LAN address: what it keeps leads there, or an event says that
the gateway refuses, and another external port is taken if that was allowed."""

import time

import keeping
import labtest
import netlab

OLD = netlab.LAN_NET + ".2"
NEW = netlab.LAN_NET + ".99"
PROMISED_S = 3.0


class NewAddress(keeping.KeepTest):
    def begin(self, count, words="", **options):
        self.home(**options)
        self.serve()
        keeper, keys = self.keep(count, words=words)
        self.wait_for_traffic(keys)
        return keeper, keys

    def move(self, new_first=False):
        """As a DHCP client does it, which has lost its address; or with both for a moment."""
        host, begin = self.host, time.monotonic()
        if new_first:
            host.sysctl("net.ipv4.conf.eth0.promote_secondaries", 1)
            host.ip("address", "add", NEW + "/24", "broadcast", "+", "dev", "eth0")
        host.ip("address", "del", OLD + "/24", "dev", "eth0")
        if not new_first:
            host.ip("address", "add", NEW + "/24", "broadcast", "+", "dev", "eth0")
        host.ip("route", "replace", "default", "via", netlab.LAN_GATEWAY)
        host.address = NEW
        return begin

    def check_followed(self, count, **how):
        keeper, keys = self.begin(count)
        moved = self.move(**how)
        took = self.wait_for_traffic(keys) - moved
        labtest.figure(f"{len(keys)} mappings led to the host's new address", took, PROMISED_S)
        self.assertEqual(self.upnpc_list(), {key: (NEW, self.PORT) for key in keys})
        restored = keeper.wait("event", "mapping-restored", count=len(keys), since=moved)
        self.assertEqual({line["client"] for line in restored}, {NEW})
        self.assertEqual({line["kept"] for line in keeper.kept().values()}, {"held"})
        self.assertNotIn("mapping-refused", keeper.events(moved))

    def test_another_address(self):
        self.check_followed(2)

    def test_another_address_before_the_old_one_goes(self):
        self.check_followed(2, new_first=True)

    def test_fifty_mappings(self):
        self.check_followed(50)

    def check_refused(self, **options):
        keeper, keys = self.begin(2, secure_mode=True, **options)
        moved = self.move()
        keeper.wait("event", "mapping-refused", count=2, since=moved)
        time.sleep(1)
        self.assertEqual(len(keeper.said("event", "mapping-refused", moved)), 2, keeper.story())
        self.assertEqual(self.upnpc_list(), {key: (OLD, self.PORT) for key in keys})
        self.assertEqual({line["kept"] for line in keeper.kept().values()}, {"refused"})

    def test_a_gateway_in_secure_mode(self):
        self.check_refused()

    def test_a_gateway_in_secure_mode_igd1(self):
        self.check_refused(igd=1)

    def check_another_port(self, **options):
        keeper, keys = self.begin(2, words="any", secure_mode=True, **options)
        moved = self.move()
        keeper.wait("event", "mapping-refused", count=2, since=moved)
        restored = keeper.wait("event", "mapping-restored", count=2, since=moved)
        taken = {(line["protocol"], line["port"]) for line in restored}
        took = self.wait_for_traffic(taken) - moved
        labtest.figure("other ports led to the host's new address", took, PROMISED_S)
        self.assertEqual(taken & keys, set())
        self.assertEqual(self.upnpc_list(), {**{key: (OLD, self.PORT) for key in keys},
                                             **{key: (NEW, self.PORT) for key in taken}})
        self.assertEqual({key: line["kept"] for key, line in keeper.kept().items()},
                         {key: "held" for key in taken})

    def test_another_port_in_secure_mode(self):
        self.check_another_port()

    def test_another_port_in_secure_mode_igd1(self):
        self.check_another_port(igd=1)


if __name__ == "__main__":
    labtest.main()
