# SPDX-License-Identifier: MIT
"""The verbs: what starts each in the core, and what it gives when it ends well."""
from __future__ import annotations

from . import _outcome
from ._swig import core as _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from ._gateway import Gateway
    from ._typing import T

    Start = Callable[..., tuple[int, _core._Operation | None]]
    Verb = tuple[Start, Callable[[_core._Operation], T]]

DISCOVER: Verb[Gateway] = (_core.gateway_discover, _outcome.gateway)
QUERY: Verb[Gateway] = (_core.gateway_query, _outcome.gateway)
GATEWAYS: Verb[tuple[Gateway, ...]] = (_core.gateway_list, _outcome.gateways)

CLOSE: Verb[None] = (_core.client_close, _outcome.nothing)
"""Removes what is kept."""
RENEW: Verb[_core._Mapping] = (_core.dynamic_renew, _outcome.mapping)
