# SPDX-License-Identifier: MIT
"""The thread of a client with ``background=True``, and what others ask it to do."""
from __future__ import annotations

import threading
from collections import deque
from time import monotonic

from ._blocking import poller
from ._engine import Engine
from ._errors import Error
from ._slice import SLICE_S
from ._swig import core as _core
from ._typing import Generic, T
from ._verbs import CLOSE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Union

    Task = Union["Operation", "Call[Any]"]

LAST_S = 2.0
"""For how long mappings that nobody keeps any more are removed: the end of the process must not wait long."""


class Call(Generic[T]):
    """Something on its way to the thread and back. It has no lock that an exception from a signal handler could leave locked."""

    def __init__(self, do: Callable[[], T]) -> None:
        self.turn = threading.Lock()
        self.turn.acquire()  # released when it has ended
        self._do = do
        self._results: list[T] = []
        self._errors: list[Exception] = []

    def begin(self, engine: Engine) -> None:
        """Do it, in the thread."""
        try:
            self._results.append(self._do())
        except Exception as error:
            self._errors.append(error)
        self.turn.release()

    def result(self) -> T:
        """What it gave, or raised."""
        if self._errors:
            raise self._errors.pop()
        return self._results[0]


class Operation(Call["_core._Operation"]):
    """A verb. It has ended when its operation has, or was refused."""

    def __init__(self, start: Callable[[Callable[[], None]], _core._Operation]) -> None:
        super().__init__(lambda: start(self.turn.release))
        self._given_up = False

    def begin(self, engine: Engine) -> None:
        """Start it, in the thread."""
        if self._given_up:
            return
        try:
            self._results.append(self._do())
        except Exception as error:
            self._errors.append(error)
            self.turn.release()
        if self._given_up:  # in the meantime
            self.give_up(engine)

    def give_up(self, engine: Engine) -> None:
        """Drop the operation, whether it has ended or not."""
        self._given_up = True
        try:
            engine.drop(self._results.pop())
        except IndexError:
            pass  # there is none, or the other thread was faster


class Thread(threading.Thread):
    """Does what is due until it is stopped. It knows the engine alone, so that a forgotten driver can go."""

    def __init__(self, engine: Engine) -> None:
        super().__init__(name="natupnp", daemon=True)
        self.tasks: deque[Task] = deque()
        self._engine = engine
        self._stopping = False

    @property
    def calls(self) -> bool:
        """Whether this is the thread that calls."""
        return self.ident == threading.get_ident()

    def run(self) -> None:
        engine = self._engine
        ready = poller(engine)
        try:
            while not self._stopping:
                if not self.tasks:  # else a callback's verb may have used up what woke it
                    ready(-1)
                while self.tasks:
                    self.tasks.popleft().begin(engine)
                engine.dispatch()
                engine.deliver(self._report)
            self._remove_kept()
        except BaseException:
            engine.close()  # nobody must wait for what will not come
            raise

    def stop(self) -> None:
        """End it, and wait until it has ended: it never waits for anything but its descriptor."""
        self._stopping = True
        self._engine.wake()
        if not self.calls:  # the collector may run here, too
            self.join()

    def _remove_kept(self) -> None:
        """What close() would do, had it been called."""
        engine = self._engine
        if not engine.keeps:
            return
        end = monotonic() + LAST_S
        ready = poller(engine)
        try:
            op = engine.start(CLOSE[0], ())
            while not _core.op_done(op) and monotonic() < end:
                engine.dispatch()
                ready(SLICE_S * 1000)
            engine.drop(op)
        except Error:
            pass  # they stay until their leases end

    def _report(self, error: Exception) -> None:
        threading.excepthook(threading.ExceptHookArgs((type(error), error, error.__traceback__, self)))
