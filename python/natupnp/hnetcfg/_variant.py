# SPDX-License-Identifier: MIT
"""What becomes of an argument: first by pywin32's rules, then by those of the automation library.

A value on its way is a str, an int, a bool, a float, None (NULL), an interface, OMITTED, or something else,
which no parameter takes.
"""
from __future__ import annotations

import math
import re
from datetime import datetime
from decimal import Decimal

from . import _errors
from ._interfaces import (
    VT_BOOL,
    VT_BSTR,
    VT_DISPATCH,
    VT_I1,
    VT_I2,
    VT_I4,
    VT_I8,
    VT_INT,
    VT_R4,
    VT_R8,
    VT_UI1,
    VT_UI2,
    VT_UI4,
    VT_UI8,
    VT_UINT,
    VT_UNKNOWN,
)

_INTEGERS = (VT_I1, VT_I2, VT_I4, VT_I8, VT_INT, VT_UI1, VT_UI2, VT_UI4, VT_UI8, VT_UINT)
_LONG_MAX = 0x7FFFFFFF
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eEdD][+-]?\d+)?\Z", re.ASCII)
_BASED = re.compile(r"&([hHoO])([0-9a-fA-F]+)\Z", re.ASCII)


class PyOleMissing:
    """An argument that is not passed, nor those behind it."""


class PyOleEmpty:
    """An argument that is passed as a missing one."""


class PyOleArgNotFound:
    """The same, for calls without types."""


class PyOleNothing:
    """No object."""


Missing, Empty, ArgNotFound, Nothing = PyOleMissing(), PyOleEmpty(), PyOleArgNotFound(), PyOleNothing()
OMITTED = Empty


class NoneText(str):
    """None where a text is wanted: pywin32 makes it the text "None", which is not good for everything."""


class Other:
    """A value that nothing here takes: an array, a date."""


class VARIANT:
    """A value with the type that it is to be passed as."""

    def __init__(self, vt: int, value: object) -> None:
        self.varianttype = vt
        self.value = value

    def __repr__(self) -> str:
        return f"win32com.client.VARIANT({self.varianttype!r}, {self.value!r})"


# ---- by pywin32's rules ----


def typed(value: object, vt: int) -> object:
    """An argument of a member whose types are known: whatever can be made one is.

    :raises ValueError, TypeError, OverflowError: as int() and str() do.
    """
    if isinstance(value, (PyOleEmpty, PyOleArgNotFound)):
        return OMITTED
    if vt == VT_BSTR:
        if value is None:
            return NoneText(value)
        return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
    if vt == VT_I4:
        return _long(value)
    if vt == VT_BOOL:
        return _long(value) != 0
    return untyped(value)


def untyped(value: object, callback: bool = False) -> object:
    """An argument as it is.

    :param callback: whether a callable is good too, which is not so on Windows.
    :raises TypeError: for a value that COM has no type for.
    """
    if isinstance(value, VARIANT):
        return _as(value.varianttype, value.value)
    if value is None or isinstance(value, (str, bool, float)):
        return value
    if isinstance(value, int):
        return value if value.bit_length() <= 64 else float(value)
    if isinstance(value, (PyOleEmpty, PyOleArgNotFound)):
        return OMITTED
    interface = getattr(value, "_oleobj_", value)
    if hasattr(type(interface), "QueryInterface"):
        return interface
    if isinstance(value, PyOleNothing):
        return Other()
    if callback and callable(value):
        return value
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (datetime, bytes, bytearray, memoryview)) or hasattr(type(value), "__getitem__"):
        return Other()
    if hasattr(type(value), "__float__") or hasattr(type(value), "__index__"):
        return float(value)  # type: ignore[arg-type]
    raise TypeError(f"Objects of type '{type(value).__name__}' can not be converted to a COM VARIANT")


def _as(vt: int, value: object) -> object:
    if vt in _INTEGERS:
        return _long(value)
    if vt in (VT_BSTR, VT_BOOL):
        return typed(value, vt)
    if vt in (VT_R4, VT_R8):
        return float(value)  # type: ignore[arg-type]
    return untyped(value) if vt in (VT_DISPATCH, VT_UNKNOWN) and value is not None else None


def _long(value: object) -> int:
    number = int(value)  # type: ignore[call-overload]
    if not -_LONG_MAX - 1 <= number <= _LONG_MAX:
        raise OverflowError("Python int too large to convert to C long")
    return int(number)


# ---- by those of the automation library ----


def coerced(value: object, vt: int, position: int) -> object:
    """An argument as the parameter wants it.

    :param position: counted from 1.
    :raises com_error: when it cannot be made that.
    """
    if value is OMITTED:
        raise _errors.failed(_errors.DISP_E_PARAMNOTOPTIONAL)
    result: object = None
    if vt == VT_BSTR:
        result = _to_text(value)
    elif vt == VT_I4:
        result = _to_long(value)
    elif vt == VT_BOOL:
        result = _to_bool(value)
    elif value is None or not isinstance(value, (str, int, float, Other)):
        return value
    if result is None:
        raise _errors.failed(_errors.DISP_E_TYPEMISMATCH, position)
    return result


def _to_text(value: object) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "-1" if value else "0"
    if isinstance(value, int):
        return str(value)
    return f"{value:.15g}" if isinstance(value, float) else None


def _to_long(value: object) -> int | None:
    number = _to_number(value)
    if number is None:
        return None
    if not math.isfinite(number) or not -_LONG_MAX - 1 <= round(number) <= _LONG_MAX:
        raise _errors.failed(_errors.DISP_E_OVERFLOW)
    return round(number)


def _to_bool(value: object) -> bool | None:
    if isinstance(value, str) and value.strip("#").lower() in ("true", "false"):
        return value.strip("#").lower() == "true"
    number = _to_number(value)
    return None if number is None else number != 0


def _to_number(value: object) -> int | float | None:
    if isinstance(value, bool):
        return -int(value)
    if isinstance(value, (int, float)):
        return value
    if not isinstance(value, str):
        return None
    text = value.strip()
    based = _BASED.match(text)
    try:
        if based:
            return int(based[2], 16 if based[1] in "hH" else 8)
        return float(re.sub("[dD]", "e", text)) if _NUMBER.match(text) else None
    except ValueError:
        return None
