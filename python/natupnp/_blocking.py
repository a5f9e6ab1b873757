# SPDX-License-Identifier: MIT
"""Drives an engine in the thread that calls: every verb waits there."""
from __future__ import annotations

from _thread import get_ident
from select import POLLIN, poll
from time import monotonic

from ._engine import Engine
from ._errors import BusyError, InvalidArgumentError, InvalidTypeError
from ._options import with_address
from ._outcome import outcome
from ._slice import SLICE_S
from ._swig import core as _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

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

    def run(self, verb: Verb[T], *args: object) -> T:
        """Carry out a verb. What interrupts it cancels the operation."""
        start, take = verb
        engine = self.engine
        self._inside = self._entering()
        try:
            op = engine.start(start, args)
            try:
                engine.dispatch()
                if not _core.op_done(op):
                    self._wait(op)
                return outcome(op, take)
            finally:
                engine.drop(op)
        finally:
            self._inside = None

    def pump(self, timeout: float) -> None:
        """Do what is due, as soon as there is something, at the latest after the timeout."""
        if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
            raise InvalidTypeError("timeout must be a number of seconds")
        if not timeout >= 0:
            raise InvalidArgumentError("timeout must be a number of seconds, 0 or greater")
        end = monotonic() + min(timeout, 1e9)  # larger numbers may be no float
        self._inside = self._entering()
        try:
            ready = self._poller()
            left = timeout
            while not ready(min(left, SLICE_S) * 1000) and left > 0:
                left = max(end - monotonic(), 0)
            self.engine.dispatch()
        finally:
            self._inside = None

    def set_timeout(self, seconds: float | None) -> None:
        self._entering()
        self.engine.set_timeout(seconds)

    def close(self) -> None:
        if not self.engine.closed and not self.engine.forked:
            self._entering()
        self.engine.close()

    def _entering(self) -> int:
        """The thread that calls, if it may."""
        self.engine.live()
        thread = get_ident()
        if self._inside is not None and self._inside != thread:
            raise BusyError(
                "another thread is using this client: give each thread its own, or make it with background=True"
            )
        return thread

    def _wait(self, op: _core.Operation) -> None:
        ready = self._poller()
        while not _core.op_done(op):
            ready(SLICE_S * 1000)
            self.engine.dispatch()

    def _poller(self) -> Callable[[float], list[tuple[int, int]]]:
        """Waits for the descriptor. A new one each time: one that a signal handler interrupts refuses to be used in it."""
        poller = poll()
        poller.register(self.engine.fileno(), POLLIN)
        return poller.poll
