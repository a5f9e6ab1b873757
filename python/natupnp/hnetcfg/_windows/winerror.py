# SPDX-License-Identifier: MIT
"""winerror: the numbers that programs compare with."""
from __future__ import annotations

from .._errors import (
    CO_E_CLASSSTRING,
    DISP_E_BADPARAMCOUNT,
    DISP_E_EXCEPTION,
    DISP_E_MEMBERNOTFOUND,
    DISP_E_NOTACOLLECTION,
    DISP_E_OVERFLOW,
    DISP_E_PARAMNOTOPTIONAL,
    DISP_E_TYPEMISMATCH,
    DISP_E_UNKNOWNNAME,
    E_ABORT,
    E_ACCESSDENIED,
    E_FAIL,
    E_INVALIDARG,
    E_NOINTERFACE,
    E_NOTIMPL,
    E_OUTOFMEMORY,
    E_POINTER,
    E_UNEXPECTED,
    MK_E_SYNTAX,
    MK_E_UNAVAILABLE,
    REGDB_E_CLASSNOTREG,
    S_OK,
)

S_FALSE = 1
ERROR_SUCCESS = NO_ERROR = 0
ERROR_FILE_NOT_FOUND = 2
ERROR_ACCESS_DENIED = 5
ERROR_INVALID_PARAMETER = 87
ERROR_BUSY = 170
ERROR_ALREADY_EXISTS = 183
ERROR_SERVICE_SPECIFIC_ERROR = 1066
ERROR_NOT_FOUND = 1168
DISP_E_UNKNOWNINTERFACE = -2147352575
DISP_E_PARAMNOTFOUND = -2147352572
DISP_E_NONAMEDARGS = -2147352569
DISP_E_BADVARTYPE = -2147352568
DISP_E_BADINDEX = -2147352565
CO_E_NOTINITIALIZED = -2147221008
RPC_E_WRONG_THREAD = -2147417842
RPC_E_CHANGED_MODE = -2147417850
RPC_E_DISCONNECTED = -2147417848
FACILITY_NULL, FACILITY_RPC, FACILITY_DISPATCH, FACILITY_STORAGE, FACILITY_ITF, FACILITY_WIN32 = 0, 1, 2, 3, 4, 7
SEVERITY_SUCCESS, SEVERITY_ERROR = 0, 1


def HRESULT_FROM_WIN32(scode: int) -> int:
    """The HRESULT of a system error."""
    return scode if scode <= 0 else (scode & 0xFFFF) - 0x7FF90000


def SUCCEEDED(Status: int) -> bool:
    """Whether it is a success."""
    return Status >= 0


def FAILED(Status: int) -> bool:
    """Whether it is a failure."""
    return Status < 0


def HRESULT_CODE(hr: int) -> int:
    """The last 16 bits."""
    return hr & 0xFFFF


def HRESULT_FACILITY(hr: int) -> int:
    """Whose code it is."""
    return hr >> 16 & 0x1FFF


def HRESULT_SEVERITY(hr: int) -> int:
    """1 for a failure."""
    return hr >> 31 & 1


SCODE_CODE, SCODE_FACILITY, SCODE_SEVERITY = HRESULT_CODE, HRESULT_FACILITY, HRESULT_SEVERITY

__all__ = [name for name in globals() if not name.startswith("_") and name != "annotations"]
