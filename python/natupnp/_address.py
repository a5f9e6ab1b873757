# SPDX-License-Identifier: MIT
"""Addresses as the core has them, as text, and as Python has them."""
from __future__ import annotations

from ipaddress import IPv4Address


def ipv4(text: str | None) -> IPv4Address | None:
    """The address; None for none, or for one that is not IPv4."""
    if text is None:
        return None
    try:
        return IPv4Address(text)
    except ValueError:
        return None


def host(text: str) -> IPv4Address | str:
    """The address, or the text where a gateway has something else there."""
    return ipv4(text) or text
