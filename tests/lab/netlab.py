# SPDX-License-Identifier: MIT
"""A small Internet in network namespaces: LAN hosts, gateways with kernel NAT, WAN hosts.

    with Lab() as lab:
        gateway = lab.add_gateway()        # 10.77.0.1 on the LAN, 44.128.0.1 towards its WAN host
        host = lab.add_host()              # 10.77.0.2, default route through the gateway
        gateway.start_miniupnpd(secure_mode=True)
        host.run(["upnpc", "-u", gateway.location, "-s"])
        gateway.wan.socket()               # a socket that lives in the WAN host
"""

import atexit
import contextlib
import glob
import os
import shutil
import signal
import tempfile
import time
import uuid

import ssdp
from namespace import LIMIT_S, LabError, Namespace, stop

LAN_NET = "10.77.0"
LAN_GATEWAY = LAN_NET + ".1"
WAN_NET = "44.128.0"  # miniupnpd serves no private or reserved WAN address

_open_labs = []

_NAT = """table inet filter {
    chain forward {
        type filter hook forward priority 0; policy drop;
        ct state established,related accept
        iifname "lan0" oifname "wan0" accept
        jump miniupnpd
    }
    chain miniupnpd { }
    chain prerouting { type nat hook prerouting priority -100; jump prerouting_miniupnpd; }
    chain prerouting_miniupnpd { }
    chain postrouting {
        type nat hook postrouting priority 100;
        jump postrouting_miniupnpd
        oifname "wan0" masquerade
    }
    chain postrouting_miniupnpd { }
}"""

_MINIUPNPD_CONF = """ext_ifname=wan0
listening_ip=lan0
http_port={port}
enable_upnp=yes
enable_natpmp=no
notify_interval=900
friendly_name=Lab gateway
uuid={uuid}
upnp_table_name=filter
upnp_nat_table_name=filter
upnp_forward_chain=miniupnpd
upnp_nat_chain=prerouting_miniupnpd
upnp_nat_postrouting_chain=postrouting_miniupnpd
force_igd_desc_v1={igd1}
secure_mode={secure}
{rules}
deny 0-65535 0.0.0.0/0 0-65535
"""


class Gateway(Namespace):
    """A router: lan0 on the laboratory's LAN, wan0 to a WAN host of its own, NAT between them."""

    def __init__(self, lab, name, address, wan_net):
        super().__init__(name)
        self._lab = lab
        self.location = None
        self._daemon = None
        self._config = os.path.join(lab.folder, name, "miniupnpd.conf")
        self.wan_address = wan_net + ".1"
        self.wan = Namespace(name + "-wan")
        lab.connect(self, "lan0", address)
        self.wan.plug("eth0", wan_net + ".2", self, "wan0")
        self.ip("address", "add", self.wan_address + "/24", "dev", "wan0")
        self.sysctl("net.ipv4.ip_forward", 1)
        self.nft(_NAT)

    def close(self):
        super().close()
        self.wan.close()

    def start_miniupnpd(self, igd=2, secure_mode=False, port=0, identity=None,
                        rules=("allow 1024-65535 0.0.0.0/0 1-65535",)):
        """Start the real daemon and wait until it answers a search; again after its end. It listens
        on any free TCP port unless one is given, and its UUID is made of the identity. The rules
        are its allow and deny lines, which end in a deny of everything."""
        folder = os.path.dirname(self._config)
        os.makedirs(folder, exist_ok=True)
        with open(self._config, "w", encoding="utf-8") as file:
            file.write(_MINIUPNPD_CONF.format(
                uuid=uuid.uuid5(uuid.NAMESPACE_OID, identity or self.name), port=port,
                igd1="yes" if igd == 1 else "no", secure="yes" if secure_mode else "no",
                rules="\n".join(rules)))
        if self._daemon:
            stop(self._daemon)
            with contextlib.suppress(FileNotFoundError):  # a killed daemon leaves it behind
                os.unlink(folder + "/pid")
        # In the foreground it logs so much that it is a thousand times slower. As a daemon it would
        # outlive us, but not the process namespace that ends with its first process, cat.
        self._daemon = self.start(
            ["unshare", "--pid", "--fork", "--kill-child", "sh", "-c",
             'miniupnpd -f "$0" -P "$1" && exec cat', self._config, folder + "/pid"])
        self.location = self._lab.wait_for_gateway(self.address, self._daemon)
        return self._daemon

    def _daemon_ids(self):
        """The process of the daemon, which detaches itself: found by its configuration."""
        for path in glob.glob("/proc/[0-9]*/cmdline"):
            try:
                with open(path, "rb") as file:
                    words = file.read().split(b"\0")
            except OSError:  # it has just ended
                continue
            if words[0] == b"miniupnpd" and self._config.encode() in words:
                yield int(path.split("/")[2])

    def signal_miniupnpd(self, number):
        for process in self._daemon_ids():
            os.kill(process, number)

    def end_miniupnpd(self, number=signal.SIGTERM, limit=LIMIT_S):
        """End the daemon by a signal, SIGKILL to give it no last word, and wait until it is gone."""
        self.signal_miniupnpd(number)
        end = time.monotonic() + limit
        while list(self._daemon_ids()):
            if time.monotonic() > end:
                raise LabError("the daemon does not end")
            time.sleep(0.005)

    def flush_mappings(self):
        """Forget the mappings that the kernel has, as a restart of the whole router does."""
        for chain in ("miniupnpd", "prerouting_miniupnpd", "postrouting_miniupnpd"):
            self.nft(f"flush chain inet filter {chain}")


class Lab:
    """The LAN and everything on it: a context manager that leaves nothing behind."""

    def __init__(self):
        self._parts = []
        self.folder = tempfile.mkdtemp(prefix=f"natupnp-lab-{os.getpid()}-")
        _open_labs.append(self)
        try:
            self.switch = self._keep(Namespace("switch"))
            self.switch.ip("link", "add", "bridge", "type", "bridge", "mcast_snooping", "0")
            self.switch.ip("address", "add", LAN_NET + ".250/24", "dev", "bridge")
            self.switch.ip("link", "set", "bridge", "up")
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        while self._parts:
            self._parts.pop().close()
        shutil.rmtree(self.folder, ignore_errors=True)
        if self in _open_labs:
            _open_labs.remove(self)

    def _keep(self, part):
        self._parts.append(part)
        return part

    def connect(self, machine, interface, address):
        """Plug a machine into the LAN."""
        machine.plug(interface, address, self.switch, machine.name)
        self.switch.ip("link", "set", machine.name, "master", "bridge")
        end = time.monotonic() + 60
        while "state UP" not in machine.ip("link", "show", "dev", interface):
            if time.monotonic() > end:
                raise LabError(f"{interface} of {machine.name} does not come up")
            time.sleep(0.01)  # the kernel tells that both ends are up when it comes to it

    def add_gateway(self, name="gateway", address=LAN_GATEWAY, wan_net=WAN_NET):
        return self._keep(Gateway(self, name, address, wan_net))

    def add_host(self, name="lan", address=LAN_NET + ".2", route=LAN_GATEWAY):
        """A host on the LAN, at its eth0; route is its default gateway, or None."""
        host = self._keep(Namespace(name))
        self.connect(host, "eth0", address)
        if route:
            host.ip("route", "add", "default", "via", route)
        return host

    def add_lonely_host(self, name="lonely"):
        """A host with a loopback interface and nothing else."""
        return self._keep(Namespace(name))

    def wait_for_gateway(self, address, process, limit=LIMIT_S):
        """The LOCATION of a gateway that is starting, as soon as it answers a search."""
        end, wait = time.monotonic() + limit, 0.1
        while time.monotonic() < end:
            if process.poll() is not None:
                raise LabError(f"the gateway at {address} ended with code {process.returncode}")
            answer = ssdp.search(self.switch, address, wait=wait)
            wait *= 1.5  # a busy machine answers later
            if answer:
                return answer.location
        raise LabError(f"the gateway at {address} answered no search within {limit} s")


def _close_all(*_):
    while _open_labs:
        _open_labs[-1].close()


def close_at_exit():
    """Close what is open at the end of the program, also after SIGTERM or SIGHUP."""
    def interrupt(*_):
        raise KeyboardInterrupt
    atexit.register(_close_all)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
