# SPDX-License-Identifier: MIT
"""What a gateway maps where."""
from __future__ import annotations

from ._address import host, ipv4
from ._enums import Protocol, Status
from ._errors import CLASSES, InvalidArgumentError, InvalidTypeError
from ._record import Field, Record
from ._swig import core as _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from ._errors import Error


class Mapping(Record):
    """A port mapping as the gateway had it when it was read: a value that never changes.

    Two are equal when all their fields are. A copied or pickled mapping of a
    client is one of these: the values alone, without the client.
    """

    __slots__ = ()

    external_ip: Field[IPv4Address | None] = Field(
        lambda handle: ipv4(_core.mapping_external_ip(handle)),
        "The gateway's external (WAN) address; None when it is not known: ``external_error`` says why.",
    )
    external_port: Field[int] = Field(
        _core.mapping_external_port,
        "The port on the external address, 1 to 65535.",
    )
    internal_port: Field[int] = Field(
        _core.mapping_internal_port,
        "The port on the internal client, 1 to 65535.",
    )
    protocol: Field[Protocol] = Field(
        lambda handle: Protocol(_core.mapping_protocol(handle)),
        "TCP or UDP.",
    )
    internal_client: Field[IPv4Address | str] = Field(
        lambda handle: host(_core.mapping_internal_client(handle)),
        "The host that the mapping leads to: an address, or text where a gateway has a name there.",
    )
    enabled: Field[bool] = Field(
        _core.mapping_enabled,
        "Whether the gateway forwards now.",
    )
    description: Field[str] = Field(
        _core.mapping_description,
        "What it is for, empty when the gateway keeps none. Some gateways shorten it.",
    )
    remote_host: Field[IPv4Address | str | None] = Field(
        lambda handle: host(_core.mapping_remote_host(handle)) or None,
        "The only host that may use the mapping; None for any.",
    )
    lease: Field[int] = Field(
        _core.mapping_lease_s,
        "The seconds that were left when it was read, 0 for a mapping without an end; as asked for, in what an add gives.",
    )

    @property
    def external_status(self) -> Status:
        """What asking for the external address came to; E_PENDING when it was not asked for, or is no more known."""
        if self._handle is None:
            return Status.E_PENDING if self.external_ip is None else Status.OK
        return Status(_core.mapping_external_status(self._handle))

    @property
    def external_error(self) -> Error | None:
        """Why the external address is not known; None when it is, was not asked for, or in a copy.

        NoAddressError when the gateway has none now, BadReplyError when what it said makes no sense.
        """
        status, handle = self.external_status, self._handle
        if status in (Status.OK, Status.E_PENDING):
            return None
        return CLASSES[status](
            _core.mapping_external_detail(handle),
            fault=_core.mapping_external_fault(handle),
            hresult=_core.mapping_external_hresult(handle),
        )


def handle_of(mapping: Mapping) -> _core._Mapping:
    """What the core takes for a mapping."""
    if not isinstance(mapping, Mapping):
        raise InvalidTypeError("mapping must be a mapping")
    handle: _core._Mapping | None = mapping._handle
    if handle is None:
        raise InvalidArgumentError("the mapping must be one that a client gave, not a copy of its values: get it again")
    return handle
