# SPDX-License-Identifier: MIT
"""Late bound objects: names are looked up when they are used, whatever their case. This is the class of
win32com.client.dynamic.
"""
from __future__ import annotations

from types import MethodType

from . import _errors
from ._enumeration import EnumVARIANT, Iterator
from ._interface_pointers import PyIDispatch, PyIUnknown
from ._interfaces import (
    DISPID_NEWENUM,
    DISPID_VALUE,
    METHOD,
    PROPERTYGET,
    PROPERTYPUT,
    PROPERTYPUTREF,
    VT_UNKNOWN,
)
from ._methods import methods
from ._objects import Object
from ._variant import Missing

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ._interfaces import Interface, Member

ERRORS_BAD_CONTEXT = [
    _errors.DISP_E_MEMBERNOTFOUND,
    _errors.DISP_E_BADPARAMCOUNT,
    _errors.DISP_E_PARAMNOTOPTIONAL,
    _errors.DISP_E_TYPEMISMATCH,
    _errors.E_INVALIDARG,
]
"""The errors of reading a property by which it is known to be a method."""

_EITHER = METHOD | PROPERTYGET
_METHODS = methods(Missing)


class CDispatch:
    """An object whose members are looked up by their names."""

    _oleobj_: PyIDispatch

    def __init__(self, pointer: PyIDispatch, name: object = None) -> None:
        if not isinstance(pointer, PyIDispatch):
            raise AttributeError(f"{type(pointer).__name__!r} object has no attribute 'GetTypeInfo'")
        com = pointer._com_
        self.__dict__.update(
            _oleobj_=pointer,
            _username_="<unknown>" if name is None else str(name),
            _enum_=None,
            _interface_=com.interface if isinstance(com, Object) else None,
            _guessed_={},  # names that turned out to be methods
            _knows_default_=False,
        )

    # ---- what Python asks of every object ----

    def __bool__(self) -> bool:
        return True  # whatever the length

    def __repr__(self) -> str:
        return f"<COMObject {self._username_}>"

    def __str__(self) -> str:
        try:
            return str(self())
        except _errors.com_error as error:
            if error.hresult not in ERRORS_BAD_CONTEXT:
                raise
            return repr(self)

    def __int__(self) -> int:
        return int(self())

    def __eq__(self, other: object) -> bool:
        same: bool = self._oleobj_ == getattr(other, "_oleobj_", other)
        return same

    def __dir__(self) -> list[str]:
        interface: Interface | None = self._interface_
        names = [member.name for member in interface.members] if interface else []
        return sorted({*self.__dict__, *dir(type(self)), *names})

    # ---- collections ----

    def __call__(self, *args: object) -> Any:
        flags = PROPERTYGET if self._knows_default_ else _EITHER
        return self._good_(self._oleobj_.Invoke(DISPID_VALUE, 0, flags, 1, *args))

    def __len__(self) -> int:
        dispid = self._dispid_("Count")
        if dispid is None:
            raise TypeError("This dispatch object does not define a Count method")
        count: Any = self._oleobj_.Invoke(dispid, 0, _EITHER, 1)
        length: int = count
        return length

    def _NewEnum(self) -> EnumVARIANT | None:
        """An enumerator of its own; None for what is no collection."""
        try:
            return EnumVARIANT(self._enumerate_())
        except _errors.com_error:
            return None

    def __getitem__(self, index: object) -> Any:
        if isinstance(index, int):
            if self._enum_ is None:
                self.__dict__["_enum_"] = self._NewEnum()
            if self._enum_ is not None:
                return self._enum_[index]
        dispid = self._dispid_("Item")
        if dispid is None:
            raise TypeError("This object does not support enumeration")
        return self._good_(self._oleobj_.Invoke(dispid, 0, _EITHER, 1, index))

    def __setitem__(self, index: object, value: object) -> None:
        flags = PROPERTYGET if self._knows_default_ else PROPERTYPUT | PROPERTYPUTREF
        self._oleobj_.Invoke(DISPID_VALUE, 0, flags, 0, index, value)

    # ---- members ----

    def __getattr__(self, attr: str) -> Any:  # whatever a script may ask of an object it knows
        if attr == "__iter__":
            try:
                pointer = self._enumerate_()
            except _errors.com_error:
                raise AttributeError("This object can not function as an iterator") from None
            return lambda: Iterator(pointer)
        if attr.startswith("_") and attr.endswith("_"):
            raise AttributeError(attr)
        guessed = self._guessed_.get(attr)
        if guessed is not None:
            return MethodType(guessed, self)
        member = self._member_(attr)
        if member is not None and member.is_method:
            return MethodType(_METHODS[self._interface_.name][attr], self)
        dispid = self._dispid_(attr)
        if dispid is None:
            raise AttributeError(f"{self._username_}.{attr}")
        try:
            return self._good_(self._oleobj_.Invoke(dispid, 0, PROPERTYGET, 1))
        except _errors.com_error as error:
            if error.hresult not in ERRORS_BAD_CONTEXT:
                raise
        self._guessed_[attr] = _untyped(attr, dispid)
        return MethodType(self._guessed_[attr], self)

    def __setattr__(self, attr: str, value: object) -> None:
        if attr in self.__dict__:
            self.__dict__[attr] = value
            return
        member = self._member_(attr)
        dispid = self._dispid_(attr)
        if dispid is not None:
            try:
                self._oleobj_.Invoke(dispid, 0, PROPERTYPUT, 0, value)
                return
            except _errors.com_error:
                if member is not None and member.invkind == PROPERTYPUT:
                    raise
        raise AttributeError(f"Property '{self._username_}.{attr}' can not be set.")

    def _FlagAsMethod(self, *names: str) -> None:
        """Say that these names are methods."""
        for name in names:
            dispid = self._oleobj_.GetIDsOfNames(0, name)
            assert isinstance(dispid, int)
            self._guessed_[name] = _untyped(name, dispid)

    # ---- how it is done ----

    def _typed_(self, name: str, *args: object) -> object:
        """Call a member whose types are known, since its name has its proper case."""
        member: Member = self._interface_.exact(name)
        types = tuple([(param.vt, 1) for param in member.params])
        result = self._oleobj_.InvokeTypes(member.dispid, 0, member.invkind, (member.result, 0), types, *args)
        if not isinstance(result, PyIDispatch):
            return result
        from . import _late

        return _late.CDispatch(result, name)  # of the client, whatever this is of

    def _member_(self, attr: str) -> Member | None:
        """The member with just this name. To ask for the default one makes it known."""
        interface: Interface | None = self._interface_
        if interface is None:
            return None
        if interface.dispid(attr) == DISPID_VALUE:
            self.__dict__["_knows_default_"] = True
        return interface.exact(attr)

    def _dispid_(self, name: str) -> int | None:
        try:
            dispid = self._oleobj_.GetIDsOfNames(0, name)
        except _errors.com_error:
            return None
        assert isinstance(dispid, int)
        return dispid

    def _enumerate_(self) -> PyIUnknown:
        found = self._oleobj_.InvokeTypes(DISPID_NEWENUM, 0, _EITHER, (VT_UNKNOWN, 10), ())
        assert isinstance(found, PyIUnknown)
        return found

    def _good_(self, value: object) -> Any:
        """A result as a script sees it."""
        return type(self)(value) if isinstance(value, PyIDispatch) else value


CDispatch.__module__ = "win32com.client.dynamic"


def _untyped(name: str, dispid: int) -> Callable[..., Any]:
    def call(self: CDispatch, *args: object) -> Any:
        return self._good_(self._oleobj_.Invoke(dispid, 0, METHOD, 1, *args))

    call.__code__ = call.__code__.replace(co_name=name)  # which TypeErrors of Python 3.9 say
    call.__name__ = call.__qualname__ = name
    return call
