# SPDX-License-Identifier: MIT
"""What happens, as values."""
from __future__ import annotations

from ._address import ipv4
from ._enums import Name, Status
from ._gateway import Gateway
from ._mapping import Mapping
from ._record import Field, Record
from ._swig import core as _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address


class EventKind(Name):
    """What has happened; also its text: ``EventKind.EXTERNAL_IP == "external-ip"``."""

    EXTERNAL_IP = "external-ip"
    NUMBER_OF_ENTRIES = "number-of-entries"
    CONNECTION_STATUS = "connection-status"
    GATEWAY_FOUND = "gateway-found"
    GATEWAY_LOST = "gateway-lost"
    MAPPING_LOST = "mapping-lost"
    MAPPING_RESTORED = "mapping-restored"
    MAPPING_RENEWED = "mapping-renewed"
    MAPPING_REFUSED = "mapping-refused"


def _number_of_entries(handle: _core._Event) -> int | None:
    number = _core.event_number_of_entries(handle)
    return None if number < 0 else number


def _gateway(handle: _core._Event) -> Gateway | None:
    gateway = _core.event_gateway(handle)[1]
    return None if gateway is None else Gateway._of(gateway)


def _mapping(handle: _core._Event) -> Mapping | None:
    mapping = _core.event_mapping(handle)[1]
    return None if mapping is None else Mapping._of(mapping)


class Event(Record):
    """Something that happened: a value that never changes. A field is None where its kind says nothing of it."""

    __slots__ = ()

    kind: Field[EventKind] = Field(
        lambda handle: EventKind(_core.event_what(handle)),
        "What has happened.",
    )
    external_ip: Field[IPv4Address | None] = Field(
        lambda handle: ipv4(_core.event_external_ip(handle)),
        "Of EXTERNAL_IP: the address that the gateway has now; None when it has none.",
    )
    number_of_entries: Field[int | None] = Field(
        _number_of_entries,
        "Of NUMBER_OF_ENTRIES: how many mappings the gateway has, of whichever kind.",
    )
    connection_status: Field[str | None] = Field(
        _core.event_connection_status,
        'Of CONNECTION_STATUS: such as "Connected" or "Disconnected".',
    )
    gateway: Field[Gateway | None] = Field(
        _gateway,
        "Of GATEWAY_FOUND and GATEWAY_LOST: which.",
    )
    mapping: Field[Mapping | None] = Field(
        _mapping,
        "Of what happens to a kept mapping: the mapping.",
    )
    status: Field[Status] = Field(
        lambda handle: Status(_core.event_status(handle)),
        "OK, or what failed.",
    )
    detail: Field[str] = Field(
        _core.event_detail,
        "One line for people.",
    )
