# SPDX-License-Identifier: MIT
"""Threads that share an object: each waits for its turn, as in an apartment of COM."""
from __future__ import annotations

from time import monotonic, sleep
from typing import TypeVar

from .._errors import BusyError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

T = TypeVar("T")

PATIENCE_S = 30.0  # longer than a verb takes
PAUSE_S = 0.002


def in_turn(call: Callable[..., T], *args: object) -> T:
    """Call something that uses a client once no other thread does.

    :raises BusyError: another thread used it all the time.
    """
    end = monotonic() + PATIENCE_S
    while True:
        try:
            return call(*args)
        except BusyError:  # of a client that is in use, before anything was done
            if monotonic() > end:
                raise
        sleep(PAUSE_S)
