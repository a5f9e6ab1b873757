# SPDX-License-Identifier: MIT
"""What holds for the whole process."""
from __future__ import annotations

dynamic = True
"""Whether there are dynamic mappings; where not, as on Windows 8.1 and later, their collection is E_NOTIMPL."""


def set_dynamic(on: bool) -> bool:
    """Switch the dynamic collection on or off.

    :return: what it was.
    """
    global dynamic
    before, dynamic = dynamic, on
    return before
