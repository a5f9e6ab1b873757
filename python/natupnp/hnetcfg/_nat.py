# SPDX-License-Identifier: MIT
"""UPnPNAT and its event manager, on a client."""
from __future__ import annotations

import weakref
from _thread import get_ident

from .. import _errors as _natupnp
from .._client import Client
from . import _errors, _interfaces, _settings
from ._collections import DynamicPortMappingCollection, StaticPortMappingCollection
from ._objects import Object
from ._sinks import ADDRESS, ENTRIES, sink_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._listening import Registration
    from ._sinks import Kind

_NULL = (
    _natupnp.NoGatewayError,
    _natupnp.TimeoutError,
    _natupnp.NetworkError,
    _natupnp.HTTPError,
    _natupnp.BadReplyError,
    _natupnp.GoneError,
)
"""Failures of a search that mean: there is no gateway."""

live: weakref.WeakSet[Nat] = weakref.WeakSet()
"""Those whose callbacks are to be called by the pumps."""


class Nat(Object):
    """UPnPNAT. Nothing is searched before a property is read; a search that found nothing is done again."""

    interface = _interfaces.NAT

    def __init__(self) -> None:
        self.thread = get_ident()
        self._client: Client | None = None
        self._registrations: dict[str, Registration] = {}
        live.add(self)

    @property
    def client(self) -> Client:
        """The client, made when it is wanted."""
        if self._client is None:
            self._client = Client()
        return self._client

    def get_StaticPortMappingCollection(self) -> StaticPortMappingCollection | None:
        return StaticPortMappingCollection(self, self.client.static_mappings) if self._found() else None

    def get_DynamicPortMappingCollection(self) -> DynamicPortMappingCollection | None:
        if not _settings.dynamic:
            raise _errors.Refused(_errors.E_NOTIMPL)
        return DynamicPortMappingCollection(self, self.client.dynamic_mappings) if self._found() else None

    def get_NATEventManager(self) -> EventManager | None:
        return EventManager(self) if self._found() else None

    def _found(self) -> bool:
        try:
            self.client.discover()
        except _NULL:
            return False
        return True

    # ---- callbacks ----

    def listen(self, kind: Kind, target: object) -> None:
        """Have a callback called from now on, and no more the one before; None for none."""
        sink = None if target is None else sink_of(kind, target)
        before = self._registrations.pop(kind.name, None)
        if before is not None:
            before.close()
        if sink is not None:
            events = self.client.events
            if kind is ADDRESS:
                made = events.on_external_ip(lambda ip: sink("" if ip is None else str(ip)))
            else:
                made = events.on_number_of_entries(sink)
            self._registrations[kind.name] = made

    @property
    def listens(self) -> bool:
        """Whether there are callbacks."""
        return bool(self._registrations)


class EventManager(Object):
    """NATEventManager. A callback belongs to the NAT object, whichever of its managers it was put into."""

    interface = _interfaces.EVENT_MANAGER

    def __init__(self, nat: Nat) -> None:
        self._nat = nat

    def put_ExternalIPAddressCallback(self, target: object) -> None:
        self._nat.listen(ADDRESS, target)

    def put_NumberOfEntriesCallback(self, target: object) -> None:
        self._nat.listen(ENTRIES, target)


def client(dispatch: object) -> Client:
    """The client of an object made by Dispatch() or EnsureDispatch(): for its fileno() and pump() in a loop of one's
    own, its timeout, and whatever Windows does not have.

    :raises TypeError: it is not such an object.
    """
    com = getattr(getattr(dispatch, "_oleobj_", None), "_com_", None)
    if not isinstance(com, Nat):
        raise TypeError("dispatch must be an HNetCfg.NATUPnP object")
    return com.client
