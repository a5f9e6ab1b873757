# SPDX-License-Identifier: MIT
"""The collections and their mappings, on those of a client."""
from __future__ import annotations

from typing import Generic, TypeVar

from .. import _hosts
from .._collection import BoundMapping
from .._dynamic import DynamicMapping, DynamicMappings
from .._errors import NoAddressError
from .._static import StaticMapping, StaticMappings
from . import _errors, _interfaces
from ._enumerator import Enumerator
from ._objects import Object
from ._variant import NoneText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._nat import Nat

M = TypeVar("M", bound=BoundMapping)


def _text(value: str) -> str:
    """A text that was one, and not a None which pywin32 made the text "None"."""
    if isinstance(value, NoneText):
        raise _errors.Refused(_errors.E_INVALIDARG)
    return value


def _internal_client(nat: Nat, value: str) -> str:
    """An internal client's address.

    Programs look up their own name: on Windows that is the address that other machines use, on Linux often
    127.0.1.1, which means nothing to a gateway elsewhere.
    """
    address = str(_hosts.address(_text(value)))
    if address.startswith("127."):
        own = nat.client.discover().local_address  # it is known: nothing is sent
        if own is not None and not own.is_loopback:
            return str(own)
    return address


def _port(value: int) -> int:
    """A port that is one: 0 means any port to a client, but not here."""
    if value == 0:
        raise _errors.Refused(_errors.E_INVALIDARG)
    return value


class PortMapping(Object, Generic[M]):
    """A mapping as it was when it was read, and as its own edits have left it since."""

    def __init__(self, nat: Nat, mapping: M) -> None:
        self._nat = nat  # whose client is wanted for edits
        self._mapping: M = mapping

    def get_ExternalIPAddress(self) -> str:
        error = self._mapping.external_error
        if error is not None and not isinstance(error, NoAddressError):
            raise error
        address = self._mapping.external_ip
        return "" if address is None else str(address)

    def get_ExternalPort(self) -> int:
        return self._mapping.external_port

    def get_InternalPort(self) -> int:
        return self._mapping.internal_port

    def get_Protocol(self) -> str:
        return str(self._mapping.protocol.value)

    def get_InternalClient(self) -> str:
        return str(self._mapping.internal_client)

    def get_Enabled(self) -> bool:
        return self._mapping.enabled

    def get_Description(self) -> str:
        return self._mapping.description

    def EditInternalClient(self, client: str) -> None:
        self._mapping = self._mapping.edit(internal_client=_internal_client(self._nat, client))

    def Enable(self, enabled: bool) -> None:
        self._mapping = self._mapping.edit(enabled=enabled)

    def EditDescription(self, description: str) -> None:
        self._mapping = self._mapping.edit(description=str(description))

    def EditInternalPort(self, port: int) -> None:
        self._mapping = self._mapping.edit(internal_port=_port(port))


class StaticPortMapping(PortMapping[StaticMapping]):
    interface = _interfaces.STATIC_MAPPING


class DynamicPortMapping(PortMapping[DynamicMapping]):
    interface = _interfaces.DYNAMIC_MAPPING

    def get_RemoteHost(self) -> str:
        host = self._mapping.remote_host
        return "" if host is None else str(host)

    def get_LeaseDuration(self) -> int:
        return self._mapping.lease

    def RenewLease(self, desired: int) -> int:
        self._mapping = self._mapping.renew(desired)
        return self._mapping.lease


class StaticPortMappingCollection(Object):
    interface = _interfaces.STATIC_COLLECTION

    def __init__(self, nat: Nat, mappings: StaticMappings) -> None:
        self._nat = nat
        self._mappings = mappings

    def get__NewEnum(self) -> Enumerator:
        return Enumerator(lambda: [self._of(mapping) for mapping in self._mappings.list()])

    def get_Count(self) -> int:
        return self._mappings.count()

    def get_Item(self, port: int, protocol: str) -> StaticPortMapping:
        return self._of(self._mappings[port, _text(protocol)])

    def Remove(self, port: int, protocol: str) -> None:
        self._mappings.remove(port, _text(protocol))

    def Add(
        self, port: int, protocol: str, internal_port: int, client: str, enabled: bool, description: str
    ) -> StaticPortMapping:
        made = self._mappings.add(
            _port(port),
            _text(protocol),
            _port(internal_port),
            _internal_client(self._nat, client),
            enabled,
            str(description),
        )
        return self._of(made)

    def _of(self, mapping: StaticMapping) -> StaticPortMapping:
        return StaticPortMapping(self._nat, mapping)


class DynamicPortMappingCollection(Object):
    interface = _interfaces.DYNAMIC_COLLECTION

    def __init__(self, nat: Nat, mappings: DynamicMappings) -> None:
        self._nat = nat
        self._mappings = mappings

    def get__NewEnum(self) -> Enumerator:
        return Enumerator(lambda: [self._of(mapping) for mapping in self._mappings.list()])

    def get_Count(self) -> int:
        return self._mappings.count()

    def get_Item(self, remote_host: str, port: int, protocol: str) -> DynamicPortMapping:
        return self._of(self._mappings[_text(remote_host) or None, port, _text(protocol)])

    def Remove(self, remote_host: str, port: int, protocol: str) -> None:
        self._mappings.remove(port, _text(protocol), _text(remote_host) or None)

    def Add(
        self,
        remote_host: str,
        port: int,
        protocol: str,
        internal_port: int,
        client: str,
        enabled: bool,
        description: str,
        lease: int,
    ) -> DynamicPortMapping:
        made = self._mappings.add(
            _port(port),
            _text(protocol),
            _port(internal_port),
            _internal_client(self._nat, client),
            enabled,
            str(description),
            remote_host=_text(remote_host) or None,
            lease=lease,
        )
        return self._of(made)

    def _of(self, mapping: DynamicMapping) -> DynamicPortMapping:
        return DynamicPortMapping(self._nat, mapping)
