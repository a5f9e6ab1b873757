# SPDX-License-Identifier: MIT
"""A client of the core and the operations under way on it. It never waits: what drives it does that."""
from __future__ import annotations

import sys
from _warnings import warn as warn_at
from os import getpid
from time import monotonic

from ._errors import CLASSES, ClosedError, ForkedError
from ._options import judge, new_client
from ._outcome import judged, refusal
from ._swig import core as _core
from ._values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from ._hub import Hub
    from ._options import Options
    from ._verbs import Start

NEGLECT_S = 60.0
"""For how long what is due may wait before somebody is told that nobody drives the client."""


class Engine:
    """Starts operations, does what is due, and tells who waits when one has ended.

    One thread at a time starts and dispatches; any may drop(), wake() and set_timeout().
    """

    __slots__ = ("_driven", "_handle", "_pid", "_waiters", "_watching", "hub", "took")

    def __init__(self, options: Options) -> None:
        self._pid = getpid()
        self._waiters: dict[int, Callable[[], None]] = {}
        self._driven = monotonic()
        self._watching = False
        self.took = False  # events, since the last pump()
        self.hub: Hub | None = None  # with the first who asks for events
        self._handle: _core._Client | None = new_client(options)

    @property
    def closed(self) -> bool:
        return self._handle is None

    @property
    def forked(self) -> bool:
        """Whether this is a child of the process that made it."""
        return getpid() != self._pid

    def live(self) -> _core._Client:
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
        return judged(_core.client_fd, self.live())

    def start(self, start: Start, args: tuple[object, ...], ended: Callable[[], None] | None = None) -> _core._Operation:
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

    def drop(self, op: _core._Operation) -> None:
        """Free an operation; one that has not ended is cancelled."""
        self._waiters.pop(_core.op_id(op), None)
        _core.op_free(op)

    def set_timeout(self, seconds: float | None) -> None:
        """What operations started from now on may take in all; None for the default."""
        given = plain((None, None, seconds, None, None, None))
        judge(given)
        judged(_core.client_set_timeout, self.live(), *given[2:3])

    def dispatch(self) -> None:
        """Do what is due."""
        handle = self._handle
        if handle is None:
            raise ClosedError()
        self.watch()
        status = judged(_core.client_dispatch, handle)
        if status != _core.OK:
            raise CLASSES[status]()
        self._driven = monotonic()
        while self._handle is not None:
            number = judged(_core.client_next_done, self._handle)
            if number == 0:
                break
            ended = self._waiters.pop(number, None)
            if ended is not None:
                ended()
        if self._watching:
            self._take_events()

    def watch(self) -> None:
        """Have the core watch while somebody wants events, and only then.

        :raises Error: when it cannot.
        """
        client = self.live()
        wanted = self.hub is not None and self.hub.wanted
        if wanted and not self._watching:
            status = judged(_core.client_watch, client)
            if status != _core.OK:
                raise refusal(client, status)
        elif self._watching and not wanted:
            judged(_core.client_unwatch, client)
        self._watching = wanted

    def _take_events(self) -> None:
        """Empty the core's queue, which keeps the descriptor readable."""
        from ._event import Event

        while self._handle is not None and self.hub is not None:
            event = judged(_core.client_next_event, self._handle)[1]
            if event is None:
                return
            self.took = True
            self.hub.take(Event._of(event))

    @property
    def waiting(self) -> bool:
        """Whether callbacks are to be called."""
        return self.hub is not None and self.hub.waiting

    def deliver(self, report: Callable[[Exception], None]) -> None:
        """Call callbacks for the events that have been taken."""
        if self.hub is not None:
            self.hub.deliver(report)

    @property
    def keeps(self) -> bool:
        """Whether there are kept mappings."""
        return self._handle is not None and not self.forked and _core.client_kept_count(self._handle) > 0

    @property
    def neglected(self) -> bool:
        """Whether nobody has driven it although something was due for a kept mapping."""
        client = self._handle
        if client is None or monotonic() - self._driven < NEGLECT_S or not self.keeps:
            return False
        kept = [_core.client_kept_at(client, n)[1] for n in range(_core.client_kept_count(client))]
        return any([one is not None and _core.kept_next_s(one) == 0 for one in kept])

    def wake(self, _wake: Callable[[_core._Client], None] = _core.client_wake) -> None:
        """Make the descriptor readable."""
        handle = self._handle
        if handle is not None:
            _wake(handle)

    def close(self) -> None:
        """Free the client; operations under way are dropped, and who waits for them is told."""
        handle, self._handle = self._handle, None
        if handle is not None:
            _core.client_free(handle)
        if self.hub is not None:
            self.hub.close(tell=not self.forked)
        while self._waiters:
            ended = self._waiters.popitem()[1]
            if not self.forked:  # else it belongs to a thread or a loop of the parent
                ended()

    # What runs when the interpreter ends finds the names of modules gone: it has what it needs by itself.
    def __del__(
        self,
        _kept_count: Callable[[_core._Client], int] = _core.client_kept_count,
        _getpid: Callable[[], int] = getpid,
        _warn: Callable[[str, type[Warning]], None] = warn_at,
    ) -> None:
        handle = getattr(self, "_handle", None)
        if handle is not None and _getpid() == self._pid and _kept_count(handle) > 0:
            _warn("a client was not closed: the mappings that it kept stay until their leases end", ResourceWarning)


def warn(text: str) -> None:
    """Tell whoever wrote what called the package."""
    level, frame = 2, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals["__name__"].startswith(f"{__package__}."):
        level, frame = level + 1, frame.f_back
    warn_at(text, RuntimeWarning, level)
