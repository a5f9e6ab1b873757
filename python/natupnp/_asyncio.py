# SPDX-License-Identifier: MIT
"""Drives an engine from an asyncio loop: every verb is awaited."""
from __future__ import annotations

import asyncio
import socket
from functools import partial

from . import _hosts
from ._engine import Engine
from ._errors import ClosedError, Error
from ._options import judge
from ._outcome import outcome

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address

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

    async def run(self, verb: Verb[T], *args: object) -> T:
        """Carry out a verb. Cancelling the task cancels the operation."""
        start, take = verb
        engine = await self._open()
        ended = self._loop.create_future()
        op = engine.start(start, args, partial(_tell, ended))
        try:
            await ended
            return outcome(op, take)
        finally:
            engine.drop(op)

    async def address(self, host: IPv4Address | str | None) -> str | None:
        """A host as the core takes it, looked up where it is a name."""
        text = _hosts.as_text(host)
        return await _look_up(text) if text is not None and _hosts.is_name(text) else text

    def set_timeout(self, seconds: float | None) -> None:
        if self._closed:
            raise ClosedError()
        options = (*self._options[:2], seconds, *self._options[3:])
        judge(options)
        if self._engine is not None:
            self._engine.set_timeout(seconds)
        self._options = options

    @property
    def closed(self) -> bool:
        return self._closed

    def close(self) -> None:
        self._closed = True
        engine = self._engine
        if engine is None or engine.closed:
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
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(engine.fileno(), self._ready)
        self._engine = engine

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
