# SPDX-License-Identifier: MIT
"""IEnumVARIANT."""
from __future__ import annotations

from .. import _errors as _natupnp
from . import _errors
from ._turns import in_turn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Sequence


class Enumerator:
    """Goes through a table, which is read when the first entry is asked for, and anew after a reset.

    Between the two it does not change, so that a loop may remove what it is at.
    """

    def __init__(self, read: Callable[[], Sequence[object]]) -> None:
        self._read = read
        self._items: Sequence[object] | None = None
        self._index = 0

    def next(self, count: int) -> tuple[object, ...]:
        """Entries, fewer than asked for at the end.

        :raises com_error: the table could not be read; its hresult is the failure's own.
        """
        if count < 0:
            raise _errors.failed(_errors.E_INVALIDARG)
        items = self._table()
        found = tuple(items[self._index:self._index + count])
        self._index += len(found)
        return found

    def skip(self, count: int) -> bool:
        """Go on; whether there were as many. A negative count is a very large one, as in C."""
        length = len(self._table())
        enough = 0 <= count <= length - self._index
        self._index = self._index + count if enough else length
        return enough

    def reset(self) -> None:
        """Begin again, with the table as it will be then."""
        self._items = None
        self._index = 0

    def clone(self) -> Enumerator:
        """Another one that stands where this one does."""
        other = Enumerator(self._read)
        other._items, other._index = self._items, self._index
        return other

    def _table(self) -> Sequence[object]:
        if self._items is None:
            try:
                self._items = in_turn(self._read)
            except _natupnp.Error as error:
                raise _errors.failed(error.hresult or _errors.E_FAIL) from error
        return self._items
