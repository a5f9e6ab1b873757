# SPDX-License-Identifier: MIT
"""com_error, the HRESULTs and what Windows says of them."""
from __future__ import annotations

S_OK = 0
E_NOTIMPL = -2147467263
E_NOINTERFACE = -2147467262
E_POINTER = -2147467261
E_ABORT = -2147467260
E_FAIL = -2147467259
E_UNEXPECTED = -2147418113
E_ACCESSDENIED = -2147024891
E_OUTOFMEMORY = -2147024882
E_INVALIDARG = -2147024809
DISP_E_MEMBERNOTFOUND = -2147352573
DISP_E_TYPEMISMATCH = -2147352571
DISP_E_UNKNOWNNAME = -2147352570
DISP_E_EXCEPTION = -2147352567
DISP_E_OVERFLOW = -2147352566
DISP_E_BADPARAMCOUNT = -2147352562
DISP_E_PARAMNOTOPTIONAL = -2147352561
DISP_E_NOTACOLLECTION = -2147352559
MK_E_UNAVAILABLE = -2147221021
MK_E_SYNTAX = -2147221020
CO_E_CLASSSTRING = -2147221005
REGDB_E_CLASSNOTREG = -2147221164

_TEXTS = {
    E_NOTIMPL: "Not implemented",
    E_NOINTERFACE: "No such interface supported",
    E_POINTER: "Invalid pointer",
    E_ABORT: "Operation aborted",
    E_FAIL: "Unspecified error",
    E_UNEXPECTED: "Catastrophic failure",
    E_ACCESSDENIED: "Access is denied.",
    E_OUTOFMEMORY: "Not enough memory resources are available to complete this operation.",
    E_INVALIDARG: "The parameter is incorrect.",
    DISP_E_MEMBERNOTFOUND: "Member not found.",
    DISP_E_TYPEMISMATCH: "Type mismatch.",
    DISP_E_UNKNOWNNAME: "Unknown name.",
    DISP_E_EXCEPTION: "Exception occurred.",
    DISP_E_OVERFLOW: "Out of present range.",
    DISP_E_BADPARAMCOUNT: "Invalid number of parameters.",
    DISP_E_PARAMNOTOPTIONAL: "Parameter not optional.",
    DISP_E_NOTACOLLECTION: "Does not support a collection.",
    MK_E_UNAVAILABLE: "Operation unavailable",
    MK_E_SYNTAX: "Invalid syntax",
    CO_E_CLASSSTRING: "Invalid class string",
    REGDB_E_CLASSNOTREG: "Class not registered",
    -2147024894: "The system cannot find the file specified.",
    -2147024726: "The requested resource is in use.",
    -2147417842: "The application called an interface that was marshalled for a different thread.",
    -2147417848: "The object invoked has disconnected from its clients.",
}


class com_error(Exception):
    """What pywin32 raises: its arguments are (hresult, strerror, excepinfo, argerror).

    The failure of a member is DISP_E_EXCEPTION with its own code in ``excepinfo[5]``. ``__cause__`` is the
    natupnp.Error that says more, where there is one.
    """

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.hresult, self.strerror, self.excepinfo, self.argerror = (*args, None, None, None, None)[:4]


com_error.__module__ = "pywintypes"  # which tracebacks show


class Refused(Exception):
    """A member of the object model failed, with this code."""

    def __init__(self, scode: int) -> None:
        super().__init__(scode)
        self.scode = scode


def text_of(hresult: int) -> str:
    """What an English Windows says."""
    return _TEXTS.get(hresult) or f"OLE error 0x{hresult & 0xFFFFFFFF:08x}"


def failed(hresult: int, argument: int | None = None) -> com_error:
    """A call that never got to the member, or that of an enumerator.

    :param argument: which one is to blame, counted from 1.
    """
    return com_error(hresult, text_of(hresult), None, argument)


def member_failed(scode: int) -> com_error:
    """A member that was called and failed."""
    return com_error(DISP_E_EXCEPTION, text_of(DISP_E_EXCEPTION), (0, None, None, None, 0, scode), None)
