# SPDX-License-Identifier: MIT
"""Arguments as the core takes them. It asks no code of a program: what needs some is asked here, before."""
from __future__ import annotations

from operator import index

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeVar

    Values = TypeVar("Values", bound=tuple[object, ...])

_PLAIN = frozenset((int, float, str, bool, type(None)))


def plain(values: Values) -> Values:
    """The same, with an int for each whole number of another kind, such as numpy's. The core judges them."""
    return tuple([value if type(value) in _PLAIN else _number(value) for value in values])  # type: ignore[return-value]


def _number(value: object) -> object:
    if isinstance(value, (int, float, str)) or not hasattr(type(value), "__index__"):
        return value
    try:
        return index(value)  # type: ignore[arg-type]
    except Exception:
        return value
