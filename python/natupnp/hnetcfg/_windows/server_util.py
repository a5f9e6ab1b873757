# SPDX-License-Identifier: MIT
"""win32com.server.util."""
from __future__ import annotations

from .._interface_pointers import PyIDispatch, PyIUnknown
from .._sinks import PythonObject


def wrap(ob: object, iid: object = None, usePolicy: object = None, useDispatcher: object = None) -> PyIUnknown:
    """A Python object as a COM object, for a callback.

    :raises ValueError: it has no ``_public_methods_``.
    """
    pointer = PyIDispatch(PythonObject(ob))
    return pointer if iid is None else pointer.QueryInterface(iid)


def unwrap(ob: PyIUnknown) -> object:
    """The Python object."""
    wrapped = ob._com_
    if not isinstance(wrapped, PythonObject):
        raise ValueError("argument is not a COM object implemented in Python")
    return wrapped.target


__all__ = ["unwrap", "wrap"]
