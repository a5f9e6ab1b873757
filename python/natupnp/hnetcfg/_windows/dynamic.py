# SPDX-License-Identifier: MIT
"""win32com.client.dynamic."""
from __future__ import annotations

from .._dynamic import ERRORS_BAD_CONTEXT, CDispatch
from .._interface_pointers import CLSCTX_SERVER
from .._late import pointer_and_name as _pointer_and_name


def Dispatch(
    IDispatch: object,
    userName: object = None,
    createClass: type[CDispatch] | None = None,
    typeinfo: object = None,
    clsctx: int = CLSCTX_SERVER,
) -> CDispatch:
    """A late bound object, whatever classes there are.

    :raises com_error: there is no such class.
    """
    return (createClass or CDispatch)(*_pointer_and_name(IDispatch, userName, clsctx))


__all__ = ["CDispatch", "Dispatch", "ERRORS_BAD_CONTEXT"]
