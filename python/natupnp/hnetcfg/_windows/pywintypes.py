# SPDX-License-Identifier: MIT
"""pywintypes."""
from __future__ import annotations

from .._errors import com_error
from .._interface_pointers import IID

IIDType = IID


class error(Exception):
    """What functions of Windows raise there; nothing raises it here, but programs name it in an except."""


__all__ = ["IID", "IIDType", "com_error", "error"]
