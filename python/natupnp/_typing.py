# SPDX-License-Identifier: MIT
"""What `typing` gives to type checkers, without the time that its import takes at run time."""
from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Generic as Generic
    from typing import TypeVar
    from typing import overload as overload

    from ._mapping import Mapping

    T = TypeVar("T")
    T_co = TypeVar("T_co", covariant=True)
    M = TypeVar("M", bound=Mapping)
else:
    T = T_co = M = None

    class Generic:
        __slots__ = ()

        def __class_getitem__(cls, parameters):
            return cls

    def overload(function):
        return function
