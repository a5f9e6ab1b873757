# SPDX-License-Identifier: MIT
"""Callbacks and iterators for events: what they have in common for every kind of client."""
from __future__ import annotations

from ._errors import InvalidArgumentError, InvalidTypeError
from ._event import EventKind
from ._hub import Hub, Queue, Registered

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address
    from types import TracebackType
    from typing import Callable

    from ._asyncio import Asyncio
    from ._background import Background
    from ._blocking import Blocking
    from ._event import Event


class Registration:
    """A callback that is called from now on, until it is closed, its ``with`` block ends or the client is closed."""

    __slots__ = ("_driver", "_hub", "_registered")

    def __init__(self, driver: Blocking | Background | Asyncio, hub: Hub, registered: Registered) -> None:
        self._driver = driver
        self._hub = hub
        self._registered = registered
        hub.join(registered)
        try:
            driver.watch()
        except BaseException:
            hub.leave(registered)
            raise

    def close(self) -> None:
        """Call it no more. Closing it again does nothing."""
        if not self._registered.ended:
            self._hub.leave(self._registered)
            self._driver.wake()

    def __enter__(self) -> Registration:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()


class Iterating:
    """An iterator that gets every event from its making on."""

    __slots__ = ("_driver", "_hub", "_queue")

    def __init__(self, driver: Blocking | Background | Asyncio, hub: Hub) -> None:
        self._driver = driver
        self._hub = hub
        self._queue = Queue()
        hub.join(self._queue)
        try:
            driver.watch()
        except BaseException:
            hub.leave(self._queue)
            raise

    def close(self) -> None:
        """End it. Closing it again does nothing."""
        if not self._queue.closed:
            self._hub.leave(self._queue)
            self._queue.ring()
            self._driver.wake()

    def __del__(self) -> None:
        if hasattr(self, "_queue"):
            self.close()


class Listening:
    """What both kinds of events have in common."""

    __slots__ = ("_driver", "_hub")

    def __init__(self, driver: Blocking | Background | Asyncio) -> None:
        self._driver = driver
        self._hub = Hub()
        driver.listen(self._hub)

    def on_external_ip(self, callback: Callable[[IPv4Address | None], object]) -> Registration:
        """Have a callback called with each new external address; with None when the gateway has none any more."""
        _judge(callback)
        return self._register(EventKind.EXTERNAL_IP, lambda event: callback(event.external_ip))

    def on_number_of_entries(self, callback: Callable[[int], object]) -> Registration:
        """Have a callback called with the number of mappings, of whichever kind, when the gateway has more or fewer."""
        _judge(callback)
        return self._register(EventKind.NUMBER_OF_ENTRIES, lambda event: callback(event.number_of_entries or 0))

    def on(self, kind: EventKind | str, callback: Callable[[Event], object]) -> Registration:
        """Have a callback called with each event of a kind, such as ``"mapping-lost"``."""
        try:
            known = EventKind(kind)
        except ValueError:
            raise InvalidArgumentError(f"kind must be one of {', '.join(EventKind)}") from None
        _judge(callback)
        return self._register(known, callback)

    def on_event(self, callback: Callable[[Event], object]) -> Registration:
        """Have a callback called with every event."""
        _judge(callback)
        return self._register(None, callback)

    def _register(self, kind: EventKind | None, call: Callable[[Event], object]) -> Registration:
        return Registration(self._driver, self._hub, Registered(kind, call))


def _judge(callback: object) -> None:
    if not callable(callback):
        raise InvalidTypeError("callback must be callable")
