# SPDX-License-Identifier: MIT
"""The static port mapping collection, and the mappings in it, for verbs that are awaited."""
from __future__ import annotations

from . import _kinds
from ._async_collection import AsyncBoundMapping, AsyncCollection
from ._errors import NotFoundError
from ._typing import overload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from ._enums import Protocol
    from ._typing import T


class AsyncStaticMapping(AsyncBoundMapping):
    """As :class:`StaticMapping`, for asyncio: every verb is awaited, and removed at the end of ``async with``."""

    __slots__ = ()


class AsyncStaticMappings(AsyncCollection[AsyncStaticMapping]):
    """As :class:`StaticMappings`, for asyncio: every verb is awaited. Parameters and errors are those there."""

    __slots__ = ()

    _kind = _kinds.STATIC
    _mapping = AsyncStaticMapping

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
        keep: bool = False,
    ) -> AsyncStaticMapping:
        """Map a port, or change the mapping that this internal client has there."""
        handle = await self._driver.run(
            self._kind.add,
            external_port,
            protocol,
            internal_port,
            await self._driver.address(internal_client),
            enabled,
            description,
            any_port,
            keep,
        )
        return self._bound(handle)

    @overload
    async def get(
        self, external_port: int, protocol: Protocol | str, default: None = None
    ) -> AsyncStaticMapping | None: ...

    @overload
    async def get(self, external_port: int, protocol: Protocol | str, default: T) -> AsyncStaticMapping | T: ...

    async def get(self, external_port: int, protocol: Protocol | str, default: object = None) -> object:
        """The mapping at a key, or the default where there is none."""
        try:
            return await self._at((external_port, protocol))
        except NotFoundError:
            return default

    async def remove(self, external_port: int, protocol: Protocol | str) -> None:
        """Remove a mapping. It is no longer kept then."""
        await self._remove((external_port, protocol))
