# SPDX-License-Identifier: MIT
"""What Dispatch() gives."""
from __future__ import annotations

from . import _dynamic
from ._interface_pointers import CLSCTX_SERVER, IID, PyIDispatch, create

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class CDispatch(_dynamic.CDispatch):
    """A late bound object."""


CDispatch.__module__ = "win32com.client"


def pointer_and_name(
    dispatch: object, user_name: object, context: int = CLSCTX_SERVER
) -> tuple[PyIDispatch, object]:
    """A pointer to a new object or to a given one, and what repr is to show.

    :raises com_error: there is no such class.
    """
    if isinstance(dispatch, (str, IID)):
        name = dispatch if user_name is None and isinstance(dispatch, str) else user_name
        return create(dispatch, context), name
    pointer: Any = getattr(dispatch, "_oleobj_", dispatch)  # CDispatch judges what it is
    return pointer, user_name


def Dispatch(
    dispatch: object,
    userName: object = None,
    resultCLSID: object = None,
    typeinfo: object = None,
    clsctx: int = CLSCTX_SERVER,
) -> CDispatch:
    """An object by its program ID, ``"HNetCfg.NATUPnP"``, or by its class ID.

    :raises com_error: there is no such class.
    """
    return CDispatch(*pointer_and_name(dispatch, userName, clsctx))
