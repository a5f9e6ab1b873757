# SPDX-License-Identifier: MIT
"""Drives an engine in the thread that calls: every verb waits there."""
from __future__ import annotations

import sys
from _thread import get_ident
from select import POLLIN, poll
from time import monotonic

from ._engine import Engine, warn
from ._errors import BusyError, ClosedError, Error
from ._options import judge_wait, with_address
from ._outcome import outcome
from ._slice import SLICE_S
from ._swig import core as _core
from ._values import plain
from ._verbs import CLOSE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from ._event import Event
    from ._hub import Hub, Queue
    from ._options import Options
    from ._typing import T
    from ._verbs import Verb


class Blocking:
    """For one thread at a time; a signal handler in that thread may use it too.

    Which thread is inside is noted without a lock, which an exception from a
    signal handler could leave locked. Should two slip in together, they only wait a little longer.
    """

    def __init__(self, options: Options) -> None:
        self.engine = Engine(with_address(options))
        self._inside: int | None = None
        self._warned = self._closing = False

    def run(self, verb: Verb[T], *args: object) -> T:
        """Carry out a verb. What interrupts it cancels the operation."""
        values = plain(args)
        before, thread = self._inside, self._enter()
        try:
            self._inside = thread
            return carry_out(self.engine, verb, values)
        finally:
            self._inside = before  # in a function, an exception could come before it
            if self.engine.took:  # the core's queue, which keeps the descriptor readable, is empty
                self.engine.wake()

    def call(self, function: Callable[[Engine], T]) -> T:
        """Have a function do something with the engine that takes no time."""
        self._may_enter()
        return function(self.engine)

    def pump(self, timeout: float) -> None:
        """Do what is due, as soon as there is something, at the latest after the timeout."""
        judge_wait(timeout)
        errors: list[Exception] = []
        end = monotonic() + min(timeout, 1e9)
        before, thread = self._inside, self._enter()
        try:
            self._inside = thread
            ready = poller(self.engine)
            left = 0.0 if self.engine.waiting else timeout
            while not ready(min(left, SLICE_S) * 1000) and left > 0:
                left = max(end - monotonic(), 0)
            self.engine.dispatch()
            self.engine.took = False
            self.engine.deliver(errors.append)
        finally:
            self._inside = before
            if self.engine.waiting:
                self.engine.wake()
        for error in errors[1:]:
            show(error)
        if errors:
            raise errors[0]

    # ---- events ----

    def listen(self, hub: Hub) -> None:
        self.engine.hub = hub

    def watch(self) -> None:
        self.call(Engine.watch)

    def wake(self) -> None:
        self.engine.wake()

    def next_event(self, queue: Queue, timeout: float | None) -> Event | None:
        """The next event of an iterator, None when there was none in time. Callbacks are called meanwhile."""
        end = None if timeout is None else monotonic() + min(timeout, 1e9)
        left: float = 0
        while True:
            if queue.closed:
                raise ClosedError()
            if queue.events:
                self._may_enter()
                return queue.events.popleft()
            if left < 0:
                return None
            self.pump(left)
            left = SLICE_S if end is None else min(end - monotonic(), SLICE_S)

    def set_timeout(self, seconds: float | None) -> None:
        self._may_enter()
        self.engine.set_timeout(seconds)

    def close(self) -> None:
        """Remove what is kept, and free the client in any case."""
        engine = self.engine
        if not engine.closed and not engine.forked:
            self._may_enter()
            if self._closing:  # this is a signal handler: what it interrupts goes on
                return
        self._closing = True
        try:
            if engine.keeps:
                self.run(CLOSE)
        except Error as error:
            not_removed(error)
        finally:
            engine.close()

    # ---- who is inside ----

    def _may_enter(self) -> int:
        """The thread that calls, if it may."""
        self.engine.live()
        thread = get_ident()
        if self._inside is not None and self._inside != thread:
            raise BusyError(
                "another thread is using this client: give each thread its own, or make it with background=True"
            )
        return thread

    def _enter(self) -> int:
        """The thread that calls, if it may. That it is inside is noted where an exception from a signal handler
        cannot leave the note behind: after a ``try``. A callback or a signal handler may enter again.
        """
        thread = self._may_enter()
        if not self._warned and self.engine.neglected:
            self._warned = True
            warn("kept mappings were not renewed in time: pump() the client, or make it with background=True")
        return thread


def carry_out(engine: Engine, verb: Verb[T], args: tuple[object, ...]) -> T:
    """Carry out a verb in the thread that drives the engine."""
    start, take = verb
    op = engine.start(start, args)
    try:
        engine.dispatch()
        if not _core.op_done(op):
            ready = poller(engine)
            while not _core.op_done(op):
                ready(SLICE_S * 1000)
                engine.dispatch()
        return outcome(op, take)
    finally:
        engine.drop(op)


def poller(engine: Engine) -> Callable[[float], list[tuple[int, int]]]:
    """Waits for the descriptor. A new one each time: one that a signal handler interrupts refuses to be used in it."""
    made = poll()
    made.register(engine.fileno(), POLLIN)
    return made.poll


def not_removed(error: Error) -> None:
    """Say that a close could not do all that it should."""
    warn(f"a kept mapping could not be removed, and stays until its lease ends: {error}")


def show(error: Exception) -> None:
    """What a callback raised, where another error is on its way to the caller already."""
    sys.excepthook(type(error), error, error.__traceback__)
