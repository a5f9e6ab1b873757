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

    Start = Callable[..., tuple[int, _core.Operation | None]]
    Verb = tuple[Start, Callable[[_core.Operation], T]]

DISCOVER: Verb[Gateway] = (_core.gateway_discover, _outcome.gateway)
QUERY: Verb[Gateway] = (_core.gateway_query, _outcome.gateway)
GATEWAYS: Verb[tuple[Gateway, ...]] = (_core.gateway_list, _outcome.gateways)

ADD: Verb[_core.Mapping] = (_core.static_add, _outcome.mapping)
GET: Verb[_core.Mapping] = (_core.static_get, _outcome.mapping)
EDIT: Verb[_core.Mapping] = (_core.static_edit, _outcome.mapping)
LIST: Verb[list[_core.Mapping]] = (_core.static_list, _outcome.mappings)
COUNT: Verb[int] = (_core.static_count, _core.op_mapping_count)
REMOVE: Verb[None] = (_core.static_remove, _outcome.nothing)
