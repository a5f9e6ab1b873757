# SPDX-License-Identifier: MIT
"""Traffic through the NAT: servers that echo, and one exchange with a deadline."""

import os
import select
import socket
import threading
import time

from namespace import LIMIT_S

_KINDS = {"TCP": socket.SOCK_STREAM, "UDP": socket.SOCK_DGRAM}


class EchoServer:
    """Answers each message on a port of a namespace with "echo <namespace> " before it."""

    def __init__(self, host, protocol, port):
        self._mark = f"echo {host.name} ".encode()
        self._socket = host.socket(kind=_KINDS[protocol])
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("", port))
        if protocol == "TCP":
            self._socket.listen()
        self._socket.setblocking(False)
        self._wake, self._stop = os.pipe()
        serve = self._serve_tcp if protocol == "TCP" else self._serve_udp
        self._thread = threading.Thread(target=self._run, args=(serve,), daemon=True)
        self._thread.start()

    def close(self):
        os.close(self._stop)
        self._thread.join()
        os.close(self._wake)
        self._socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _run(self, serve):
        while self._wake not in select.select([self._wake, self._socket], [], [])[0]:
            try:
                serve()
            except OSError:  # the peer's affair
                pass

    def _serve_tcp(self):
        with self._socket.accept()[0] as peer:
            peer.settimeout(LIMIT_S)
            peer.sendall(self._mark + peer.recv(2048))

    def _serve_udp(self):
        message, peer = self._socket.recvfrom(2048)
        self._socket.sendto(self._mark + message, peer)


def exchange(host, protocol, address, port, limit=LIMIT_S):
    """Send a message from a namespace and await its echo: the name of the namespace that
    answered, or None when nothing listens there or nothing comes back."""
    message = os.urandom(8).hex()
    end = time.monotonic() + limit
    with host.socket(kind=_KINDS[protocol]) as s:
        try:
            s.settimeout(limit)
            s.connect((address, port))
            s.send(message.encode())
            s.settimeout(max(end - time.monotonic(), 0.001))
            reply = s.recv(2048).decode().split()
        except OSError:
            return None
    return reply[1] if len(reply) == 3 and reply[2] == message else None
