# SPDX-License-Identifier: MIT
"""win32com.client."""
from __future__ import annotations

import sys

from .. import _errors as _codes
from .._early import CastTo, CoClassBaseClass, DispatchBaseClass, EnsureDispatch as _EnsureDispatch
from .._interface_pointers import CLSCTX_SERVER as _SERVER
from .._interface_pointers import IID as _IID
from .._late import CDispatch, Dispatch
from .._variant import VARIANT
from . import pythoncom, pywintypes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn


class Constants:
    """The constants of the type libraries: this one has none."""

    def __init__(self) -> None:
        self.__dicts__: list[dict[str, object]] = []

    def __getattr__(self, a: str) -> object:
        for known in self.__dicts__:
            if a in known:
                return known[a]
        raise AttributeError(a)


constants = Constants()


def DispatchEx(
    clsid: str,
    machine: str | None = None,
    userName: object = None,
    resultCLSID: object = None,
    typeinfo: object = None,
    clsctx: int | None = None,
) -> CDispatch:
    """As Dispatch(); on another machine there is no such object.

    :raises com_error: there is no such class.
    """
    if clsctx is None:
        clsctx = _SERVER if machine is None else _SERVER & ~pythoncom.CLSCTX_INPROC
    return Dispatch(clsid, clsid if userName is None else userName, clsctx=clsctx)


def GetObject(Pathname: str | None = None, Class: object = None, clsctx: int | None = None) -> NoReturn:
    """Refused: there is no running object, and no name of one.

    :raises com_error: always; ValueError when not one of both is given.
    """
    if (Pathname is None) == (Class is None):
        raise ValueError("You must specify a value for Pathname or Class, but not both.")
    if Class is not None:
        GetActiveObject(Class)
    raise _codes.failed(_codes.MK_E_SYNTAX)


def GetActiveObject(Class: object, clsctx: int = pythoncom.CLSCTX_ALL) -> NoReturn:
    """Refused: there is no running object.

    :raises com_error: always.
    """
    pythoncom.GetActiveObject(Class)


def Moniker(Pathname: str, clsctx: int = pythoncom.CLSCTX_ALL) -> NoReturn:
    """Refused.

    :raises com_error: always.
    """
    GetObject(Pathname)


def getevents(clsid: object) -> None:
    """None: no object here has events of that kind; NATEventManager takes callbacks.

    :raises com_error: there is no such class.
    """
    _IID(clsid)


def DispatchWithEvents(clsid: object, user_event_class: type) -> NoReturn:
    """Refused, as for every object without events.

    :raises ValueError: always; com_error when there is no such class.
    """
    _EnsureDispatch(clsid)
    raise ValueError("This COM object does not support events.")


WithEvents = DispatchWithEvents

__all__ = ["CDispatch", "CastTo", "CoClassBaseClass", "Constants", "Dispatch", "DispatchBaseClass", "DispatchEx",
           "DispatchWithEvents", "GetActiveObject", "GetObject", "Moniker", "VARIANT", "WithEvents", "constants",
           "getevents", "pythoncom", "pywintypes", "sys"]
