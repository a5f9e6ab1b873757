# SPDX-License-Identifier: MIT
"""A watching program sleeps between events and renewals, whatever else the LAN has to say."""

import socket
import time

import keeping
import labtest
import netlab
import ssdp
from namespace import LIMIT_S

SPAN_S = 5
PER_SECOND = 10
FOREIGN = netlab.LAN_NET + ".7"

_NOTIFY = ("NOTIFY * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nCACHE-CONTROL: max-age=1800\r\n"
           "LOCATION: http://10.77.0.7:8008/device.xml\r\nNTS: {}\r\nSERVER: x/1 UPnP/1.1 y/1\r\n"
           "NT: {}\r\nUSN: uuid:e1d2c3b4-0000-1111-2222-333344445555::{}\r\nBOOTID.UPNP.ORG: {}\r\n"
           "\r\n")
_TARGETS = ("upnp:rootdevice", "urn:schemas-upnp-org:device:MediaRenderer:1",
            "urn:dial-multiscreen-org:service:dial:1",
            "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
            "urn:schemas-upnp-org:service:WANIPConnection:1")


def switches(process):
    """How often a process has gone to sleep by itself, which is how often it was awake."""
    with open(f"/proc/{process}/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("voluntary_ctxt_switches"):
                return int(line.split()[1])
    raise AssertionError("the kernel does not count them")


def foreign_datagrams():
    """What players, lamps and another gateway announce and search for."""
    for n in range(SPAN_S * PER_SECOND):
        target = _TARGETS[n % len(_TARGETS)]
        if n % 7 == 6:
            yield (f'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\n'
                   f"MX: 1\r\nST: urn:lamp:{n}\r\n\r\n")
        else:
            yield _NOTIFY.format("ssdp:byebye" if n % 5 == 3 else "ssdp:alive", target, target, n)


class Quiet(keeping.KeepTest):
    def settle(self, keeper):
        """Wait until it has slept for a second."""
        end = time.monotonic() + LIMIT_S
        before = switches(keeper.pid)
        while time.monotonic() < end:
            time.sleep(1)
            before, last = switches(keeper.pid), before
            if before == last:
                return
        self.fail("it does not come to rest")

    def ear(self):
        """A socket on the host that hears what is said to all."""
        s = self.host.socket(kind=socket.SOCK_DGRAM)
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        s.bind((ssdp.MULTICAST, 1900))
        s.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP,
                     socket.inet_aton(ssdp.MULTICAST) + socket.inet_aton(self.host.address))
        s.settimeout(LIMIT_S)
        return s

    def test_ten_foreign_datagrams_a_second(self):
        self.home()
        keeper, _ = self.keep(4, words="lease=3600")
        keeper.wait("event", "number-of-entries")
        other = self.lab.add_host("other", FOREIGN)
        with other.socket(kind=socket.SOCK_DGRAM) as s, self.ear() as ear:
            s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(FOREIGN))
            self.settle(keeper)
            before, begin = switches(keeper.pid), time.monotonic()
            for n, datagram in enumerate(foreign_datagrams()):
                s.sendto(datagram.encode(), (ssdp.MULTICAST, 1900))
                time.sleep(max(begin + (n + 1) / PER_SECOND - time.monotonic(), 0))
            awake = switches(keeper.pid) - before
            for _ in range(SPAN_S * PER_SECOND):
                ear.recv(2048)  # or they did not come
        print(f"awake {awake} times during {SPAN_S * PER_SECOND} foreign datagrams")
        self.assertEqual(awake, 0, keeper.story())

        # The count does count, and the gateway's own word is heard.
        self.gateway.end_miniupnpd()
        keeper.wait("event", "gateway-lost")
        self.assertGreater(switches(keeper.pid), before)


if __name__ == "__main__":
    labtest.main()
