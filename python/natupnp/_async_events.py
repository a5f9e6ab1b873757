# SPDX-License-Identifier: MIT
"""The events of a client, for asyncio."""
from __future__ import annotations

from ._errors import ClosedError
from ._listening import Iterating, Listening
from ._options import judge_wait

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._asyncio import Asyncio
    from ._event import Event


class AsyncEventIterator(Iterating):
    """As :class:`EventIterator`, for asyncio: each event is awaited."""

    __slots__ = ()

    _driver: Asyncio

    async def get(self, timeout: float | None = None) -> Event | None:
        """The next event; None when there was none in time.

        :param timeout: how many seconds to wait at most, 0 or more; None for as long as it takes.
        :raises ClosedError: it is closed, or the client is.
        """
        judge_wait(0 if timeout is None else timeout)
        return await self._driver.next_event(self._queue, timeout)

    def __aiter__(self) -> AsyncEventIterator:
        """Itself."""
        return self

    async def __anext__(self) -> Event:
        event = None
        while event is None:
            try:
                event = await self._driver.next_event(self._queue, None)
            except ClosedError:
                if not self._queue.closed:
                    raise
                raise StopAsyncIteration from None
        return event

    async def aclose(self) -> None:
        """As close(), for what awaits it, such as ``contextlib.aclosing``."""
        self.close()


class AsyncEvents(Listening):
    """As :class:`Events`, for asyncio.

    Callbacks are called from the event loop. What one raises goes to the loop's exception
    handler; a coroutine that one returns is not awaited.
    """

    __slots__ = ("_own",)

    _driver: Asyncio

    async def get(self, timeout: float | None = None) -> Event | None:
        """The next event since the first call of this; None when there was none in time."""
        judge_wait(0 if timeout is None else timeout)
        if not hasattr(self, "_own"):
            self._own = self.__aiter__()
        return await self._own.get(timeout)

    def __aiter__(self) -> AsyncEventIterator:
        """An iterator of its own."""
        return AsyncEventIterator(self._driver, self._hub)
