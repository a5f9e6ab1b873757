# SPDX-License-Identifier: MIT
"""Kept mappings, as values."""
from __future__ import annotations

from ._enums import Name, Status
from ._errors import CLASSES
from ._mapping import Mapping
from ._outcome import owned
from ._record import Field, Record
from ._swig import core as _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._engine import Engine


class KeptState(Name):
    """How a kept mapping fares; also its text: ``KeptState.HELD == "held"``."""

    HELD = "held"
    MISSING = "missing"
    REFUSED = "refused"


_STATES = {
    _core.KEPT_HELD: KeptState.HELD,
    _core.KEPT_MISSING: KeptState.MISSING,
    _core.KEPT_REFUSED: KeptState.REFUSED,
}


def _next_in(handle: _core._Kept) -> int | None:
    seconds = _core.kept_next_s(handle)
    return None if seconds < 0 else seconds


class Kept(Record):
    """A kept mapping as it fared at one moment: a value that never changes."""

    __slots__ = ()

    mapping: Field[Mapping] = Field(
        lambda handle: Mapping._of(owned(_core.kept_mapping(handle))),
        "The mapping that should be there, as it was made last.",
    )
    state: Field[KeptState] = Field(
        lambda handle: _STATES[_core.kept_now(handle)],
        "HELD: the gateway has it, as far as is known. MISSING: it is made again as soon as that can be."
        " REFUSED: the gateway does not want it; it is tried again from time to time.",
    )
    status: Field[Status] = Field(
        lambda handle: Status(_core.kept_status(handle)),
        "What the last renewal or repair came to.",
    )
    next_in: Field[int | None] = Field(
        _next_in,
        "Seconds until something is done for it; 0 when that is due, None when nothing is planned.",
    )


def kept_of(engine: Engine) -> tuple[Kept, ...]:
    """What a client keeps."""
    client = engine.live()
    kept = []
    for n in range(_core.client_kept_count(client)):
        status, handle = _core.client_kept_at(client, n)
        if handle is None:
            raise CLASSES[status]()
        kept.append(Kept._of(handle))
    return tuple(kept)
