# SPDX-License-Identifier: MIT
"""The static port mapping collection, and the mappings in it, for verbs that wait."""
from __future__ import annotations

from . import _hosts, _kinds
from ._collection import BoundMapping, Collection
from ._errors import NotFoundError
from ._typing import overload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from ._enums import Protocol
    from ._typing import T


class StaticMapping(BoundMapping):
    """A mapping that knows its collection. Its verbs give what has become of it; it never changes itself.

    As a context manager it is removed at the end, where it may be gone already::

        with client.static_mappings.add(8080, "TCP") as mapping:
            ...
    """

    __slots__ = ()


class StaticMappings(Collection[StaticMapping]):
    """The port mappings that any remote host may use, by their key (external port, protocol).

    What it gives are snapshots; each look asks the gateway. It is always true, so
    that ``if`` sends nothing.
    """

    __slots__ = ()

    _kind = _kinds.STATIC
    _mapping = StaticMapping

    def add(
        self,
        external_port: int,
        protocol: Protocol | str,
        internal_port: int | None = None,
        internal_client: IPv4Address | str | None = None,
        enabled: bool = True,
        description: str | None = None,
        *,
        any_port: bool = False,
        keep: bool = False,
    ) -> StaticMapping:
        """Map a port, or change the mapping that this internal client has there.

        :param external_port: 1 to 65535, or 0 for any free one, which needs ``internal_port``.
        :param protocol: ``"TCP"`` or ``"UDP"``, or a :class:`Protocol`.
        :param internal_port: 1 to 65535; None for the same as the external one.
        :param internal_client: an IPv4 address, or a host name that has one; None for this host.
        :param enabled: False to make the entry without opening the port. Few gateways can.
        :param description: at most 63 bytes of UTF-8 without control characters; None for "natupnp".
        :param any_port: take any free external port when that one is in use.
        :param keep: make it again whenever the gateway has lost it, and lead it to this host's address
            when that changes, as long as the client lives: see :attr:`Client.kept`.
        :raises ConflictError: another computer holds the port; nothing is changed.
        :raises NotPermittedError: the gateway does not map this port, or not to that client.
        :raises FullError: it has no room.
        :raises UnsupportedError: it cannot make a mapping that is not enabled.
        """
        handle = self._driver.run(
            self._kind.add,
            external_port,
            protocol,
            internal_port,
            _hosts.address(internal_client),
            enabled,
            description,
            any_port,
            keep,
        )
        return self._bound(handle)

    @overload
    def get(self, external_port: int, protocol: Protocol | str, default: None = None) -> StaticMapping | None: ...

    @overload
    def get(self, external_port: int, protocol: Protocol | str, default: T) -> StaticMapping | T: ...

    def get(self, external_port: int, protocol: Protocol | str, default: object = None) -> object:
        """The mapping at a key, or the default where there is none."""
        try:
            return self[external_port, protocol]
        except NotFoundError:
            return default

    def remove(self, external_port: int, protocol: Protocol | str) -> None:
        """Remove a mapping. It is no longer kept then.

        :raises NotFoundError: there is none; it is looked up first.
        :raises NotPermittedError: the gateway does not allow this host to remove it.
        """
        self._remove((external_port, protocol))

    def __getitem__(self, key: tuple[int, Protocol | str]) -> StaticMapping:
        """The mapping at ``[external port, protocol]``.

        :raises NotFoundError: there is none.
        """
        return self._at(self._kind.key(key))

    def __delitem__(self, key: tuple[int, Protocol | str]) -> None:
        """Remove the mapping at ``[external port, protocol]``, as remove()."""
        self._remove(self._kind.key(key))
