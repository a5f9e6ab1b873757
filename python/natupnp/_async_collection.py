# SPDX-License-Identifier: MIT
"""What both port mapping collections have in common, and the mappings in them, for verbs that are awaited."""
from __future__ import annotations

from ._errors import NotFoundError
from ._kinds import holding
from ._mapping import Mapping, handle_of
from ._typing import Generic, M

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address
    from types import TracebackType
    from typing import Any, AsyncIterator, List, TypeVar

    from ._asyncio import Asyncio
    from ._kinds import Key, Kind
    from ._swig import core as _core

    Self = TypeVar("Self", bound="AsyncBoundMapping")


class AsyncCollection(Generic[M]):
    """A subclass says of which kind it is, and what its mappings are."""

    __slots__ = ("_driver",)

    _kind: Kind
    _mapping: type[Any]  # M, which knows its collection

    def __init__(self, driver: Asyncio) -> None:
        self._driver = driver

    async def list(self) -> List[M]:
        """All of them, from one read, in no order that means anything."""
        return [self._bound(handle) for handle in await self._driver.run(self._kind.list)]

    async def count(self) -> int:
        """How many there are, by reading them."""
        return await self._driver.run(self._kind.count)

    async def edit(
        self,
        mapping: Mapping,
        *,
        internal_port: int | None = None,
        internal_client: IPv4Address | str | None = None,
        enabled: bool | None = None,
        description: str | None = None,
    ) -> M:
        """Change fields of a mapping; those that are None, and what is left of its lease, stay."""
        handle = handle_of(mapping)
        edited = await self._driver.run(
            holding(self._kind, mapping).edit,
            handle,
            internal_port,
            await self._driver.address(internal_client),
            enabled,
            description,
        )
        return self._bound(edited)

    async def __aiter__(self) -> AsyncIterator[M]:
        """All of them, from one read."""
        for mapping in await self.list():
            yield mapping

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of a client that is {'closed' if self._driver.closed else 'open'}>"

    async def _at(self, key: Key) -> M:
        return self._bound(await self._driver.run(self._kind.get, *key))

    async def _remove(self, key: Key) -> None:
        await self._driver.run(self._kind.remove, *key)

    async def _remove_mapping(self, mapping: Mapping) -> None:
        kind = holding(self._kind, mapping)
        await self._driver.run(kind.remove, *kind.key_of(mapping))

    def _bound(self, handle: _core._Mapping) -> M:
        mapping: M = self._mapping._read_for(handle, self)
        return mapping


class AsyncBoundMapping(Mapping):
    """A mapping that knows its collection. Its verbs give what has become of it; it never changes itself."""

    __slots__ = ("_collection",)

    _collection: AsyncCollection[Any]

    @classmethod
    def _read_for(cls: type[Self], handle: _core._Mapping, collection: AsyncCollection[Any]) -> Self:
        mapping = cls._of(handle)
        mapping._collection = collection
        return mapping

    async def edit(
        self: Self,
        *,
        internal_port: int | None = None,
        internal_client: IPv4Address | str | None = None,
        enabled: bool | None = None,
        description: str | None = None,
    ) -> Self:
        """Change fields, as the edit() of its collection."""
        edited: Self = await self._collection.edit(
            self,
            internal_port=internal_port,
            internal_client=internal_client,
            enabled=enabled,
            description=description,
        )
        return edited

    async def enable(self: Self) -> Self:
        """Let the gateway forward."""
        return await self.edit(enabled=True)

    async def disable(self: Self) -> Self:
        """Keep the entry without forwarding.

        :raises UnsupportedError: the gateway cannot; the mapping is as it was.
        """
        return await self.edit(enabled=False)

    async def remove(self) -> None:
        """Remove it, as the remove() of its collection. It is no longer kept then."""
        await self._collection._remove_mapping(self)

    async def __aenter__(self: Self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        try:
            await self.remove()
        except NotFoundError:
            pass
