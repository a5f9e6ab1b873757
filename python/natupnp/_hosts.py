# SPDX-License-Identifier: MIT
"""Host names: the core takes addresses only and never asks a name server."""
from __future__ import annotations

from _thread import allocate_lock, start_new_thread
from ipaddress import IPv4Address, IPv6Address

from ._errors import InvalidArgumentError
from ._slice import SLICE_S

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Sequence

_NO_LETTERS = frozenset("0123456789.-_")
_NAME = _NO_LETTERS | frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def as_text(host: IPv4Address | str | None) -> str | None:
    """A host as text. What is none is left as it is: the core says so."""
    return str(host) if isinstance(host, (IPv4Address, IPv6Address)) else host


def is_name(host: str) -> bool:
    """Whether it must be looked up: letters, digits, dots, hyphens and underscores, a letter among them.

    Whatever else it is, the core judges it.
    """
    return isinstance(host, str) and _NAME >= set(host) > _NO_LETTERS & set(host)


def address(host: IPv4Address | str | None) -> str | None:
    """A host as the core takes it, looked up where it is a name."""
    text = as_text(host)
    return look_up(text) if text is not None and is_name(text) else text


def split_url(url: str | None) -> tuple[str, str, str]:
    """A URL as what stands before its host name, the name, and what follows; the name is "" where there is none."""
    if isinstance(url, str):
        scheme, mark, rest = url.partition("://")
        authority, slash, path = rest.partition("/")
        name, colon, port = authority.partition(":")
        if scheme.lower() == "http" and is_name(name) and "@" not in authority:
            return scheme + mark, name, colon + port + slash + path
    return "", "", ""


def look_up(name: str) -> str:
    """The IPv4 address of a host, waiting for the answer; Ctrl-C ends the wait."""
    import socket

    answer: list[list[str] | OSError] = []
    answered = allocate_lock()
    answered.acquire()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(name.encode("ascii"), None, socket.AF_INET, socket.SOCK_STREAM)
            answer.append([str(entry[4][0]) for entry in found])
        except OSError as error:
            answer.append(error)
        finally:
            answered.release()

    start_new_thread(ask, ())  # no signal interrupts the system's resolver, but this wait
    while not answered.acquire(timeout=SLICE_S):
        pass
    return chosen(name, answer[0])


def chosen(name: str, answer: Sequence[str] | OSError) -> str:
    """The address to take of what a look-up gave: one that other machines can use, if there is one.

    A host's own name often stands for 127.0.1.1 too.
    """
    if isinstance(answer, OSError):
        raise InvalidArgumentError(
            f"the host '{name}' is not known ({answer.strerror}): write a numeric IPv4 address or a name that has one"
        ) from None
    return min(answer, key=lambda address: address.startswith("127."))
