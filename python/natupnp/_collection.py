# SPDX-License-Identifier: MIT
"""What both port mapping collections have in common, and the mappings in them, for verbs that wait."""
from __future__ import annotations

from . import _hosts
from ._errors import NotFoundError
from ._kinds import holding
from ._mapping import Mapping, handle_of
from ._typing import Generic, M

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address
    from types import TracebackType
    from typing import Any, Iterator, List, TypeVar

    from ._background import Background
    from ._blocking import Blocking
    from ._swig import core as _core
    from ._kinds import Key, Kind

    Self = TypeVar("Self", bound="BoundMapping")


class Collection(Generic[M]):
    """A subclass says of which kind it is, and what its mappings are."""

    __slots__ = ("_driver",)

    _kind: Kind
    _mapping: type[Any]  # M, which knows its collection

    def __init__(self, driver: Blocking | Background) -> None:
        self._driver = driver

    def list(self) -> List[M]:
        """All of them, from one read, in no order that means anything."""
        return [self._bound(handle) for handle in self._driver.run(self._kind.list)]

    def count(self) -> int:
        """How many there are, by reading them."""
        return self._driver.run(self._kind.count)

    def edit(
        self,
        mapping: Mapping,
        *,
        internal_port: int | None = None,
        internal_client: IPv4Address | str | None = None,
        enabled: bool | None = None,
        description: str | None = None,
    ) -> M:
        """Change fields of a mapping; those that are None, and what is left of its lease, stay.

        :param mapping: one that a client gave: its key and its gateway are taken.
        :return: what the gateway shows when it is read back.
        :raises NotFoundError: it is no longer there.
        :raises ConflictError, NotPermittedError, UnsupportedError: as add().
        :raises GoneError: the client uses another gateway now.
        :raises LostError: it had to be removed for the change and could not be put back.
        """
        handle = handle_of(mapping)
        edited = self._driver.run(
            holding(self._kind, mapping).edit,
            handle,
            internal_port,
            _hosts.address(internal_client),
            enabled,
            description,
        )
        return self._bound(edited)

    def __contains__(self, item: object) -> bool:
        """Whether there is a mapping at a key, or whether a mapping is still there and leads to the same place."""
        try:
            found = self._at(self._kind.key_of(item) if isinstance(item, Mapping) else self._kind.key(item))
        except NotFoundError:
            return False
        return not isinstance(item, Mapping) or same_place(found, item)

    def __iter__(self) -> Iterator[M]:
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

    # ---- how it is done ----

    def _at(self, key: Key) -> M:
        return self._bound(self._driver.run(self._kind.get, *key))

    def _remove(self, key: Key) -> None:
        self._driver.run(self._kind.remove, *key)

    def _remove_mapping(self, mapping: Mapping) -> None:
        kind = holding(self._kind, mapping)
        self._driver.run(kind.remove, *kind.key_of(mapping))

    def _bound(self, handle: _core._Mapping) -> M:
        mapping: M = self._mapping._read_for(handle, self)
        return mapping


class BoundMapping(Mapping):
    """A mapping that knows its collection. Its verbs give what has become of it; it never changes itself."""

    __slots__ = ("_collection",)

    _collection: Collection[Any]

    @classmethod
    def _read_for(cls: type[Self], handle: _core._Mapping, collection: Collection[Any]) -> Self:
        mapping = cls._of(handle)
        mapping._collection = collection
        return mapping

    def edit(
        self: Self,
        *,
        internal_port: int | None = None,
        internal_client: IPv4Address | str | None = None,
        enabled: bool | None = None,
        description: str | None = None,
    ) -> Self:
        """Change fields, as the edit() of its collection."""
        edited: Self = self._collection.edit(
            self,
            internal_port=internal_port,
            internal_client=internal_client,
            enabled=enabled,
            description=description,
        )
        return edited

    def enable(self: Self) -> Self:
        """Let the gateway forward."""
        return self.edit(enabled=True)

    def disable(self: Self) -> Self:
        """Keep the entry without forwarding.

        :raises UnsupportedError: the gateway cannot; the mapping is as it was.
        """
        return self.edit(enabled=False)

    def remove(self) -> None:
        """Remove it, as the remove() of its collection. It is no longer kept then."""
        self._collection._remove_mapping(self)

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        try:
            self.remove()
        except NotFoundError:
            pass


def same_place(one: Mapping, other: Mapping) -> bool:
    """Whether two mappings of a port lead to the same place, for the same hosts."""
    return (one.internal_client, one.internal_port, one.remote_host) == (
        other.internal_client,
        other.internal_port,
        other.remote_host,
    )
