# SPDX-License-Identifier: MIT
"""The events of a client, for those who wait for them."""
from __future__ import annotations

from ._errors import ClosedError
from ._listening import Iterating, Listening
from ._options import judge_wait

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from ._background import Background
    from ._blocking import Blocking
    from ._event import Event


class EventIterator(Iterating):
    """Gives every event from its making on, waiting for each; at most 1024 that were not taken, the latest ones.

    It ends when the client is closed, and when it is closed itself: by close(),
    the end of its ``with`` block, or by being forgotten.
    """

    __slots__ = ()

    _driver: Blocking | Background

    def get(self, timeout: float | None = None) -> Event | None:
        """The next event; None when there was none in time.

        :param timeout: how many seconds to wait at most, 0 or more; None for as long as it takes.
        :raises ClosedError: it is closed, or the client is.
        """
        judge_wait(0 if timeout is None else timeout)
        return self._driver.next_event(self._queue, timeout)

    def __iter__(self) -> EventIterator:
        """Itself."""
        return self

    def __next__(self) -> Event:
        event = None
        while event is None:
            try:
                event = self._driver.next_event(self._queue, None)
            except ClosedError:
                if not self._queue.closed and not self._driver.engine.closed:  # which another thread closes
                    raise
                raise StopIteration from None
        return event

    def __enter__(self) -> EventIterator:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()


class Events(Listening):
    """What happens to the gateway and to kept mappings.

    Watching begins with the first callback or iterator, and ends with the last one.
    Callbacks are called from ``client.pump()`` and while an iterator waits, in the
    thread that does so, never inside another verb; with ``background=True`` in the
    client's own thread. They may use the client, and close it. When one raises, the others are called all the
    same; then what it raised comes out of pump() or of the iterator, or with
    ``background=True`` goes to ``threading.excepthook``.

    Each iterator gets every event from its making on::

        with iter(client.events) as events:
            print(events.get(timeout=1))
    """

    __slots__ = ("_own",)

    _driver: Blocking | Background

    def get(self, timeout: float | None = None) -> Event | None:
        """The next event since the first call of this; None when there was none in time.

        :param timeout: how many seconds to wait at most, 0 or more; None for as long as it takes.
        """
        judge_wait(0 if timeout is None else timeout)
        if not hasattr(self, "_own"):
            self._own = iter(self)
        return self._own.get(timeout)

    def __iter__(self) -> EventIterator:
        """An iterator of its own."""
        return EventIterator(self._driver, self._hub)
