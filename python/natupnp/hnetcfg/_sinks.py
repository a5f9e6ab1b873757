# SPDX-License-Identifier: MIT
"""Who is called with an event: wrapped Python objects, and plain callables."""
from __future__ import annotations

from traceback import print_exc
from typing import NamedTuple

from . import _errors
from ._interfaces import DISPID_NEWENUM, DISPID_VALUE, METHOD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

REASON = "VARIABLE_UPDATE"
"""What a default method is told before the value. The sibling interface of Windows says this; here it is our choice."""


class Kind(NamedTuple):
    """A kind of events: which, and the method of the callback interface."""

    name: str
    method: str


ADDRESS = Kind("ExternalIPAddress", "NewExternalIPAddress")
ENTRIES = Kind("NumberOfEntries", "NewNumberOfEntries")


class PythonObject:
    """A Python object as a COM object: what it says is public can be called."""

    def __init__(self, target: object) -> None:
        if not hasattr(target, "_public_methods_"):
            raise ValueError("Object does not support DesignatedWrapPolicy, as it does not have either "
                             "_public_methods_ or _typelib_guid_ attributes.")
        self.target = target
        self._functions: dict[int, str] = dict(getattr(target, "_dispid_to_func_", {}))
        self._names = {name.lower(): dispid for dispid, name in self._functions.items()}
        if hasattr(target, "_value_"):
            self._functions.setdefault(DISPID_VALUE, "_value_")
        if hasattr(target, "_NewEnum"):
            self._functions[DISPID_NEWENUM] = "_NewEnum"
        for number, name in enumerate(target._public_methods_, 1000):
            if name.lower() not in self._names:
                self._names[name.lower()] = number
                self._functions[number] = name

    def dispid(self, name: str) -> int:
        """As of every object."""
        if name.lower() not in self._names:
            raise _errors.failed(_errors.DISP_E_UNKNOWNNAME)
        return self._names[name.lower()]

    def invoke(self, dispid: int, flags: int, args: tuple[object, ...]) -> object:
        """As of every object."""
        function = self.function(dispid)
        if function is None or not flags & METHOD:
            raise _errors.failed(_errors.DISP_E_MEMBERNOTFOUND)
        return function(*args)

    def function(self, dispid: int) -> Callable[..., object] | None:
        """What is called for a number."""
        found = getattr(self.target, self._functions.get(dispid, ""), None)
        return found if callable(found) else None

    @property
    def default(self) -> Callable[..., object] | None:
        """The default method: the one at 0, else the object itself where it can be called."""
        found = self.function(DISPID_VALUE)
        return self.target if found is None and callable(self.target) else found

    def named(self, name: str) -> Callable[..., object] | None:
        """What is called for a name."""
        return self.function(self._names[name.lower()]) if name.lower() in self._names else None


def sink_of(kind: Kind, target: object) -> Callable[[object], object]:
    """What is to be called with a value.

    :raises Refused: when it has neither the method of the callback interface nor a default one.
    """
    wrapped = getattr(target, "_com_", target)
    if isinstance(wrapped, PythonObject):
        typed = wrapped.named(kind.method)
        if typed is not None:
            return lambda value: _printing(typed, value)
        default = wrapped.default
        if default is not None:
            return lambda value: _printing(default, REASON, value)
    elif callable(target) and wrapped is target:
        return lambda value: target(REASON, value)
    raise _errors.Refused(_errors.E_FAIL)


def _printing(call: Callable[..., object], *args: object) -> None:
    """Call a wrapped object's method; what it raises is printed, as pywin32 does, and the pump goes on."""
    try:
        call(*args)
    except Exception:
        print_exc()
