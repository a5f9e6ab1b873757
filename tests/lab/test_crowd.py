# SPDX-License-Identifier: MIT
"""A crowd that answers every search, each with a description that is as large as can be and never
ends: the default gateway is found all the same, and what the crowd costs is bounded."""

import re
import select
import socket
import threading
import time
import unittest

import labtest
import netlab
import ssdp

CROWD = 40
MOST_KIB = 4096
PORT = 5555

_ANSWER = ("HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=1800\r\nEXT:\r\nLOCATION: http://{}:{}/{}\r\n"
           "SERVER: a\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n"
           "USN: uuid:{}\r\n\r\n")
_SERVICE = ("<service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>"
            "<controlURL>/{}</controlURL><eventSubURL>/{}</eventSubURL></service>")
_SERVICES = "".join(_SERVICE.format(f"{n}" * 500, f"{n}" * 500) for n in range(10, 26))


class Crowd:
    """Many hosts in one namespace, served by threads of this process."""

    def __init__(self, host, addresses, body, ends):
        self.fetched = set()
        self._body, self._ends = body, ends
        self._searches = host.socket(kind=socket.SOCK_DGRAM)
        self._searches.bind(("", 1900))
        group = socket.inet_aton(ssdp.MULTICAST) + socket.inet_aton(addresses[0])
        self._searches.setsockopt(socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, group)
        self._answering = []
        for address in addresses:
            answering = host.socket(kind=socket.SOCK_DGRAM)
            answering.bind((address, 0))
            self._answering.append((address, answering))
        self._listener = host.socket()
        self._listener.bind(("", PORT))
        self._listener.listen(200)
        self._open = True
        self._threads = [threading.Thread(target=f) for f in (self._answer, self._serve)]
        for thread in self._threads:
            thread.start()

    def close(self):
        self._open = False
        for thread in self._threads:
            thread.join()
        for s in [self._searches, self._listener, *(s for _, s in self._answering)]:
            s.close()

    def _answer(self):
        while self._open:
            if not select.select([self._searches], [], [], 0.05)[0]:
                continue
            _, peer = self._searches.recvfrom(4096)
            for address, answering in self._answering:
                for name in ("a", "b"):
                    answering.sendto(_ANSWER.format(address, PORT, name, address).encode(), peer)

    def _serve(self):
        reads, writes = {}, {}
        while self._open:
            ready = select.select([self._listener, *reads], [*writes], [], 0.05)
            for s in ready[0]:
                if s is self._listener:
                    peer, _ = s.accept()
                    peer.setblocking(False)
                    reads[peer] = b""
                    continue
                self._read(s, reads, writes)
            for s in ready[1]:
                if s in writes:
                    self._write(s, writes)
        for s in {*reads, *writes}:
            s.close()

    def _read(self, s, reads, writes):
        try:
            data = s.recv(4096)
        except OSError:
            data = b""
        if not data:
            reads.pop(s)
            writes.pop(s, None)
            s.close()
            return
        reads[s] += data
        if b"\r\n\r\n" in reads[s]:
            reads[s] = b""
            self.fetched.add(s.getsockname()[0])
            length = len(self._body) + (0 if self._ends else 1)  # one byte that never comes
            writes[s] = f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode() + self._body

    @staticmethod
    def _write(s, writes):
        try:
            writes[s] = writes[s][s.send(writes[s]):]
        except OSError:
            writes[s] = b""
        if not writes[s]:
            del writes[s]


class CrowdTest(labtest.LabTest):
    def setUp(self):
        super().setUp()
        self.gateway = self.lab.add_gateway()
        self.host = self.lab.add_host()
        self.others = self.lab.add_host("others", netlab.LAN_NET + ".100", route=None)
        self.addresses = [f"{netlab.LAN_NET}.{100 + i}" for i in range(CROWD)]
        for address in self.addresses[1:]:
            self.others.ip("address", "add", address + "/24", "dev", "eth0")

    def crowd(self, body, ends=False):
        crowd = Crowd(self.others, self.addresses, body, ends)
        self.addCleanup(crowd.close)
        return crowd

    def peak(self, *arguments):
        """The most memory that the command had, in KiB, as seen while it ran; and how it ended."""
        process = self.start_natupnp(*arguments)
        most = 0
        while process.poll() is None:
            with open(f"/proc/{process.pid}/status", encoding="ascii") as status:
                text = status.read()
            found = re.search(r"^VmHWM:\s+(\d+)", text, re.M)
            if "\nName:\tnatupnp\n" in "\n" + text and found:  # not setpriv, which starts it
                most = max(most, int(found.group(1)))
            time.sleep(0.002)
        return most, self.finish(process)

    def idle(self):
        """The same with nobody there but the gateway."""
        most, done = self.peak("info")
        self.assert_code(0, done)
        return most

    def check(self, body, ends=False):
        self.gateway.start_miniupnpd()
        idle = self.idle()
        self.gateway.end_miniupnpd()
        self.gateway.drop_searches()
        crowd = self.crowd(body, ends)
        most, done = self.peak("info", "--all")
        print(f"{most - idle} KiB over idle, {len(crowd.fetched)} of them asked: {self.id()}")
        self.assertGreaterEqual(len(crowd.fetched), 16)
        self.assertLessEqual(most - idle, MOST_KIB)
        return done

    def test_descriptions_that_do_not_end(self):
        self.assert_code(3, self.check(b"<root><a>" + b"x" * 46 * 1024))

    def test_descriptions_that_are_too_large(self):
        self.assert_code(3, self.check(b"<root><a>" + b"x" * 1024 * 1024))

    def test_descriptions_with_much_to_keep(self):
        names = "".join(f"<{n}>{'n' * 2000}</{n}>" for n in ("friendlyName", "UDN", "modelName"))
        body = f"<root><device>{names}<serviceList>{_SERVICES}</serviceList></device></root>"
        self.check(body.encode(), True)

    def test_broken_descriptions_with_much_to_keep(self):
        self.check(f"<root><device><a>{_SERVICES}".encode(), True)

    def test_the_default_gateway_is_found_all_the_same(self):
        self.gateway.start_miniupnpd()
        self.crowd(b"<root><a>" + b"x" * 46 * 1024)
        for _ in range(3):
            added = self.natupnp("add", "8080/tcp")
            self.assert_code(0, added)
            self.assertEqual(added.mapping["external_ip"], self.gateway.wan_address)


if __name__ == "__main__":
    labtest.enter()
    unittest.main(verbosity=2)
