# SPDX-License-Identifier: MIT
"""The laboratory itself, proved with Debian's client and raw sockets."""

import glob
import os
import shutil
import subprocess
import sys
import textwrap
import time
import urllib.parse

import labtest
import netlab
import ssdp
import traffic
import wire
from namespace import LIMIT_S


class Lab(labtest.LabTest):
    def test_nat(self):
        self.home()
        for protocol in ("TCP", "UDP"):
            with self.subTest(protocol), traffic.EchoServer(self.host, protocol, 80):
                self.assertIsNone(self.reached(protocol, 8080))
                self.upnpc("-a", self.host.address, "80", "8080", protocol)
                self.assertEqual(self.reached(protocol, 8080), "lan")
                self.assertEqual(self.upnpc_list(), {(protocol, 8080): (self.host.address, 80)})
                self.upnpc("-d", "8080", protocol)
                self.assertIsNone(self.reached(protocol, 8080))

    def test_hosts_reach_the_wan_through_masquerading(self):
        self.home()
        with traffic.EchoServer(self.gateway.wan, "TCP", 7):
            self.assertEqual(traffic.exchange(self.host, "TCP", self.gateway.wan.address, 7),
                             "gateway-wan")

    def test_wire_counts(self):
        self.home()
        with wire.Wire(self.host) as seen:
            ssdp.search(self.host, self.gateway.address)
            self.upnpc("-a", self.host.address, "80", "8080", "TCP")
        self.assertEqual([(to, target) for _, to, target in seen.searches],
                         [(self.gateway.address, ssdp.IGD1)])
        self.assertEqual(len(seen.answers), 1)
        self.assertEqual(seen.gets(), ["/rootDesc.xml"])
        self.assertEqual(seen.actions()["AddPortMapping"], 1)
        self.assertEqual(len(seen.connects), len(seen.requests))

    def test_igd_versions(self):
        for igd in (1, 2):
            with self.subTest(igd=igd):
                gateway = self.lab.add_gateway(f"igd{igd}", f"{netlab.LAN_NET}.{10 + igd}",
                                               f"44.128.{igd}")
                gateway.start_miniupnpd(igd=igd)
                self.assertIn(f"InternetGatewayDevice:{igd}<", self.description(gateway))

    def description(self, gateway):
        url = urllib.parse.urlsplit(gateway.location)
        with self.lab.switch.socket() as s:
            s.settimeout(LIMIT_S)
            s.connect((url.hostname, url.port))
            s.sendall(f"GET {url.path} HTTP/1.0\r\nHost: {url.netloc}\r\n\r\n".encode())
            with s.makefile(encoding="utf-8") as reply:
                return reply.read()

    def test_firewall_passes_unicast_answers_only(self):
        self.home()
        for address in (self.gateway.address, ssdp.MULTICAST):
            self.assertIsNotNone(ssdp.search(self.host, address))
        self.host.drop_input_but_established()
        self.assertIsNotNone(ssdp.search(self.host, self.gateway.address))
        self.assertIsNone(ssdp.search(self.host, ssdp.MULTICAST, wait=0.5))

    def test_nothing_outlives_a_killed_program(self):
        script = textwrap.dedent("""
            import os, netlab
            with netlab.Lab() as lab:
                lab.add_gateway().start_miniupnpd()
                print(lab.folder, flush=True)
                os.kill(os.getpid(), 9)
        """)
        done = subprocess.run([sys.executable, "-c", script], cwd=os.path.dirname(__file__) or ".",
                              capture_output=True, text=True, timeout=LIMIT_S, check=False)
        folder = done.stdout.strip()
        self.assertTrue(folder, done.stderr)
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        end = time.monotonic() + LIMIT_S
        while any(folder.encode() in command for command in command_lines()):
            self.assertLess(time.monotonic(), end, "the daemon is still there")
            time.sleep(0.02)


def command_lines():
    """Those of all processes."""
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                yield file.read()
        except OSError:  # it has just ended
            pass


if __name__ == "__main__":
    labtest.main()
