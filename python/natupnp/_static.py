# SPDX-License-Identifier: MIT
"""The static port mapping collection, and the mappings in it, for verbs that wait."""
from __future__ import annotations

from . import _hosts, _verbs
from ._errors import InvalidTypeError, NotFoundError
from ._mapping import Mapping, handle_of
from ._typing import overload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address
    from types import TracebackType
    from typing import Iterator, List, TypeVar

    from ._background import Background
    from ._blocking import Blocking
    from ._enums import Protocol
    from ._swig import core as _core
    from ._typing import T

    Self = TypeVar("Self", bound="StaticMapping")


class StaticMappings:
    """The port mappings that any remote host may use, by their key (external port, protocol).

    What it gives are snapshots; each look asks the gateway. It is always true, so
    that ``if`` sends nothing.
    """

    __slots__ = ("_driver",)

    def __init__(self, driver: Blocking | Background) -> None:
        self._driver = driver

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
    ) -> StaticMapping:
        """Map a port, or change the mapping that this internal client has there.

        :param external_port: 1 to 65535, or 0 for any free one, which needs ``internal_port``.
        :param protocol: ``"TCP"`` or ``"UDP"``, or a :class:`Protocol`.
        :param internal_port: 1 to 65535; None for the same as the external one.
        :param internal_client: an IPv4 address, or a host name that has one; None for this host.
        :param enabled: False to make the entry without opening the port. Few gateways can.
        :param description: at most 63 bytes of UTF-8 without control characters; None for "natupnp".
        :param any_port: take any free external port when that one is in use.
        :raises ConflictError: another computer holds the port; nothing is changed.
        :raises NotPermittedError: the gateway does not map this port, or not to that client.
        :raises FullError: it has no room.
        :raises UnsupportedError: it cannot make a mapping that is not enabled.
        """
        handle = self._driver.run(
            _verbs.ADD,
            external_port,
            protocol,
            internal_port,
            _hosts.address(internal_client),
            enabled,
            description,
            any_port,
        )
        return StaticMapping._bound(handle, self)

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

    def list(self) -> List[StaticMapping]:
        """All of them, from one read, in no order that means anything."""
        return [StaticMapping._bound(handle, self) for handle in self._driver.run(_verbs.LIST)]

    def count(self) -> int:
        """How many there are, by reading them."""
        return self._driver.run(_verbs.COUNT)

    def remove(self, external_port: int, protocol: Protocol | str) -> None:
        """Remove a mapping.

        :raises NotFoundError: there is none; it is looked up first.
        :raises NotPermittedError: the gateway does not allow this host to remove it.
        """
        self._driver.run(_verbs.REMOVE, external_port, protocol)

    def edit(
        self,
        mapping: Mapping,
        *,
        internal_port: int | None = None,
        internal_client: IPv4Address | str | None = None,
        enabled: bool | None = None,
        description: str | None = None,
    ) -> StaticMapping:
        """Change fields of a mapping; those that are None, and what is left of its lease, stay.

        :param mapping: one that a client gave: its key and its gateway are taken.
        :return: what the gateway shows when it is read back.
        :raises NotFoundError: it is no longer there.
        :raises ConflictError, NotPermittedError, UnsupportedError: as add().
        :raises GoneError: the client uses another gateway now.
        :raises LostError: it had to be removed for the change and could not be put back.
        """
        handle = self._driver.run(
            _verbs.EDIT,
            handle_of(mapping),
            internal_port,
            _hosts.address(internal_client),
            enabled,
            description,
        )
        return StaticMapping._bound(handle, self)

    def __getitem__(self, key: tuple[int, Protocol | str]) -> StaticMapping:
        """The mapping at ``[external port, protocol]``.

        :raises NotFoundError: there is none.
        """
        external_port, protocol = _key(key)
        return StaticMapping._bound(self._driver.run(_verbs.GET, external_port, protocol), self)

    def __delitem__(self, key: tuple[int, Protocol | str]) -> None:
        """Remove the mapping at ``[external port, protocol]``, as remove()."""
        self.remove(*_key(key))

    def __contains__(self, item: tuple[int, Protocol | str] | Mapping) -> bool:
        """Whether there is a mapping at a key, or whether a mapping is still there and leads to the same place."""
        if not isinstance(item, Mapping):
            return self.get(*_key(item)) is not None
        if item.remote_host is not None:
            return False
        found = self.get(item.external_port, item.protocol)
        return found is not None and (found.internal_client, found.internal_port) == (
            item.internal_client,
            item.internal_port,
        )

    def __iter__(self) -> Iterator[StaticMapping]:
        """All of them, from one read."""
        return iter(self.list())

    def __len__(self) -> int:
        """As count(). Python asks for it in ``list(mappings)`` too, which so reads twice: list() is better."""
        return self.count()

    def __bool__(self) -> bool:
        """True: a look would ask the gateway."""
        return True

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of a client that is {'closed' if self._driver.engine.closed else 'open'}>"


class StaticMapping(Mapping):
    """A mapping that knows its collection. Its verbs give what has become of it; it never changes itself.

    As a context manager it is removed at the end, where it may be gone already::

        with client.static_mappings.add(8080, "TCP") as mapping:
            ...
    """

    __slots__ = ("_collection",)

    _collection: StaticMappings

    @classmethod
    def _bound(cls: type[Self], handle: _core.Mapping, collection: StaticMappings) -> Self:
        mapping = cls._of(handle)
        mapping._collection = collection
        return mapping

    def edit(
        self,
        *,
        internal_port: int | None = None,
        internal_client: IPv4Address | str | None = None,
        enabled: bool | None = None,
        description: str | None = None,
    ) -> StaticMapping:
        """Change fields, as :meth:`StaticMappings.edit`."""
        return self._collection.edit(
            self,
            internal_port=internal_port,
            internal_client=internal_client,
            enabled=enabled,
            description=description,
        )

    def enable(self) -> StaticMapping:
        """Let the gateway forward."""
        return self.edit(enabled=True)

    def disable(self) -> StaticMapping:
        """Keep the entry without forwarding.

        :raises UnsupportedError: the gateway cannot; the mapping is as it was.
        """
        return self.edit(enabled=False)

    def remove(self) -> None:
        """Remove it, as :meth:`StaticMappings.remove`."""
        self._collection.remove(self.external_port, self.protocol)

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        try:
            self.remove()
        except NotFoundError:
            pass


def _key(key: object) -> tuple[int, str]:
    if isinstance(key, tuple) and len(key) == 2:
        return key
    raise InvalidTypeError("the key must be (external_port, protocol)")
