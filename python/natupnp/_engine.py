# SPDX-License-Identifier: MIT
"""A client of the core and the operations under way on it. It never waits: what drives it does that."""
from __future__ import annotations

from os import getpid

from ._errors import CLASSES, ClosedError, ForkedError
from ._options import judge, new_client
from ._outcome import judged, refusal
from ._swig import core as _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from ._options import Options
    from ._verbs import Start


class Engine:
    """Starts operations, does what is due, and tells who waits when one has ended.

    One thread at a time starts and dispatches; any may drop(), wake() and set_timeout().
    """

    __slots__ = ("_handle", "_pid", "_waiters")

    def __init__(self, options: Options) -> None:
        self._pid = getpid()
        self._waiters: dict[int, Callable[[], None]] = {}
        self._handle: _core.Client | None = new_client(options)

    @property
    def closed(self) -> bool:
        return self._handle is None

    @property
    def forked(self) -> bool:
        """Whether this is a child of the process that made it."""
        return getpid() != self._pid

    def live(self) -> _core.Client:
        """The client, if it can be used.

        :raises ClosedError, ForkedError:
        """
        if self._handle is None:
            raise ClosedError()
        if self.forked:
            raise ForkedError()
        return self._handle

    def fileno(self) -> int:
        """The descriptor, readable while there is something to do."""
        return _core.client_fd(self.live())

    def start(self, start: Start, args: tuple[object, ...], ended: Callable[[], None] | None = None) -> _core.Operation:
        """Start an operation; drop() it in any case.

        :param ended: called from dispatch() when it has ended, or from close().
        :raises Error: when it is refused.
        """
        status, op = judged(start, self.live(), *args)
        if op is None:
            raise refusal(self.live(), status)
        if ended is not None:
            self._waiters[_core.op_id(op)] = ended
        return op

    def drop(self, op: _core.Operation) -> None:
        """Free an operation; one that has not ended is cancelled."""
        self._waiters.pop(_core.op_id(op), None)
        _core.op_free(op)

    def set_timeout(self, seconds: float | None) -> None:
        """What operations started from now on may take in all; None for the default."""
        judge((None, None, seconds, None, None, None))
        _core.client_set_timeout(self.live(), seconds)

    def dispatch(self) -> None:
        """Do what is due."""
        handle = self._handle
        if handle is None:
            raise ClosedError()
        status = _core.client_dispatch(handle)
        if status != _core.OK:
            raise CLASSES[status]()
        while self._handle is not None:
            number = _core.client_next_done(self._handle)
            if number == 0:
                return
            ended = self._waiters.pop(number, None)
            if ended is not None:
                ended()

    def wake(self) -> None:
        """Make the descriptor readable."""
        handle = self._handle
        if handle is not None:
            _core.client_wake(handle)

    def close(self) -> None:
        """Free the client; operations under way are dropped, and who waits for them is told."""
        handle, self._handle = self._handle, None
        if handle is not None:
            _core.client_free(handle)
        while self._waiters:
            ended = self._waiters.popitem()[1]
            if not self.forked:  # else it belongs to a thread or a loop of the parent
                ended()
