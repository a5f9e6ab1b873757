# SPDX-License-Identifier: MIT
"""What a gateway says of itself."""
from __future__ import annotations

from ._address import ipv4
from ._enums import Status
from ._errors import CLASSES, NoAddressError
from ._record import Field, Record
from ._swig import core as _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from ._errors import Error


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
        "The external (WAN) address; None when it is not known: ``external_error`` says why.",
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

    @property
    def external_status(self) -> Status:
        """What asking for the external address came to; E_PENDING when it was not asked for, or is no more known."""
        if self._handle is None:
            return Status.E_PENDING if self.external_ip is None else Status.OK
        return Status(_core.gateway_external_status(self._handle))

    @property
    def external_error(self) -> Error | None:
        """Why the external address is not known; None when it is, was not asked for, or in a copy.

        NoAddressError when the gateway has none now, BadReplyError when what it said makes no sense.
        """
        status, handle = self.external_status, self._handle
        if status in (Status.OK, Status.E_PENDING):
            return None
        return CLASSES[status](
            _core.gateway_external_detail(handle),
            fault=_core.gateway_external_fault(handle),
            hresult=_core.gateway_external_hresult(handle),
        )


def external_ip(gateway: Gateway) -> IPv4Address | None:
    """The external address of a gateway that was asked; None when it has none.

    :raises Error: why it is not known.
    """
    error = gateway.external_error
    if error is not None and not isinstance(error, NoAddressError):
        raise error
    return gateway.external_ip
