# SPDX-License-Identifier: MIT
"""The static port mapping collection, and the mappings in it, for verbs that are awaited."""
from __future__ import annotations

from . import _verbs
from ._errors import NotFoundError
from ._mapping import Mapping, handle_of
from ._typing import overload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address
    from types import TracebackType
    from typing import AsyncIterator, List, TypeVar

    from ._asyncio import Asyncio
    from ._enums import Protocol
    from ._swig import core as _core
    from ._typing import T

    Self = TypeVar("Self", bound="AsyncStaticMapping")


class AsyncStaticMappings:
    """As :class:`StaticMappings`, for asyncio: every verb is awaited. Parameters and errors are those there."""

    __slots__ = ("_driver",)

    def __init__(self, driver: Asyncio) -> None:
        self._driver = driver

    async def add(
        self,
        external_port: int,
        protocol: Protocol | str,
        internal_port: int | None = None,
        internal_client: IPv4Address | str | None = None,
        enabled: bool = True,
        description: str | None = None,
        *,
        any_port: bool = False,
    ) -> AsyncStaticMapping:
        """Map a port, or change the mapping that this internal client has there."""
        handle = await self._driver.run(
            _verbs.ADD,
            external_port,
            protocol,
            internal_port,
            await self._driver.address(internal_client),
            enabled,
            description,
            any_port,
        )
        return AsyncStaticMapping._bound(handle, self)

    @overload
    async def get(
        self, external_port: int, protocol: Protocol | str, default: None = None
    ) -> AsyncStaticMapping | None: ...

    @overload
    async def get(self, external_port: int, protocol: Protocol | str, default: T) -> AsyncStaticMapping | T: ...

    async def get(self, external_port: int, protocol: Protocol | str, default: object = None) -> object:
        """The mapping at a key, or the default where there is none."""
        try:
            handle = await self._driver.run(_verbs.GET, external_port, protocol)
        except NotFoundError:
            return default
        return AsyncStaticMapping._bound(handle, self)

    async def list(self) -> List[AsyncStaticMapping]:
        """All of them, from one read, in no order that means anything."""
        return [AsyncStaticMapping._bound(handle, self) for handle in await self._driver.run(_verbs.LIST)]

    async def count(self) -> int:
        """How many there are, by reading them."""
        return await self._driver.run(_verbs.COUNT)

    async def remove(self, external_port: int, protocol: Protocol | str) -> None:
        """Remove a mapping."""
        await self._driver.run(_verbs.REMOVE, external_port, protocol)

    async def edit(
        self,
        mapping: Mapping,
        *,
        internal_port: int | None = None,
        internal_client: IPv4Address | str | None = None,
        enabled: bool | None = None,
        description: str | None = None,
    ) -> AsyncStaticMapping:
        """Change fields of a mapping; those that are None, and what is left of its lease, stay."""
        handle = await self._driver.run(
            _verbs.EDIT,
            handle_of(mapping),
            internal_port,
            await self._driver.address(internal_client),
            enabled,
            description,
        )
        return AsyncStaticMapping._bound(handle, self)

    async def __aiter__(self) -> AsyncIterator[AsyncStaticMapping]:
        """All of them, from one read."""
        for mapping in await self.list():
            yield mapping

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of a client that is {'closed' if self._driver.closed else 'open'}>"


class AsyncStaticMapping(Mapping):
    """As :class:`StaticMapping`, for asyncio: every verb is awaited, and removed at the end of ``async with``."""

    __slots__ = ("_collection",)

    _collection: AsyncStaticMappings

    @classmethod
    def _bound(cls: type[Self], handle: _core.Mapping, collection: AsyncStaticMappings) -> Self:
        mapping = cls._of(handle)
        mapping._collection = collection
        return mapping

    async def edit(
        self,
        *,
        internal_port: int | None = None,
        internal_client: IPv4Address | str | None = None,
        enabled: bool | None = None,
        description: str | None = None,
    ) -> AsyncStaticMapping:
        """Change fields, as :meth:`StaticMappings.edit`."""
        return await self._collection.edit(
            self,
            internal_port=internal_port,
            internal_client=internal_client,
            enabled=enabled,
            description=description,
        )

    async def enable(self) -> AsyncStaticMapping:
        """Let the gateway forward."""
        return await self.edit(enabled=True)

    async def disable(self) -> AsyncStaticMapping:
        """Keep the entry without forwarding.

        :raises UnsupportedError: the gateway cannot; the mapping is as it was.
        """
        return await self.edit(enabled=False)

    async def remove(self) -> None:
        """Remove it, as :meth:`StaticMappings.remove`."""
        await self._collection.remove(self.external_port, self.protocol)

    async def __aenter__(self: Self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        try:
            await self.remove()
        except NotFoundError:
            pass
