# SPDX-License-Identifier: MIT
"""pywintypes."""
from __future__ import annotations

from .._errors import com_error
from .._interface_pointers import IID

IIDType = IID

__all__ = ["IID", "IIDType", "com_error"]
