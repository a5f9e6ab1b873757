# SPDX-License-Identifier: MIT
"""The dynamic port mapping collection, and the mappings in it, for verbs that are awaited."""
from __future__ import annotations

from . import _kinds, _verbs
from ._async_collection import AsyncBoundMapping, AsyncCollection
from ._errors import NotFoundError
from ._hosts import as_text
from ._mapping import handle_of
from ._typing import overload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address

    from ._enums import Protocol
    from ._typing import T


class AsyncDynamicMapping(AsyncBoundMapping):
    """As :class:`DynamicMapping`, for asyncio: every verb is awaited, and removed at the end of ``async with``."""

    __slots__ = ()

    _collection: AsyncDynamicMappings

    async def renew(self, lease: int | None = 3600) -> AsyncDynamicMapping:
        """Ask for another lease, as :meth:`DynamicMapping.renew`."""
        collection = self._collection
        return collection._bound(await collection._driver.run(_verbs.RENEW, handle_of(self), lease))


class AsyncDynamicMappings(AsyncCollection[AsyncDynamicMapping]):
    """As :class:`DynamicMappings`, for asyncio: every verb is awaited. Parameters and errors are those there."""

    __slots__ = ()

    _kind = _kinds.DYNAMIC
    _mapping = AsyncDynamicMapping

    async def add(
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
    ) -> AsyncDynamicMapping:
        """Map a port for a time, or change and prolong the mapping that this internal client has there."""
        handle = await self._driver.run(
            self._kind.add,
            as_text(remote_host),
            external_port,
            protocol,
            internal_port,
            await self._driver.address(internal_client),
            enabled,
            description,
            lease,
            any_port,
            keep,
        )
        return self._bound(handle)

    @overload
    async def get(
        self,
        external_port: int,
        protocol: Protocol | str,
        remote_host: IPv4Address | str | None = None,
        default: None = None,
    ) -> AsyncDynamicMapping | None: ...

    @overload
    async def get(
        self,
        external_port: int,
        protocol: Protocol | str,
        remote_host: IPv4Address | str | None = None,
        *,
        default: T,
    ) -> AsyncDynamicMapping | T: ...

    @overload
    async def get(
        self, external_port: int, protocol: Protocol | str, remote_host: IPv4Address | str | None, default: T
    ) -> AsyncDynamicMapping | T: ...

    async def get(
        self,
        external_port: int,
        protocol: Protocol | str,
        remote_host: IPv4Address | str | None = None,
        default: object = None,
    ) -> object:
        """The mapping at a key, or the default where there is none."""
        try:
            return await self._at((as_text(remote_host), external_port, protocol))
        except NotFoundError:
            return default

    async def remove(
        self, external_port: int, protocol: Protocol | str, remote_host: IPv4Address | str | None = None
    ) -> None:
        """Remove a mapping. It is no longer kept then."""
        await self._remove((as_text(remote_host), external_port, protocol))
