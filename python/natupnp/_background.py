# SPDX-License-Identifier: MIT
"""Drives an engine in a thread of its own: verbs may come from any other."""
from __future__ import annotations

import threading
import weakref
from collections import deque
from select import POLLIN, poll

from ._engine import Engine
from ._options import with_address
from ._outcome import outcome
from ._slice import SLICE_S

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._options import Options
    from ._swig import core as _core
    from ._typing import T
    from ._verbs import Start, Verb


class Background:
    """For any number of threads at once: what they ask for is started by the one that owns the engine."""

    def __init__(self, options: Options) -> None:
        self.engine = Engine(with_address(options))
        self._thread = _Thread(self.engine)
        self._thread.start()
        weakref.finalize(self, self._thread.stop)  # for a client that nobody closes, and at exit

    def run(self, verb: Verb[T], *args: object) -> T:
        """Carry out a verb. What interrupts it cancels this operation, no other."""
        start, take = verb
        engine = self.engine
        engine.live()
        task = _Task(start, args)
        try:
            self._thread.tasks.append(task)
            engine.wake()
            while not task.turn.acquire(timeout=SLICE_S):
                engine.live()  # else nobody will begin it
            return outcome(task.begun(), take)
        finally:
            task.give_up(engine)

    def pump(self, timeout: float) -> None:
        """There is nothing to do: the thread does it."""
        self.engine.live()

    def set_timeout(self, seconds: float | None) -> None:
        self.engine.set_timeout(seconds)

    def close(self) -> None:
        if not self.engine.forked:  # a child does not have the thread
            self._thread.stop()
        self.engine.close()


class _Task:
    """A verb on its way to the thread and back.

    Nothing is shared under a lock, which an exception from a signal handler could leave locked.
    """

    def __init__(self, start: Start, args: tuple[object, ...]) -> None:
        self.turn = threading.Lock()
        self.turn.acquire()  # released when it has ended
        self._start = start
        self._args = args
        self._ops: list[_core.Operation] = []
        self._errors: list[Exception] = []
        self._given_up = False

    def begin(self, engine: Engine) -> None:
        """Start it, in the thread."""
        if self._given_up:
            return
        try:
            self._ops.append(engine.start(self._start, self._args, self.turn.release))
        except Exception as error:
            self._errors.append(error)
            self.turn.release()
        if self._given_up:  # in the meantime
            self.give_up(engine)

    def begun(self) -> _core.Operation:
        """The operation, or why it was refused."""
        if self._errors:
            raise self._errors.pop()
        return self._ops[0]

    def give_up(self, engine: Engine) -> None:
        """Drop the operation, whether it has ended or not."""
        self._given_up = True
        try:
            engine.drop(self._ops.pop())
        except IndexError:
            pass  # there is none, or the other thread was faster


class _Thread(threading.Thread):
    """Does what is due until it is stopped. It knows the engine alone, so that a forgotten driver can go."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(name="natupnp", daemon=True)
        self.tasks: deque[_Task] = deque()
        self._engine = engine
        self._stopping = False

    def run(self) -> None:
        engine = self._engine
        poller = poll()
        poller.register(engine.fileno(), POLLIN)
        try:
            while not self._stopping:
                poller.poll()
                while self.tasks:
                    self.tasks.popleft().begin(engine)
                engine.dispatch()
        except BaseException:
            engine.close()  # nobody must wait for what will not come
            raise

    def stop(self) -> None:
        """End it, and wait until it has ended: it never waits for anything but its descriptor."""
        self._stopping = True
        self._engine.wake()
        if self is not threading.current_thread():  # the collector may run here, too
            self.join()
