# SPDX-License-Identifier: MIT
"""The dynamic port mapping collection, and the mappings in it, for verbs that wait."""
from __future__ import annotations

from . import _hosts, _kinds, _verbs
from ._collection import BoundMapping, Collection
from ._errors import NotFoundError
from ._mapping import handle_of
from ._typing import overload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address
    from typing import Union

    from ._enums import Protocol
    from ._typing import T

    Key = Union[tuple[int, Protocol | str], tuple[IPv4Address | str | None, int, Protocol | str]]


class DynamicMapping(BoundMapping):
    """A mapping with a lease. Its verbs give what has become of it; it never changes itself.

    As a context manager it is removed at the end, where it may be gone already::

        with client.dynamic_mappings.add(8080, "TCP", lease=600) as mapping:
            ...
    """

    __slots__ = ()

    _collection: DynamicMappings

    def renew(self, lease: int | None = 3600) -> DynamicMapping:
        """Ask for another lease; the rest stays as the gateway has it.

        :param lease: seconds from now, 1 or more; None for 3600.
        :return: what the gateway shows when it is read back: its ``lease`` is what was granted, 0 for no end.
        :raises NotFoundError: it is no longer there.
        :raises GoneError: the client uses another gateway now.
        """
        collection = self._collection
        return collection._bound(collection._driver.run(_verbs.RENEW, handle_of(self), lease))


class DynamicMappings(Collection[DynamicMapping]):
    """The port mappings that have a lease or are for one remote host, by their key.

    A key is ``(remote host, external port, protocol)``, or without the remote host
    for any. A mapping with a lease for any remote host is in :class:`StaticMappings` too.
    What it gives are snapshots; each look asks the gateway. It is always true, so
    that ``if`` sends nothing.
    """

    __slots__ = ()

    _kind = _kinds.DYNAMIC
    _mapping = DynamicMapping

    def add(
        self,
        external_port: int,
        protocol: Protocol | str,
        internal_port: int | None = None,
        internal_client: IPv4Address | str | None = None,
        enabled: bool = True,
        description: str | None = None,
        *,
        remote_host: IPv4Address | str | None = None,
        lease: int | None = 3600,
        any_port: bool = False,
        keep: bool = False,
    ) -> DynamicMapping:
        """Map a port for a time, or change and prolong the mapping that this internal client has there.

        The ``lease`` of the result is what was asked for at last: a week where the gateway allows no more, 0 where it
        says that it only knows mappings without an end. Such a one is in :class:`StaticMappings` only.

        :param external_port: 1 to 65535, or 0 for any free one, which needs ``internal_port``.
        :param protocol: ``"TCP"`` or ``"UDP"``, or a :class:`Protocol`.
        :param internal_port: 1 to 65535; None for the same as the external one.
        :param internal_client: an IPv4 address, or a host name that has one; None for this host.
        :param enabled: False to make the entry without opening the port. Few gateways can.
        :param description: at most 63 bytes of UTF-8 without control characters; None for "natupnp".
        :param remote_host: an IPv4 address, the only one that may use the mapping; None for any.
        :param lease: seconds that it is wanted for, 1 or more; None for 3600.
        :param any_port: take any free external port when that one is in use.
        :param keep: renew its lease, make it again whenever the gateway has lost it, and lead it to this host's address
            when that changes, as long as the client lives: see :attr:`Client.kept`.
        :raises ConflictError: another computer holds the port; nothing is changed.
        :raises NotPermittedError: the gateway does not map this port, or not to that client.
        :raises FullError: it has no room.
        :raises UnsupportedError: it cannot make a mapping that is not enabled, or one for a remote host alone.
        """
        handle = self._driver.run(
            self._kind.add,
            _hosts.as_text(remote_host),
            external_port,
            protocol,
            internal_port,
            _hosts.address(internal_client),
            enabled,
            description,
            lease,
            any_port,
            keep,
        )
        return self._bound(handle)

    @overload
    def get(
        self,
        external_port: int,
        protocol: Protocol | str,
        remote_host: IPv4Address | str | None = None,
        default: None = None,
    ) -> DynamicMapping | None: ...

    @overload
    def get(
        self,
        external_port: int,
        protocol: Protocol | str,
        remote_host: IPv4Address | str | None = None,
        *,
        default: T,
    ) -> DynamicMapping | T: ...

    @overload
    def get(
        self, external_port: int, protocol: Protocol | str, remote_host: IPv4Address | str | None, default: T
    ) -> DynamicMapping | T: ...

    def get(
        self,
        external_port: int,
        protocol: Protocol | str,
        remote_host: IPv4Address | str | None = None,
        default: object = None,
    ) -> object:
        """The mapping at a key, or the default where there is none."""
        try:
            return self[remote_host, external_port, protocol]
        except NotFoundError:
            return default

    def remove(
        self, external_port: int, protocol: Protocol | str, remote_host: IPv4Address | str | None = None
    ) -> None:
        """Remove a mapping. It is no longer kept then.

        :raises NotFoundError: there is none; it is looked up first.
        :raises NotPermittedError: the gateway does not allow this host to remove it.
        """
        self._remove((_hosts.as_text(remote_host), external_port, protocol))

    def __getitem__(self, key: Key) -> DynamicMapping:
        """The mapping at ``[external port, protocol]`` or ``[remote host, external port, protocol]``.

        :raises NotFoundError: there is none.
        """
        return self._at(self._kind.key(key))

    def __delitem__(self, key: Key) -> None:
        """Remove the mapping at ``[external port, protocol]`` or ``[remote host, external port, protocol]``, as remove()."""
        self._remove(self._kind.key(key))
