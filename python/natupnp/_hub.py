# SPDX-License-Identifier: MIT
"""The events of a client on their way from the core to those who want them."""
from __future__ import annotations

from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from ._event import Event, EventKind

WAITING_MAX = 1024
"""How many wait at most, as in the core: then the oldest one is dropped."""


class Queue:
    """What an iterator has still to give."""

    __slots__ = ("closed", "events", "rings")

    def __init__(self) -> None:
        self.events: deque[Event] = deque(maxlen=WAITING_MAX)
        self.closed = False
        self.rings: list[Callable[[], None]] = []  # called once, when there is something new

    def put(self, event: Event) -> None:
        self.events.append(event)
        self.ring()

    def close(self) -> None:
        self.closed = True
        self.events.clear()

    def ring(self) -> None:
        """Tell those who wait that there is something new."""
        rings, self.rings = self.rings, []
        for ring in rings:
            ring()


class Registered:
    """A callback and what it is called for."""

    __slots__ = ("_call", "_kind", "ended")

    def __init__(self, kind: EventKind | None, call: Callable[[Event], object]) -> None:
        self._kind = kind
        self._call = call
        self.ended = False

    def close(self) -> None:
        self.ended = True

    def tell(self, event: Event) -> None:
        if not self.ended and self._kind in (None, event.kind):
            self._call(event)


class Hub:
    """Takes events from who drives the client; calls callbacks when it is told to."""

    __slots__ = ("_queues", "_registered", "_waiting")

    def __init__(self) -> None:
        self._queues: list[Queue] = []
        self._registered: list[Registered] = []
        self._waiting: deque[tuple[Event, tuple[Registered, ...]]] = deque(maxlen=WAITING_MAX)

    @property
    def wanted(self) -> bool:
        """Whether anybody wants events."""
        return bool(self._queues or self._registered)

    @property
    def waiting(self) -> bool:
        """Whether callbacks are to be called."""
        return bool(self._waiting)

    def join(self, member: Queue | Registered) -> None:
        """From now on it gets every event."""
        if isinstance(member, Queue):
            self._queues.append(member)
        else:
            self._registered.append(member)

    def leave(self, member: Queue | Registered) -> None:
        """It gets none any more. It may have left already."""
        member.close()
        for members in (self._queues, self._registered):
            try:
                members.remove(member)  # type: ignore[arg-type]
            except ValueError:
                pass

    def take(self, event: Event) -> None:
        """An event of the core: for the iterators now, for the callbacks with the next deliver()."""
        for queue in tuple(self._queues):
            queue.put(event)
        if self._registered:
            self._waiting.append((event, tuple(self._registered)))

    def deliver(self, report: Callable[[Exception], None]) -> None:
        """Call the callbacks. They may do anything: register others, close the client.

        :param report: is told what one raised; the others are called all the same.
        """
        while self._waiting:
            event, members = self._waiting.popleft()
            for member in members:
                try:
                    member.tell(event)
                except Exception as error:
                    report(error)

    def close(self, tell: bool) -> None:
        """Nothing comes any more.

        :param tell: whether those who wait are there to be told.
        """
        self._waiting.clear()
        for registered in self._registered:
            registered.close()
        self._registered.clear()
        for queue in self._queues:
            queue.close()
            if tell:
                queue.ring()
        self._queues.clear()
