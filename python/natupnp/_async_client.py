# SPDX-License-Identifier: MIT
"""The client whose verbs are awaited."""
from __future__ import annotations

from . import _verbs
from ._async_dynamic import AsyncDynamicMappings
from ._async_static import AsyncStaticMappings
from ._asyncio import Asyncio
from ._engine import warn
from ._gateway import external_ip
from ._options import options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Awaitable
    from ipaddress import IPv4Address
    from types import TracebackType
    from typing import TypeVar

    from ._async_events import AsyncEvents
    from ._gateway import Gateway
    from ._kept import Kept
    from ._options import Path

    Self = TypeVar("Self", bound="AsyncClient")


class AsyncClient:
    """As :class:`Client`, for asyncio: every verb is awaited, many at once if need be.

    Cancelling a task, or ``asyncio.wait_for``, cancels its operation. A client
    belongs to the loop that runs at its first verb; used in another one it
    raises RuntimeError. The parameters are those of :class:`Client`.
    """

    def __init__(
        self,
        *,
        gateway: str | None = None,
        interface: str | None = None,
        timeout: float | None = None,
        budget: float | None = None,
        trust_host: str | None = None,
        cache: Path | None = None,
    ) -> None:
        self._timeout = timeout
        self._driver = Asyncio(options(gateway, interface, timeout, budget, trust_host, cache))
        self._static_mappings = AsyncStaticMappings(self._driver)
        self._dynamic_mappings = AsyncDynamicMappings(self._driver)
        self._events: AsyncEvents | None = None

    async def discover(self) -> Gateway:
        """The gateway: found now, or known already.

        :raises NoGatewayError: when none answered; the text says what to check.
        """
        return await self._driver.run(_verbs.DISCOVER)

    async def external_ip(self) -> IPv4Address | None:
        """The gateway's external (WAN) address, asked for anew; None when it has none now.

        :raises Error: why it is not known: FaultError, BadReplyError when what the gateway says makes no sense.
        """
        return external_ip(await self.gateway)

    @property
    def gateway(self) -> Awaitable[Gateway]:
        """To be awaited: the gateway, asked anew for its external address, its status and its uptime."""
        return self._driver.run(_verbs.QUERY)

    @property
    def gateways(self) -> Awaitable[tuple[Gateway, ...]]:
        """To be awaited: every gateway of this network, the chosen one first; a search that takes the whole budget."""
        return self._driver.run(_verbs.GATEWAYS)

    @property
    def static_mappings(self) -> AsyncStaticMappings:
        """The port mappings that any remote host may use: always the same collection."""
        return self._static_mappings

    @property
    def dynamic_mappings(self) -> AsyncDynamicMappings:
        """The port mappings with a lease or for one remote host: always the same collection."""
        return self._dynamic_mappings

    @property
    def events(self) -> AsyncEvents:
        """What happens to the gateway and to kept mappings: always the same object."""
        if self._events is None:
            from ._async_events import AsyncEvents

            self._events = AsyncEvents(self._driver)
        return self._events

    @property
    def kept(self) -> tuple[Kept, ...]:
        """The mappings that were added with ``keep=True`` and not removed, as :attr:`Client.kept`. Nothing is awaited."""
        from ._kept import kept_of

        return self._driver.call(kept_of, ())

    @property
    def timeout(self) -> float | None:
        """What a verb may take in all from now on, in seconds; None for 10. May be set."""
        return self._timeout

    @timeout.setter
    def timeout(self, seconds: float | None) -> None:
        self._driver.set_timeout(seconds)
        self._timeout = seconds

    @property
    def closed(self) -> bool:
        """Whether it is closed."""
        return self._driver.closed

    def close(self) -> None:
        """Free it; verbs that are awaited end in ClosedError. Mappings stay at the gateway, kept ones too: see aclose()."""
        if self._driver.keeps:
            warn("kept mappings stay until their leases end: await aclose() to remove them")
        self._driver.close()

    async def aclose(self) -> None:
        """Remove the kept mappings, then free it, as :meth:`Client.close`. The end of ``async with`` does this."""
        await self._driver.close_well()

    async def __aenter__(self: Self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'closed' if self.closed else 'open'}>"
