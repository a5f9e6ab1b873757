# SPDX-License-Identifier: MIT
"""Early bound objects: classes that have the members of their interfaces, by their proper names only."""
from __future__ import annotations

from types import FunctionType

from . import _errors, _interfaces
from ._enumeration import Iterator
from ._interface_pointers import IID, PyIDispatch, PyIUnknown, create
from ._interfaces import (
    CLASS_ID,
    CLASS_NAME,
    DISPID_NEWENUM,
    DISPID_VALUE,
    LIBRARY_NAME,
    PROPERTYGET,
    PROPERTYPUT,
    VT_UNKNOWN,
)
from ._late import CDispatch, pointer_and_name
from ._methods import methods
from ._objects import Object
from ._variant import Empty

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, ClassVar

    from ._interfaces import Interface, Member
    from ._methods import Method


class DispatchBaseClass:
    """What the classes have in common."""

    CLSID: ClassVar[IID]
    coclass_clsid: ClassVar[IID | None] = None
    _interface_: ClassVar[Interface]
    _prop_map_get_: ClassVar[dict[str, tuple[object, ...]]]
    _prop_map_put_: ClassVar[dict[str, tuple[tuple[int, int, int, int], tuple[()]]]]
    _oleobj_: PyIDispatch

    def __init__(self, oobj: DispatchBaseClass | CDispatch | PyIDispatch | None = None) -> None:
        pointer = create(self.CLSID) if oobj is None else getattr(oobj, "_oleobj_", oobj)
        self.__dict__["_oleobj_"] = pointer

    def __repr__(self) -> str:
        return f"<win32com.gen_py.{LIBRARY_NAME}.{type(self).__name__} instance at 0x{id(self)}>"

    def __eq__(self, other: object) -> bool:
        same: bool = self._oleobj_ == getattr(other, "_oleobj_", other)
        return same

    def __dir__(self) -> list[str]:
        return sorted({*self.__dict__, *dir(type(self)), *self._prop_map_get_, *self._prop_map_put_})

    def __iter__(self) -> Iterator:
        try:
            found = self._oleobj_.InvokeTypes(DISPID_NEWENUM, 0, PROPERTYGET, (VT_UNKNOWN, 10), ())
        except _errors.com_error:
            raise TypeError("This object does not support enumeration") from None
        assert isinstance(found, PyIUnknown)
        return Iterator(found, _wrapped)

    def __getattr__(self, attr: str) -> Any:  # a property of any of the interfaces
        if attr not in self._prop_map_get_:
            raise AttributeError(f"'{self!r}' object has no attribute '{attr}'")
        return self._typed_(attr)

    def __setattr__(self, attr: str, value: object) -> None:
        if attr in self.__dict__:
            self.__dict__[attr] = value
        elif attr in self._prop_map_put_:
            self._oleobj_.Invoke(*self._prop_map_put_[attr][0], value)
        else:
            raise AttributeError(f"'{self!r}' object has no attribute '{attr}'")

    def _typed_(self, name: str, *args: object) -> object:
        member = self._interface_.exact(name)
        assert member is not None
        types = tuple([(param.vt, 1) for param in member.params])
        result = self._oleobj_.InvokeTypes(member.dispid, 0, member.invkind, (member.result, 0), types, *args)
        return _wrapped(result) if isinstance(result, PyIDispatch) else result


class NoIndexError(_errors.com_error, TypeError):
    """Item was asked with one argument. A class that makepy wrote has no index at all, which is a TypeError."""


NoIndexError.__name__ = NoIndexError.__qualname__ = "com_error"
NoIndexError.__module__ = _errors.com_error.__module__


class CollectionBaseClass(DispatchBaseClass):
    """What a class has more whose default member is Item."""

    __call__: Callable[..., Any]  # as Item

    def __str__(self) -> str:
        return str(self())  # which Item refuses: so it is with pywin32

    def __int__(self) -> int:
        return int(self())

    def __getitem__(self, key: object) -> Any:
        try:
            found = self._oleobj_.Invoke(DISPID_VALUE, 0, PROPERTYGET, 1, key)
        except _errors.com_error as error:
            raise NoIndexError(*error.args) from None
        return _wrapped(found) if isinstance(found, PyIDispatch) else found

    def __len__(self) -> int:
        length: int = self.Count
        return length

    def __bool__(self) -> bool:
        return True


class CoClassBaseClass:
    """A class of objects; what it has is its default interface's."""

    CLSID: ClassVar[IID]
    default_interface: ClassVar[type[DispatchBaseClass]]
    _dispobj_: Any  # an object of one of CLASSES

    def __init__(self, oobj: DispatchBaseClass | CDispatch | PyIDispatch | None = None) -> None:
        self.__dict__["_dispobj_"] = self.default_interface(create(self.CLSID) if oobj is None else oobj)

    def __repr__(self) -> str:
        return f"<win32com.gen_py.None.{type(self).__name__}>"

    def __getattr__(self, attr: str) -> Any:  # as its default interface
        return getattr(self.__dict__["_dispobj_"], attr)

    def __call__(self, *args: object, **names: object) -> Any:
        return self._dispobj_(*args, **names)

    def __str__(self) -> str:
        return str(self._dispobj_)

    def __int__(self) -> int:
        return int(self._dispobj_)

    def __len__(self) -> int:
        return len(self._dispobj_)

    def __bool__(self) -> bool:
        return bool(self._dispobj_)

    def __iter__(self) -> Iterator:
        found: Iterator = iter(self._dispobj_)
        return found


def _copy(function: Method, name: str, owner: str) -> Method:
    """A function of a class: TypeErrors name it by both."""
    assert isinstance(function, FunctionType)
    code = function.__code__.replace(co_name=name)
    copy = FunctionType(code, function.__globals__, name, function.__defaults__, function.__closure__)
    copy.__qualname__ = f"{owner}.{name}"
    return copy


def _plain(member: Member) -> bool:
    """Whether it is a property to Python too."""
    return not member.is_method and member.dispid != DISPID_NEWENUM


def _made() -> dict[str, type[DispatchBaseClass]]:
    functions = methods(Empty)
    iids = {interface.name: interface.iid for interface in _interfaces.ALL}
    made: dict[str, type[DispatchBaseClass]] = {}
    for interface in _interfaces.ALL:
        base = CollectionBaseClass if interface.exact("Item") else DispatchBaseClass
        body: dict[str, object] = {
            "CLSID": IID(interface.iid),
            "coclass_clsid": IID(CLASS_ID) if interface is _interfaces.NAT else None,
            "_interface_": interface,
            "_prop_map_get_": {m.name: (m.dispid, PROPERTYGET, (m.result, 0), (), m.name, iids.get(m.gives))
                               for m in interface.members if m.invkind == PROPERTYGET and _plain(m)},
            "_prop_map_put_": {m.name: ((m.dispid, 0, PROPERTYPUT, 0), ())
                               for m in interface.members if m.invkind == PROPERTYPUT},
            "__module__": f"win32com.gen_py.{LIBRARY_NAME}",
        }
        for name, function in functions.get(interface.name, {}).items():
            for place in (name, "__call__") if name == "Item" else (name,):
                body[place] = _copy(function, place, interface.name)
        made[interface.name] = type(interface.name, (base,), body)
    return made


CLASSES = _made()
"""The classes by the names of the interfaces."""

UPnPNAT = type(
    CLASS_NAME,
    (CoClassBaseClass,),
    {"CLSID": IID(CLASS_ID), "default_interface": CLASSES["IUPnPNAT"], "coclass_sources": [],
     "coclass_interfaces": [CLASSES["IUPnPNAT"]], "__module__": f"win32com.gen_py.{LIBRARY_NAME}"},
)


def _wrapped(pointer: PyIDispatch) -> DispatchBaseClass:
    com = pointer._com_
    assert isinstance(com, Object)
    return CLASSES[com.interface.name](pointer)


def EnsureDispatch(prog_id: object, bForDemand: int = 1) -> Any:  # one of CLASSES, whose properties are of many types
    """An early bound object by its program ID, or for one that is late bound.

    :raises com_error: there is no such class.
    """
    pointer, _ = pointer_and_name(prog_id, None)
    com = getattr(pointer, "_com_", None)
    if not isinstance(com, Object):
        raise TypeError("This COM object can not automate the makepy process - "
                        "please run makepy manually for this object")
    return _wrapped(pointer)


def CastTo(ob: object, target: str, typelib: object = None) -> DispatchBaseClass:
    """An object by another of its interfaces.

    :raises ValueError: there is no interface of that name.
    """
    pointer: Any = getattr(ob, "_oleobj_", ob)
    if target == CLASS_NAME:
        target = "IUPnPNAT"
    if target not in CLASSES:
        shown = ob if isinstance(ob, DispatchBaseClass) else EnsureDispatch(ob)
        raise ValueError(f"The interface name '{target}' does not appear in the same library as object '{shown!r}'")
    return CLASSES[target](pointer)
