# SPDX-License-Identifier: MIT
"""What one machine of the laboratory sent, counted on the wire.

    with Wire(host) as wire:
        host.run(...)
    wire.searches, wire.connects, wire.requests, wire.gets(), wire.actions()

All times are those of time.monotonic().
"""

import collections
import ctypes
import re
import select
import socket
import struct
import time

from namespace import LIMIT_S, LabError

Request = collections.namedtuple("Request", "when method path action body")

_ETH_P_ALL = 3
_SO_RCVBUFFORCE = 33
_SOL_PACKET, _PACKET_STATISTICS = 263, 6
_SO_TIMESTAMPNS = 35
_SYN, _ACK = 0x02, 0x10
_IPV4, _ARP = b"\x08\x00", b"\x08\x06"


class Wire:
    """A recording of an interface from with to end of the block; the kernel keeps the packets."""

    def __init__(self, host, interface="eth0"):
        self._host = host
        self._interface = interface
        self.searches = []  # (when, destination, search target) of each M-SEARCH sent
        self.answers = []   # (when, source) of each answer to one, received or sent
        self.connects = []  # (when, destination, port) of each TCP connection begun
        self.requests = []  # each HTTP request, in the order they were sent
        self.sent = []      # when each packet of IPv4 or ARP was sent
        self.notices = []   # (when, NTS) of each announcement (SSDP NOTIFY) sent
        self.accepts = []   # when each TCP connection of others was accepted

    def __enter__(self):
        s = self._host.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL))
        s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        try:
            s.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 8 << 20)
        except PermissionError:
            pass  # in a user namespace: what the system allows
        s.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        s.bind((self._interface, 0))
        s.setblocking(False)
        self._socket = s
        self._streams = {}
        # Packets have the time of day. Who is interrupted between the two gets too little.
        self._clock = max(time.monotonic() - time.time() for _ in range(9))
        return self

    def __exit__(self, kind, *_):
        with self._socket as s:
            self._read()
            lost = struct.unpack("II", s.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8))[1]
        if lost and kind is None:
            raise LabError(f"the recording lost {lost} packets")

    def wait(self, is_so, limit=LIMIT_S):
        """Wait inside of the block until something is so of what was recorded up to now."""
        end = time.monotonic() + limit
        self._read()
        while not is_so():
            if not select.select([self._socket], [], [], max(end - time.monotonic(), 0))[0]:
                raise AssertionError("that was not on the wire in time")
            self._read()

    def _read(self):
        """Take what the kernel has recorded."""
        while True:
            try:
                data, extra, _, address = self._socket.recvmsg(65536, 256)
            except BlockingIOError:
                break
            when = _timestamp(extra) + self._clock
            if address[2] == socket.PACKET_OUTGOING and data[12:14] in (_IPV4, _ARP):
                self.sent.append(when)
            self._packet(when, data, self._streams)
        self.requests = []
        for pieces in self._streams.values():
            self._stream(pieces)
        self.requests.sort()

    def gets(self):
        """The paths of GET requests, in order."""
        return [r.path for r in self.requests if r.method == "GET"]

    def actions(self):
        """How often each SOAP action was asked for."""
        return collections.Counter(r.action for r in self.requests if r.method == "POST")

    def _packet(self, when, frame, streams):
        if frame[12:14] != _IPV4:
            return
        total = struct.unpack("!H", frame[16:18])[0]
        packet = frame[14:14 + total]
        source, destination = (socket.inet_ntoa(packet[i:i + 4]) for i in (12, 16))
        segment = packet[(packet[0] & 15) * 4:]
        if packet[9] == socket.IPPROTO_UDP:
            self._datagram(when, source, destination, segment)
        elif packet[9] == socket.IPPROTO_TCP and source == self._host.address:
            source_port, port, sequence = struct.unpack("!HHI", segment[:8])
            if segment[13] & (_SYN | _ACK) == _SYN:
                self.connects.append((when, destination, port))
            elif segment[13] & _SYN:
                self.accepts.append(when)
            payload = segment[(segment[12] >> 4) * 4:]
            if payload:
                pieces = streams.setdefault((source_port, destination, port), {})
                pieces.setdefault(sequence, (when, payload))

    def _datagram(self, when, source, destination, segment):
        source_port, port = struct.unpack("!HH", segment[:4])
        text = segment[8:]
        if source == self._host.address and port == 1900 and text.startswith(b"M-SEARCH"):
            target = re.search(rb"(?im)^ST:\s*(.*?)\s*$", text)
            self.searches.append((when, destination, target[1].decode() if target else ""))
        elif source == self._host.address and port == 1900 and text.startswith(b"NOTIFY"):
            kind = re.search(rb"(?im)^NTS:\s*(.*?)\s*$", text)
            self.notices.append((when, kind[1].decode() if kind else ""))
        elif text.startswith(b"HTTP/1.1 200") and self._host.address in (source, destination):
            self.answers.append((when, source))

    def _stream(self, pieces):
        """The requests in one direction of a connection; retransmissions have the same number."""
        first = min(pieces)
        text, starts = b"", []
        for sequence in sorted(pieces, key=lambda n: (n - first) % 2**32):
            starts.append((len(text), pieces[sequence][0]))
            text += pieces[sequence][1]
        at = 0
        while True:
            end = text.find(b"\r\n\r\n", at)
            if end < 0:
                return
            head = text[at:end].decode("latin-1")
            method, path = (head.split(None, 2) + ["", ""])[:2]
            action = re.search(r'(?im)^soapaction:\s*"?[^"\r]*#([^"\r]*)', head)
            length = re.search(r"(?im)^content-length:\s*(\d+)", head)
            when = max(when for start, when in starts if start <= at)
            at = end + 4 + (int(length[1]) if length else 0)
            body = text[end + 4:at].decode("utf-8", "replace")
            self.requests.append(Request(when, method, path, action[1] if action else "", body))


def _timestamp(extra):
    for level, kind, data in extra:
        if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("@ll", data[:2 * ctypes.sizeof(ctypes.c_long)])
            return seconds + nanoseconds / 1e9
    return 0.0
