# SPDX-License-Identifier: MIT
"""What a gateway says of itself."""
from __future__ import annotations

from ._address import ipv4
from ._record import Field, Record
from ._swig import core as _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address


def _uptime(handle: _core._Gateway) -> int | None:
    seconds = _core.gateway_uptime_s(handle)
    return None if seconds < 0 else seconds


class Gateway(Record):
    """An Internet Gateway Device as it was known at one moment: a value that never changes.

    A field is None where the gateway did not say.
    """

    __slots__ = ()

    name: Field[str | None] = Field(_core.gateway_name, "The friendly name, as shown to people.")
    manufacturer: Field[str | None] = Field(_core.gateway_manufacturer, "Who made it.")
    model_name: Field[str | None] = Field(_core.gateway_model_name, "The name of the model.")
    model_number: Field[str | None] = Field(_core.gateway_model_number, "The number or version of the model.")
    udn: Field[str | None] = Field(
        _core.gateway_udn,
        "The unique device name. Not unique on every device that exists.",
    )
    location: Field[str | None] = Field(
        _core.gateway_location,
        "The URL of its description, which the option ``gateway`` takes.",
    )
    control_url: Field[str | None] = Field(_core.gateway_control_url, "The URL that requests are sent to.")
    presentation_url: Field[str | None] = Field(
        _core.gateway_presentation_url,
        "The page where a person can set it up.",
    )
    service_type: Field[str | None] = Field(
        _core.gateway_service_type,
        'The service in use, such as "urn:schemas-upnp-org:service:WANIPConnection:1".',
    )
    local_address: Field[IPv4Address | None] = Field(
        lambda handle: ipv4(_core.gateway_local_address(handle)),
        "The address of this host that reaches it: where mappings lead by default.",
    )
    interface: Field[str | None] = Field(
        _core.gateway_interface,
        "The network interface that it answered on; None when its URL was given.",
    )
    chosen: Field[bool] = Field(_core.gateway_chosen, "Whether it is the one that the client uses.")
    external_ip: Field[IPv4Address | None] = Field(
        lambda handle: ipv4(_core.gateway_external_ip(handle)),
        "The external (WAN) address; None when unknown, not asked for, or not IPv4.",
    )
    connection_status: Field[str | None] = Field(
        _core.gateway_connection_status,
        'The state of the connection, such as "Connected"; None when unknown or not asked for.',
    )
    last_connection_error: Field[str | None] = Field(
        _core.gateway_last_connection_error,
        'Why the connection failed last, such as "ERROR_NONE"; None when unknown or not asked for.',
    )
    uptime: Field[int | None] = Field(
        _uptime,
        "For how many seconds the connection has been up; None when unknown or not asked for.",
    )
