# SPDX-License-Identifier: MIT
"""Enumerators and iterators as scripts see them."""
from __future__ import annotations

from ._interface_pointers import PyIDispatch, PyIEnumVARIANT
from ._interfaces import IID_ENUM_VARIANT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ._interface_pointers import PyIUnknown


def _late(item: PyIDispatch) -> Any:
    from ._late import CDispatch

    return CDispatch(item)


def _pointer(pointer: PyIUnknown) -> PyIEnumVARIANT:
    found = pointer if isinstance(pointer, PyIEnumVARIANT) else pointer.QueryInterface(IID_ENUM_VARIANT)
    assert isinstance(found, PyIEnumVARIANT)
    return found


class EnumVARIANT:
    """An enumerator that can be indexed: out of sequence that is a reset and a skip."""

    def __init__(self, pointer: PyIUnknown, wrap: Callable[[PyIDispatch], Any] = _late) -> None:
        self._oleobj_ = _pointer(pointer)
        self._wrap = wrap
        self.index = -1

    def __getitem__(self, index: int) -> Any:
        if not isinstance(index, int):
            raise TypeError("Only integer indexes are supported for enumerators")
        if index != self.index + 1:
            self.Reset()
            if index:
                self.Skip(index)
        self.index = index
        found = self.Next()
        if not found:
            raise IndexError("list index out of range")
        return found[0]

    __call__ = __getitem__

    def Next(self, count: int = 1) -> tuple[Any, ...]:
        """The next entries, fewer at the end."""
        return tuple([self._good(item) for item in self._oleobj_.Next(count)])

    def Skip(self, count: int) -> None:
        """Go on. pywin32 has this only of ``_oleobj_``."""
        self._oleobj_.Skip(count)

    def Reset(self) -> None:
        """Begin again, with the table as it is then."""
        self._oleobj_.Reset()

    def Clone(self) -> EnumVARIANT:
        """Another one that stands where this one does."""
        return EnumVARIANT(self._oleobj_.Clone(), self._wrap)

    def _good(self, item: object) -> Any:
        return self._wrap(item) if isinstance(item, PyIDispatch) else item


class Iterator:
    """A Python iterator of an enumerator."""

    def __init__(self, pointer: PyIUnknown, wrap: Callable[[PyIDispatch], Any] = _late) -> None:
        self._iter_ = _pointer(pointer)
        self._wrap = wrap

    def __iter__(self) -> Iterator:
        return self

    def __next__(self) -> Any:
        item = next(self._iter_)
        return self._wrap(item) if isinstance(item, PyIDispatch) else item


EnumVARIANT.__module__ = Iterator.__module__ = "win32com.client.util"
