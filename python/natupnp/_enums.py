# SPDX-License-Identifier: MIT
"""The lists of names."""
from __future__ import annotations

from enum import Enum, IntEnum


class Name(str, Enum):
    """A member is also its text: ``Protocol.TCP == "TCP"``."""

    _value_: str

    # Versions of Python differ in what a member of such an enum looks like as text.

    def __str__(self) -> str:
        return self.value

    def __format__(self, spec: str) -> str:
        return format(self.value, spec)


class Protocol(Name):
    """The transport protocol of a mapping; also its text: ``Protocol.TCP == "TCP"``."""

    TCP = "TCP"
    UDP = "UDP"


class Status(IntEnum):
    """What a verb came to. The names and numbers are those of the C interface and never change."""

    OK = 0
    E_INVAL = 1
    E_NOMEM = 2
    E_SYSTEM = 3
    E_PENDING = 4
    E_CANCELLED = 5
    E_INTERRUPTED = 6
    E_BUSY = 7
    E_FORKED = 8
    E_CLOSED = 9
    E_TIMEOUT = 10
    E_NO_GATEWAY = 11
    E_GONE = 12
    E_NETWORK = 13
    E_HTTP = 14
    E_BAD_REPLY = 15
    E_FAULT = 16
    E_NOT_FOUND = 17
    E_CONFLICT = 18
    E_NOT_PERMITTED = 19
    E_FULL = 20
    E_UNSUPPORTED = 21
    E_LOST = 22
    E_NO_ADDRESS = 23
