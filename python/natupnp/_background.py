# SPDX-License-Identifier: MIT
"""Drives an engine in a thread of its own: verbs may come from any other."""
from __future__ import annotations

import threading
import weakref
from functools import partial
from time import monotonic

from ._blocking import carry_out, not_removed
from ._engine import Engine
from ._errors import ClosedError, Error
from ._options import judge_wait, with_address
from ._outcome import outcome
from ._slice import SLICE_S
from ._task import Call, Operation, Thread
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


class Background:
    """For any number of threads at once: what they ask for is started by the one that owns the engine.

    That one may ask, too: in a callback. It does it by itself then.
    """

    def __init__(self, options: Options) -> None:
        self.engine = Engine(with_address(options))
        self._closing = threading.Lock()  # taken once, for good
        self._thread = Thread(self.engine)
        self._thread.start()
        weakref.finalize(self, self._thread.stop)  # for a client that nobody closes, and at exit

    def run(self, verb: Verb[T], *args: object) -> T:
        """Carry out a verb. What interrupts it cancels this operation, no other."""
        values = plain(args)
        if self._thread.calls:
            return carry_out(self.engine, verb, values)
        start, take = verb
        task = Operation(partial(self.engine.start, start, values))
        try:
            self._hand_over(task)
            return outcome(task.result(), take)
        finally:
            task.give_up(self.engine)

    def call(self, function: Callable[[Engine], T]) -> T:
        """Have a function do something with the engine that takes no time."""
        if self._thread.calls:
            return function(self.engine)
        task = Call(partial(function, self.engine))
        self._hand_over(task)
        return task.result()

    def pump(self, timeout: float) -> None:
        """There is nothing to do: the thread does it."""
        self.engine.live()

    # ---- events ----

    def listen(self, hub: Hub) -> None:
        self.engine.hub = hub

    def watch(self) -> None:
        self.call(Engine.watch)

    def wake(self) -> None:
        self.engine.wake()

    def next_event(self, queue: Queue, timeout: float | None) -> Event | None:
        """The next event of an iterator, None when there was none in time."""
        end = None if timeout is None else monotonic() + min(timeout, 1e9)
        if self._thread.calls:
            raise RuntimeError("an event is waited for in a callback, which keeps events from coming")
        while True:
            self.engine.live()
            if queue.closed:
                raise ClosedError()
            bell = threading.Lock()
            bell.acquire()
            queue.rings.append(bell.release)
            try:
                return queue.events.popleft()  # after the bell is there: nothing is missed
            except IndexError:
                left = SLICE_S if end is None else min(end - monotonic(), SLICE_S)
                if left <= 0:
                    return None
                bell.acquire(timeout=left)

    # ---- the rest ----

    def set_timeout(self, seconds: float | None) -> None:
        self.engine.set_timeout(seconds)

    def close(self) -> None:
        """Remove what is kept, and free the client in any case."""
        engine = self.engine
        if not engine.forked and not self._closing.acquire(blocking=False):
            if not self._thread.calls:
                self._thread.join()  # another thread closes it
            return
        try:
            if engine.keeps:
                self.run(CLOSE)
        except Error as error:
            not_removed(error)
        finally:
            if not engine.forked:  # a child does not have the thread
                self._thread.stop()
            engine.close()

    def _hand_over(self, task: Operation | Call[T]) -> None:
        """Have the thread do something, and wait until it has."""
        self.engine.live()
        self._thread.tasks.append(task)
        self.engine.wake()
        while not task.turn.acquire(timeout=SLICE_S):
            self.engine.live()  # else nobody will begin it
