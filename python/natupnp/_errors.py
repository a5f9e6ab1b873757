# SPDX-License-Identifier: MIT
"""One class for each status that is a failure."""
from __future__ import annotations

import builtins

from ._enums import Status
from ._swig import core as _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._mapping import Mapping


class Error(Exception):
    """A verb failed. Only the subclasses are raised; ``str(error)`` is the detail."""

    status: Status
    """What it came to: the same for every error of a class."""

    detail: str
    """One line that says what happened and what to do next."""

    fault: int
    """The UPnP error code that the gateway gave, or 0."""

    hresult: int
    """What Windows would have given: negative, or 0 where it gives success, as for a search that found nothing."""

    maybe_applied: bool
    """Whether the gateway may have been changed all the same: a request that changes something was on its way."""

    mapping: Mapping | None
    """After ``ConflictError`` the mapping that holds the port; after an edit that failed the one before it; else None."""

    def __init__(
        self,
        detail: str | None = None,
        *,
        fault: int = 0,
        hresult: int | None = None,
        maybe_applied: bool = False,
        mapping: Mapping | None = None,
    ) -> None:
        self.detail = _core.status_text(self.status) if detail is None else detail
        super().__init__(self.detail)
        self.fault = fault
        self.hresult = _core.status_hresult(self.status) if hresult is None else hresult
        self.maybe_applied = maybe_applied
        self.mapping = mapping

    def __str__(self) -> str:  # a KeyError would show it in quotes
        return self.detail


class InvalidArgumentError(Error, ValueError):
    """An argument is not valid: a port out of range, a host that is not known, a protocol that is neither TCP nor UDP."""

    status = Status.E_INVAL


class InvalidTypeError(InvalidArgumentError, TypeError):
    """An argument is of the wrong kind, such as text for a port."""


class OutOfMemoryError(Error, MemoryError):
    """There is not enough memory."""

    status = Status.E_NOMEM


class SystemResourceError(Error):
    """The operating system refused a resource, such as one more file descriptor."""

    status = Status.E_SYSTEM


class CancelledError(Error):
    """The operation was cancelled."""

    status = Status.E_CANCELLED


class BusyError(Error):
    """Another thread is using this client: give each its own, or make it with ``background=True``."""

    status = Status.E_BUSY


class ForkedError(Error):
    """The client was made before a fork: make a new one in the child."""

    status = Status.E_FORKED


class ClosedError(Error):
    """The client is closed, or was closed while the verb waited."""

    status = Status.E_CLOSED


class TimeoutError(Error, builtins.TimeoutError):
    """There was no answer within the time allowed: the client's ``timeout``."""

    status = Status.E_TIMEOUT


class NoGatewayError(Error):
    """No UPnP gateway answered; the detail says what was tried and what to check."""

    status = Status.E_NO_GATEWAY


class GoneError(Error):
    """The gateway that the mapping belongs to is no longer the one in use."""

    status = Status.E_GONE


class NetworkError(Error, ConnectionError):
    """The gateway could not be reached, or the connection broke."""

    status = Status.E_NETWORK


class HTTPError(Error):
    """The gateway answered with an HTTP error."""

    status = Status.E_HTTP


class BadReplyError(Error):
    """The gateway's reply could not be understood."""

    status = Status.E_BAD_REPLY


class FaultError(Error):
    """The gateway refused the request; ``fault`` is its reason."""

    status = Status.E_FAULT


class NotFoundError(Error, KeyError):
    """There is no such mapping."""

    status = Status.E_NOT_FOUND


class ConflictError(Error):
    """The external port is mapped to another computer: ``mapping`` says which. Nothing was changed."""

    status = Status.E_CONFLICT


class NotPermittedError(Error, PermissionError):
    """The gateway does not permit it; many map ports only to the computer that asks."""

    status = Status.E_NOT_PERMITTED


class FullError(Error):
    """The gateway has no room for another mapping."""

    status = Status.E_FULL


class UnsupportedError(Error):
    """The gateway cannot do this, such as a mapping that is not enabled. Nothing was changed."""

    status = Status.E_UNSUPPORTED


class LostError(Error):
    """A mapping was removed to change it and could not be put back: ``mapping`` is what it was."""

    status = Status.E_LOST


class NoAddressError(Error):
    """The gateway has no external address now: it is not connected to the Internet."""

    status = Status.E_NO_ADDRESS


CLASSES: dict[int, type[Error]] = {kind.status: kind for kind in Error.__subclasses__()}
"""The class for each status that a verb may end in."""
