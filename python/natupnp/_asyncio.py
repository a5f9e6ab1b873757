# SPDX-License-Identifier: MIT
"""Drives an engine from an asyncio loop: every verb is awaited."""
from __future__ import annotations

import asyncio
import socket
from functools import partial

from . import _hosts
from ._blocking import not_removed
from ._engine import Engine
from ._errors import ClosedError, Error
from ._options import judge
from ._outcome import outcome
from ._values import plain
from ._verbs import CLOSE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address
    from typing import Callable

    from ._event import Event
    from ._hub import Hub, Queue
    from ._options import Options
    from ._typing import T
    from ._verbs import Verb


class Asyncio:
    """For the tasks of one loop: the one that runs at the first verb, which makes the engine."""

    def __init__(self, options: Options) -> None:
        judge(options)
        self._options = options
        self._engine: Engine | None = None
        self._loop: asyncio.AbstractEventLoop  # with the engine
        self._closed = False
        self._hub: Hub | None = None
        self._closing: asyncio.Future[None] | None = None
        self._opening: asyncio.Task[None] | None = None

    async def run(self, verb: Verb[T], *args: object) -> T:
        """Carry out a verb. Cancelling the task cancels the operation."""
        start, take = verb
        values = plain(args)
        engine = await self._open()
        ended = self._loop.create_future()
        op = engine.start(start, values, partial(_tell, ended))
        try:
            await ended
            return outcome(op, take)
        finally:
            engine.drop(op)

    async def address(self, host: IPv4Address | str | None) -> str | None:
        """A host as the core takes it, looked up where it is a name."""
        text = _hosts.as_text(host)
        return await _look_up(text) if text is not None and _hosts.is_name(text) else text

    # ---- events ----

    def listen(self, hub: Hub) -> None:
        self._hub = hub
        if self._engine is not None:
            self._engine.hub = hub
        elif self._closed:
            hub.close(tell=True)

    def watch(self) -> None:
        """Have the core watch from now on, or as soon as there is one; without a loop that is the first verb."""
        if self._closed:
            raise ClosedError()
        if self._engine is not None:
            self._engine.watch()
        elif self._opening is None and asyncio._get_running_loop() is not None:
            self._opening = asyncio.get_running_loop().create_task(self._open_early())

    def wake(self) -> None:
        if self._engine is not None:
            self._engine.wake()

    async def next_event(self, queue: Queue, timeout: float | None) -> Event | None:
        """The next event of an iterator, None when there was none in time."""
        await self._open()
        loop = self._loop
        end = None if timeout is None else loop.time() + timeout
        while not queue.events:
            if queue.closed:
                raise ClosedError()
            if end is not None and loop.time() >= end:
                return None
            bell: asyncio.Future[None] = loop.create_future()
            queue.rings.append(partial(_tell, bell))
            try:
                await asyncio.wait([bell], timeout=None if end is None else end - loop.time())
            finally:
                bell.cancel()
        return queue.events.popleft()

    async def _open_early(self) -> None:
        try:
            await self._open()
        except Error as error:
            if not self._closed:
                asyncio.get_running_loop().call_exception_handler({"message": str(error), "exception": error})
        finally:
            self._opening = None

    # ---- the rest ----

    def call(self, function: Callable[[Engine], T], otherwise: T) -> T:
        """Have a function do something with the engine that takes no time; without one it would give the other value."""
        if self._closed:
            raise ClosedError()
        return otherwise if self._engine is None else function(self._engine)

    def set_timeout(self, seconds: float | None) -> None:
        options = plain((*self._options[:2], seconds, *self._options[3:]))
        if self._closed:
            raise ClosedError()
        judge(options)
        if self._engine is not None:
            self._engine.set_timeout(options[2])
        self._options = options

    @property
    def closed(self) -> bool:
        return self._closed

    @property
    def keeps(self) -> bool:
        return self._engine is not None and self._engine.keeps

    async def close_well(self) -> None:
        """Remove what is kept, and free the client in any case."""
        if self._closing is not None:
            await asyncio.wait([self._closing])  # another task closes it
        if not self.keeps:
            self.close()
            return
        self._closing = self._loop.create_future()
        try:
            await self.run(CLOSE)
        except ClosedError:
            pass  # by close()
        except Error as error:
            not_removed(error)
        finally:
            self.close()
            self._closing.set_result(None)

    def close(self) -> None:
        self._closed = True
        engine = self._engine
        if engine is None or engine.closed:
            if self._hub is not None:
                self._hub.close(tell=True)
            return
        # A child shares the loop's descriptors with its parent: touching them would blind the parent.
        if not engine.forked and not self._loop.is_closed():
            self._loop.remove_reader(engine.fileno())
        engine.close()

    async def _open(self) -> Engine:
        if self._engine is None and not self._closed:
            options = await self._addressed()
            if self._engine is None and not self._closed:  # in the meantime
                self._make(options)
        if self._engine is None:
            raise ClosedError()
        self._engine.live()  # before the loop is asked for: a forked child has none
        if asyncio.get_running_loop() is not self._loop:
            raise RuntimeError("this client is used in another event loop already: make one for each")
        return self._engine

    def _make(self, options: Options) -> None:
        engine = Engine(options)
        engine.hub = self._hub
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(engine.fileno(), self._ready)
        self._engine = engine
        engine.watch()

    async def _addressed(self) -> Options:
        before, name, after = _hosts.split_url(self._options[0])
        return (before + await _look_up(name) + after, *self._options[1:]) if name else self._options

    def _ready(self) -> None:
        assert self._engine is not None
        try:
            self._engine.dispatch()
        except Error:
            self.close()  # nobody must wait for what will not come
            raise
        self._engine.deliver(self._report)

    def _report(self, error: Exception) -> None:
        self._loop.call_exception_handler({"message": "a callback for events failed", "exception": error})


async def _look_up(name: str) -> str:
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            name.encode("ascii"), None, family=socket.AF_INET, type=socket.SOCK_STREAM
        )
    except OSError as error:
        return _hosts.chosen(name, error)
    return _hosts.chosen(name, [str(entry[4][0]) for entry in found])


def _tell(ended: asyncio.Future[None]) -> None:
    if not ended.done() and not ended.get_loop().is_closed():
        ended.set_result(None)
