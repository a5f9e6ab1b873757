# SPDX-License-Identifier: MIT
"""Values that never change."""
from __future__ import annotations

from ._typing import Generic, T_co, overload

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, NoReturn, TypeVar

    R = TypeVar("R", bound="Record")


class Field(Generic[T_co]):
    """A field of a record: how it is read from a handle of the core, and what it means."""

    def __init__(self, read: Callable[..., T_co], doc: str) -> None:
        self.read = read
        self.__doc__ = doc

    def __set_name__(self, owner: type[Record], name: str) -> None:
        self.index = len(owner._fields)
        owner._plain = owner
        owner._fields = {**owner._fields, name: self}

    @overload
    def __get__(self, record: None, owner: type[Record]) -> Field[T_co]: ...

    @overload
    def __get__(self, record: Record, owner: type[Record]) -> T_co: ...

    def __get__(self, record: Record | None, owner: type[Record]) -> Field[T_co] | T_co:
        if record is None:
            return self
        value: T_co = (record._known or record._values())[self.index]
        return value

    def __set__(self, record: Record, value: NoReturn) -> NoReturn:
        raise AttributeError(f"a {record._plain.__name__} is a snapshot: its fields cannot be set")


class Record:
    """What snapshots have in common: equality, hash, text and pickling, all by their fields.

    They are read from the core when one is asked for: many a mapping is made and never looked at.
    """

    __slots__ = ("_handle", "_known")

    _handle: Any  # what the core has; None for a record that it did not give
    _known: tuple[Any, ...]  # the fields; empty before they are read
    _fields: dict[str, Field[object]] = {}
    _plain: type[Record]  # the class that has the fields; a subclass only adds methods

    def __init__(self, **fields: object) -> None:
        if fields.keys() != self._fields.keys():
            raise TypeError(f"{self._plain.__name__} takes exactly {', '.join(self._fields)}, by name")
        self._handle = None
        self._known = tuple([fields[name] for name in self._fields])

    @classmethod
    def _of(cls: type[R], handle: object) -> R:
        """The snapshot that a handle of the core stands for."""
        record = cls.__new__(cls)
        record._handle = handle
        record._known = ()
        return record

    def _values(self) -> tuple[Any, ...]:
        if not self._known:
            self._known = tuple([field.read(self._handle) for field in self._fields.values()])
        return self._known

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Record) and other._plain is self._plain:
            return self._values() == other._values()
        return NotImplemented

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        shown = [f"{name}={value!r}" for name, value in zip(self._fields, self._values())]
        return f"{type(self).__name__}({', '.join(shown)})"

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (self._plain, dict(zip(self._fields, self._values())))


def _restore(kind: type[Record], fields: dict[str, object]) -> Record:
    return kind(**fields)
