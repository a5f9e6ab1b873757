# SPDX-License-Identifier: MIT
"""What calls of the core came to: a value or an error. The one place that knows."""
from __future__ import annotations

from ._errors import CLASSES, ClosedError, InvalidArgumentError, InvalidTypeError, OutOfMemoryError
from ._gateway import Gateway
from ._mapping import Mapping
from ._swig import core as _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from ._errors import Error
    from ._typing import T


def judged(call: Callable[..., T], *args: object) -> T:
    """Call the core with values that it may refuse by their kind.

    :raises ClosedError: the client is closed, perhaps since a moment: by a signal handler or the collector.
    """
    try:
        return call(*args)
    except ReferenceError:
        raise ClosedError() from None
    except TypeError as error:
        raise InvalidTypeError(str(error)) from None
    except ValueError as error:
        raise InvalidArgumentError(str(error)) from None


def outcome(op: _core._Operation, take: Callable[[_core._Operation], T]) -> T:
    """What an operation gave.

    :raises Error: why it failed; ClosedError when its client went before it ended.
    """
    status = _core.op_status(op)
    if status == _core.OK:
        return take(op)
    raise failure(op, status)


def failure(op: _core._Operation, status: int) -> Error:
    """Why an operation failed."""
    if status == _core.E_PENDING:
        return ClosedError()
    handle = _core.op_mapping(op)[1]
    return CLASSES[status](
        _core.op_detail(op),
        fault=_core.op_fault(op),
        hresult=_core.op_hresult(op),
        maybe_applied=_core.op_maybe_applied(op),
        mapping=None if handle is None else Mapping._of(handle),
    )


def refusal(client: _core._Client, status: int) -> Error:
    """Why the last start on a client was refused."""
    if status != _core.client_last_status(client):
        return CLASSES[status]()
    return CLASSES[status](_core.client_last_detail(client), hresult=_core.client_last_hresult(client))


# ---- what operations give ----


def nothing(op: _core._Operation) -> None:
    """For verbs whose success says it all."""


def mapping(op: _core._Operation) -> _core._Mapping:
    """The mapping of an add, a get or an edit."""
    return owned(_core.op_mapping(op))


def mappings(op: _core._Operation) -> list[_core._Mapping]:
    """The mappings of a list."""
    return [owned(_core.op_mapping_at(op, n)) for n in range(_core.op_mapping_count(op))]


def gateway(op: _core._Operation) -> Gateway:
    """The gateway of a discover or a query."""
    return Gateway._of(owned(_core.op_gateway(op)))


def gateways(op: _core._Operation) -> tuple[Gateway, ...]:
    """The gateways of a list of them."""
    return tuple([Gateway._of(owned(_core.op_gateway_at(op, n))) for n in range(_core.op_gateway_count(op))])


def owned(copy: tuple[int, T | None]) -> T:
    """The handle of a copy that the script owns."""
    handle = copy[1]
    if handle is None:
        raise OutOfMemoryError()
    return handle
