# SPDX-License-Identifier: MIT
"""The objects of pythoncom: what ``_oleobj_`` is."""
from __future__ import annotations

from typing import Protocol

from . import _errors, _variant
from ._enumerator import Enumerator
from ._interfaces import (
    CLASS_ID,
    IID_DISPATCH,
    IID_ENUM_VARIANT,
    IID_UNKNOWN,
    PROGRAM_IDS,
    PROPERTYPUT,
    PROPERTYPUTREF,
    VT_EMPTY,
    VT_VOID,
)
from ._nat import Nat
from ._objects import Object
from ._sinks import PythonObject

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

CLSCTX_INPROC_SERVER = 1
CLSCTX_SERVER = 21


class Callee(Protocol):
    """What can be called by the number of a member."""

    def dispid(self, name: str) -> int: ...

    def invoke(self, dispid: int, flags: int, args: tuple[object, ...]) -> object: ...


class IID:
    """A GUID; its text is in capitals and braces."""

    def __init__(self, text: object) -> None:
        self._text = _guid(str(text))

    def __str__(self) -> str:
        return self._text

    def __repr__(self) -> str:
        return f"IID({self._text!r})"

    def __eq__(self, other: object) -> bool:
        return self._text == other._text if isinstance(other, IID) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._text)


def _guid(text: str) -> str:
    """The GUID that a program ID or a text in braces stands for.

    :raises com_error: it is neither.
    """
    if text.lower() in [name.lower() for name in PROGRAM_IDS]:
        return CLASS_ID
    digits = text[1:-1].replace("-", "")
    if len(text) == 38 and text[0] + text[-1] == "{}" and len(digits) == 32:
        try:
            int(digits, 16)
            return text.upper()
        except ValueError:
            pass
    raise _errors.failed(_errors.CO_E_CLASSSTRING)


class PyIUnknown:
    """A pointer to an object. Two are equal when they point to the same one."""

    def __init__(self, com: object) -> None:
        self._com_ = com

    def QueryInterface(self, iid: object, useIID: object = None) -> PyIUnknown:
        """The same object by another interface.

        :raises com_error: it has no such interface.
        """
        wanted = str(IID(iid))
        if wanted == IID_UNKNOWN:
            return PyIUnknown(self._com_)
        if isinstance(self._com_, Enumerator):
            if wanted == IID_ENUM_VARIANT:
                return PyIEnumVARIANT(self._com_)
        elif wanted == IID_DISPATCH:
            return PyIDispatch(self._com_)
        elif isinstance(self._com_, Object) and wanted == self._com_.interface.iid:
            if useIID is None:
                raise TypeError("There is no interface object registered that supports this IID")
            return PyIDispatch(self._com_)
        raise _errors.failed(_errors.E_NOINTERFACE)

    def __eq__(self, other: object) -> bool:
        return self._com_ is other._com_ if isinstance(other, PyIUnknown) else NotImplemented

    def __hash__(self) -> int:
        return hash(id(self._com_))

    def __reduce_ex__(self, protocol: object) -> NoReturn:  # copy.deepcopy, pickle
        raise TypeError(f"cannot pickle '{type(self).__name__}' object")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at 0x{id(self):x} with obj at 0x{id(self._com_):x}>"


class PyIDispatch(PyIUnknown):
    """A pointer by which members are called."""

    _com_: Callee

    def GetIDsOfNames(self, *args: object) -> int | tuple[int, ...]:
        """The numbers of members; a locale may stand first.

        :raises com_error: there is no such member.
        """
        if not args:
            raise TypeError("At least one argument must be supplied")
        names = args[1:] if len(args) > 1 and isinstance(args[0], int) else args
        for name in names:
            if not isinstance(name, str):
                raise TypeError(f"The object is not a PyUnicode object (got {type(name).__name__})")
        found = tuple([self._com_.dispid(str(name)) for name in names])
        return found[0] if len(found) == 1 else found

    def Invoke(self, dispid: int, lcid: int, flags: int, wanted: int, *args: object) -> object:
        """Call a member with arguments as they are.

        :param wanted: whether the result is.
        """
        puts = bool(flags & (PROPERTYPUT | PROPERTYPUTREF))
        given = tuple([_variant.untyped(arg, puts) for arg in args])
        result = self._com_.invoke(dispid, flags, given)
        return _pointer(result) if wanted else None

    def InvokeTypes(
        self,
        dispid: int,
        lcid: int,
        flags: int,
        result: tuple[int, int],
        types: tuple[tuple[int, int], ...],
        *args: object,
    ) -> object:
        """Call a member with arguments made what their types say."""
        if len(types) < len(args):
            raise TypeError("The array of argument types must be a tuple whose size is <= to the number of arguments.")
        count = next((n for n, arg in enumerate(args) if isinstance(arg, _variant.PyOleMissing)), len(args))
        given = tuple([_variant.typed(arg, vt) for arg, (vt, _) in zip(args[:count], types)])
        value = self._com_.invoke(dispid, flags, given)
        return _pointer(value) if result[0] not in (VT_EMPTY, VT_VOID) else None

    def GetTypeInfoCount(self) -> int:
        return int(isinstance(self._com_, Object))


class PyIEnumVARIANT(PyIUnknown):
    """A pointer to an enumerator."""

    _com_: Enumerator

    def Next(self, celt: int = 1) -> tuple[object, ...]:
        """The next entries, fewer at the end.

        :raises com_error: the table could not be read.
        """
        return tuple([_pointer(item) for item in self._com_.next(celt)])

    def Skip(self, celt: int) -> None:
        """Go on; behind the end is the end."""
        self._com_.skip(celt)

    def Reset(self) -> None:
        """Begin again, with the table as it is then."""
        self._com_.reset()

    def Clone(self) -> PyIEnumVARIANT:
        """Another one that stands where this one does."""
        return PyIEnumVARIANT(self._com_.clone())

    def __iter__(self) -> PyIEnumVARIANT:
        return self

    def __next__(self) -> object:
        found = self.Next(1)
        if not found:
            raise StopIteration
        return found[0]


def _pointer(value: object) -> object:
    """A value of the model as a script sees it."""
    if isinstance(value, Enumerator):
        return PyIUnknown(value)
    return PyIDispatch(value) if isinstance(value, (Object, PythonObject)) else value


def create(name: str | IID, context: int = CLSCTX_SERVER) -> PyIDispatch:
    """A new object by its program ID, in any case, or its class ID.

    :raises com_error: there is no such class.
    """
    if str(IID(name)) != CLASS_ID or not context & CLSCTX_INPROC_SERVER:
        raise _errors.failed(_errors.REGDB_E_CLASSNOTREG)
    return PyIDispatch(Nat())
