# SPDX-License-Identifier: MIT
"""win32com.client.gencache: the classes are there already, nothing is generated."""
from __future__ import annotations

from types import ModuleType

from .._early import CLASSES as _CLASSES
from .._early import CoClassBaseClass, DispatchBaseClass, EnsureDispatch, UPnPNAT
from .._interface_pointers import IID as _IID
from .._interfaces import CLASS_ID as _CLASS_ID
from .._interfaces import LIBRARY_ID as _LIBRARY_ID
from .._interfaces import LIBRARY_NAME as _LIBRARY_NAME

is_readonly = False


def GetClassForCLSID(clsid: object) -> type[DispatchBaseClass] | type[CoClassBaseClass] | None:
    """The class for an interface or a class ID; None when there is none."""
    wanted = str(_IID(clsid))
    if wanted == _CLASS_ID:
        return UPnPNAT
    return next((made for made in _CLASSES.values() if str(made.CLSID) == wanted), None)


def GetClassForProgID(progid: str) -> type[DispatchBaseClass] | type[CoClassBaseClass] | None:
    """The class for a program ID.

    :raises com_error: there is no such class of objects.
    """
    return GetClassForCLSID(progid)


def EnsureModule(
    typelibCLSID: object, lcid: int, major: int, minor: int, *args: object, **names: object
) -> ModuleType | None:
    """The module with the classes; None for another type library."""
    if str(_IID(typelibCLSID)) != _LIBRARY_ID or (major, minor) != (1, 0):
        return None
    made = ModuleType(f"win32com.gen_py.{_LIBRARY_ID[1:-1]}x{lcid}x1x0", _LIBRARY_NAME)
    made.__dict__.update(_CLASSES, UPnPNAT=UPnPNAT, CLSID=_IID(_LIBRARY_ID), MajorVersion=1, MinorVersion=0)
    return made


GetModuleForTypelib = MakeModuleForTypelib = EnsureModule


def Rebuild(verbose: int = 1) -> None:
    """Nothing."""


__all__ = ["EnsureDispatch", "EnsureModule", "GetClassForCLSID", "GetClassForProgID", "GetModuleForTypelib",
           "MakeModuleForTypelib", "Rebuild", "is_readonly"]
