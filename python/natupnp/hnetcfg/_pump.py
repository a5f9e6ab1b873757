# SPDX-License-Identifier: MIT
"""The message pumps: what a thread's objects have to tell is told while it pumps."""
from __future__ import annotations

import sys
from _thread import get_ident
from select import POLLIN, poll
from time import sleep

from .._errors import BusyError
from .._slice import SLICE_S
from . import _nat
from ._turns import PAUSE_S

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .._client import Client


def PumpWaitingMessages(firstMessage: int = 0, lastMessage: int = 0) -> int:
    """Call the callbacks that are due, of the objects that this thread made.

    What a plain callable raises comes out of here, after the others have been called.

    :return: 0, since nothing ends a pump.
    """
    errors: list[Exception] = []
    for client in _clients():
        try:
            client.pump()
        except BusyError:  # another thread uses it: the next time
            pass
        except Exception as error:
            errors.append(error)
    for other in errors[1:]:
        sys.excepthook(type(other), other, other.__traceback__)
    if errors:
        raise errors[0]
    return 0


def PumpMessages() -> None:
    """Call callbacks as they come, until an exception ends it: Ctrl-C, or one of a callback."""
    while True:
        PumpWaitingMessages()
        ready = poll()
        for client in _clients():
            ready.register(client.fileno(), POLLIN)
        ready.poll(SLICE_S * 1000)  # not longer: another thread may give an object its first callback
        sleep(PAUSE_S)  # a client that another thread uses may be ready all the time


def _clients() -> list[Client]:
    thread = get_ident()
    return [nat.client for nat in tuple(_nat.live) if nat.thread == thread and nat.listens]
