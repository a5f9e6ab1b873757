# SPDX-License-Identifier: MIT
"""pythoncom."""
from __future__ import annotations

from .. import _interfaces as _tables
from .._errors import com_error
from .._interface_pointers import IID, PyIDispatch, PyIEnumVARIANT, PyIUnknown, create
from .._pump import PumpMessages, PumpWaitingMessages
from .._variant import ArgNotFound, Empty, Missing, Nothing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

error = ole_error = com_error
IID_NULL = IID("{00000000-0000-0000-0000-000000000000}")
IID_IUnknown = IID(_tables.IID_UNKNOWN)
IID_IDispatch = IID(_tables.IID_DISPATCH)
IID_IEnumVARIANT = IID(_tables.IID_ENUM_VARIANT)
TypeIIDs = {IID_IUnknown: PyIUnknown, IID_IDispatch: PyIDispatch, IID_IEnumVARIANT: PyIEnumVARIANT}

COINIT_MULTITHREADED, COINIT_APARTMENTTHREADED, COINIT_DISABLE_OLE1DDE, COINIT_SPEED_OVER_MEMORY = 0, 2, 4, 8
CLSCTX_INPROC_SERVER, CLSCTX_INPROC_HANDLER, CLSCTX_LOCAL_SERVER, CLSCTX_REMOTE_SERVER = 1, 2, 4, 16
CLSCTX_INPROC, CLSCTX_SERVER, CLSCTX_ALL = 3, 21, 23
DISPATCH_METHOD, DISPATCH_PROPERTYGET, DISPATCH_PROPERTYPUT, DISPATCH_PROPERTYPUTREF = 1, 2, 4, 8
INVOKE_FUNC, INVOKE_PROPERTYGET, INVOKE_PROPERTYPUT, INVOKE_PROPERTYPUTREF = 1, 2, 4, 8
DISPID_VALUE, DISPID_NEWENUM, DISPID_UNKNOWN, DISPID_PROPERTYPUT = 0, -4, -1, -3
VT_EMPTY, VT_NULL, VT_I2, VT_I4, VT_R4, VT_R8, VT_BSTR = 0, 1, 2, 3, 4, 5, 8
VT_DISPATCH, VT_ERROR, VT_BOOL, VT_VARIANT, VT_UNKNOWN = 9, 10, 11, 12, 13
VT_I1, VT_UI1, VT_UI2, VT_UI4, VT_I8, VT_UI8, VT_INT, VT_UINT, VT_VOID = 16, 17, 18, 19, 20, 21, 22, 23, 24


def CoInitialize() -> None:
    """Nothing: there is nothing to prepare."""


def CoInitializeEx(flags: int) -> None:
    """Nothing."""


def CoUninitialize() -> None:
    """Nothing: objects go when nothing refers to them."""


def CoCreateInstance(clsid: object, unkOuter: object, context: int, iid: object) -> PyIUnknown:
    """A new object by its class ID or its program ID.

    :raises com_error: there is no such class.
    """
    return create(IID(clsid), context).QueryInterface(iid)


def GetActiveObject(cls: object) -> NoReturn:
    """Refused, as for every object that does not register itself.

    :raises com_error: always.
    """
    from .. import _errors

    IID(cls)
    raise _errors.failed(_errors.MK_E_UNAVAILABLE)


__all__ = [name for name in globals() if not name.startswith("_") and name not in ("TYPE_CHECKING", "annotations")]
