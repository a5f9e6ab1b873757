# SPDX-License-Identifier: MIT
"""What a client is made with."""
from __future__ import annotations

import os

from . import _hosts
from ._errors import CLASSES, InvalidArgumentError, InvalidTypeError
from ._outcome import judged
from ._swig import core as _core
from ._values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Optional, Union

    # gateway, interface, timeout, budget, trust_host, cache: as client_new takes them
    Options = tuple[Optional[str], Optional[str], Optional[float], Optional[float], Optional[str], Optional[str]]
    Path = Union[str, os.PathLike[str]]


def options(
    gateway: str | None,
    interface: str | None,
    timeout: float | None,
    budget: float | None,
    trust_host: str | None,
    cache: Path | None,
) -> Options:
    """Options with the defaults that the environment gives."""
    if gateway is None:
        gateway = os.environ.get("NATUPNP_GATEWAY") or None
    if interface is None:
        interface = os.environ.get("NATUPNP_INTERFACE") or None
    if isinstance(cache, os.PathLike):
        cache = os.fspath(cache)
    return plain((gateway, interface, timeout, budget, trust_host, cache))


def with_address(given: Options) -> Options:
    """The same, with the name of the gateway's host looked up."""
    before, name, after = _hosts.split_url(given[0])
    return (before + _hosts.look_up(name) + after, *given[1:]) if name else given


def judge(given: Options) -> None:
    """See that options are valid, without looking a name up.

    :raises InvalidArgumentError: for those that are not.
    """
    before, name, after = _hosts.split_url(given[0])
    problem = judged(_core.client_problem, before + "127.0.0.1" + after if name else given[0], *given[1:])
    if problem is not None:
        raise InvalidArgumentError(problem)


def new_client(given: Options) -> _core._Client:
    """A client of the core.

    :raises InvalidArgumentError: for options that it refuses.
    :raises SystemResourceError: without a free file descriptor.
    """
    status, handle = judged(_core.client_new, *given)
    if handle is None:
        raise CLASSES[status](_core.client_problem(*given))
    return handle


def judge_wait(timeout: float) -> None:
    """See that a time to wait is one.

    :raises InvalidArgumentError: when it is not.
    """
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)):
        raise InvalidTypeError("timeout must be a number of seconds")
    if not timeout >= 0:
        raise InvalidArgumentError("timeout must be a number of seconds, 0 or greater")
