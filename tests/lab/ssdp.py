# SPDX-License-Identifier: MIT
"""A raw search: what a gateway answers and how fast, without the program under test."""

import collections
import socket
import time

from namespace import LIMIT_S

MULTICAST = "239.255.255.250"
IGD1 = "urn:schemas-upnp-org:device:InternetGatewayDevice:1"

Answer = collections.namedtuple("Answer", "seconds location text")

_SEARCH = ('M-SEARCH * HTTP/1.1\r\nHOST: {}:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\n'
           'ST: {}\r\n\r\n')


def search(host, address, target=IGD1, wait=LIMIT_S):
    """Send one M-SEARCH from a namespace to one address: the Answer, or None after the wait."""
    with host.socket(kind=socket.SOCK_DGRAM) as s:
        start = time.monotonic()
        try:
            if address != MULTICAST:  # whose answers come from another address
                s.connect((address, 1900))
            s.sendto(_SEARCH.format(address, target).encode(), (address, 1900))
            s.settimeout(wait)
            text = s.recv(4096).decode("utf-8", "replace")
        except OSError:  # silence, or refused: then wait all the same, callers may just try again
            time.sleep(max(start + wait - time.monotonic(), 0))
            return None
        seconds = time.monotonic() - start
    for line in text.splitlines():
        name, _, value = line.partition(":")
        if name.strip().lower() == "location":
            return Answer(seconds, value.strip(), text)
    return None


_ALIVE = ('NOTIFY * HTTP/1.1\r\nHOST: {}:1900\r\nCACHE-CONTROL: max-age=1800\r\nLOCATION: {}\r\n'
          'NT: {}\r\nNTS: ssdp:alive\r\nUSN: uuid:lab::{}\r\nBOOTID.UPNP.ORG: {}\r\n\r\n')


def boot(answer):
    """The BOOTID that an answer told."""
    (line,) = [line for line in answer.text.splitlines() if line.upper().startswith("BOOTID")]
    return int(line.partition(":")[2])


def announce(host, location, boot_id, target=IGD1):
    """Send what a gateway announces when it starts, from its namespace, in its name."""
    with host.socket(kind=socket.SOCK_DGRAM) as s:
        s.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(host.address))
        s.sendto(_ALIVE.format(MULTICAST, location, target, target, boot_id).encode(),
                 (MULTICAST, 1900))


def answering_time(host, address, times=5):
    """The median of what a gateway takes to answer a search, in seconds."""
    answers = [search(host, address) for _ in range(times)]
    if None in answers:
        raise RuntimeError(f"{address} left a search without an answer")
    return sorted(answer.seconds for answer in answers)[times // 2]
