# SPDX-License-Identifier: MIT
"""win32com.client.util."""
from __future__ import annotations

from .._enumeration import EnumVARIANT, Iterator
from .._interface_pointers import PyIUnknown


def WrapEnum(ob: PyIUnknown, resultCLSID: object = None) -> EnumVARIANT:
    """An enumerator that can be indexed."""
    return EnumVARIANT(ob)


__all__ = ["EnumVARIANT", "Iterator", "WrapEnum"]
