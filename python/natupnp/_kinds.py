# SPDX-License-Identifier: MIT
"""The two kinds of collections: the verbs of each in the core, and the keys that those take."""
from __future__ import annotations

from . import _outcome
from ._errors import InvalidTypeError
from ._hosts import as_text
from ._swig import core as _core

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, List

    from ._mapping import Mapping
    from ._verbs import Start, Verb

    Key = tuple[object, ...]


class Kind:
    """What is to be known of a kind.

    :param key: makes a key of what a user wrote between brackets.
    :param key_of: gives the key of a mapping.
    """

    def __init__(
        self,
        add: Start,
        get: Start,
        list: Start,
        count: Start,
        remove: Start,
        edit: Start,
        key: Callable[[object], Key],
        key_of: Callable[[Mapping], Key],
    ) -> None:
        self.add: Verb[_core._Mapping] = (add, _outcome.mapping)
        self.get: Verb[_core._Mapping] = (get, _outcome.mapping)
        self.list: Verb[List[_core._Mapping]] = (list, _outcome.mappings)
        self.count: Verb[int] = (count, _core.op_mapping_count)
        self.remove: Verb[None] = (remove, _outcome.nothing)
        self.edit: Verb[_core._Mapping] = (edit, _outcome.mapping)
        self.key = key
        self.key_of = key_of


def _static_key(key: object) -> Key:
    if isinstance(key, tuple) and len(key) == 2:
        return key
    raise InvalidTypeError("the key must be (external_port, protocol)")


def _dynamic_key(key: object) -> Key:
    if isinstance(key, tuple) and len(key) == 2:
        return (None, *key)
    if isinstance(key, tuple) and len(key) == 3:
        return (as_text(key[0]), *key[1:])
    raise InvalidTypeError("the key must be (external_port, protocol) or (remote_host, external_port, protocol)")


STATIC = Kind(
    _core.static_add,
    _core.static_get,
    _core.static_list,
    _core.static_count,
    _core.static_remove,
    _core.static_edit,
    _static_key,
    lambda mapping: (mapping.external_port, mapping.protocol),
)
DYNAMIC = Kind(
    _core.dynamic_add,
    _core.dynamic_get,
    _core.dynamic_list,
    _core.dynamic_count,
    _core.dynamic_remove,
    _core.dynamic_edit,
    _dynamic_key,
    lambda mapping: (as_text(mapping.remote_host), mapping.external_port, mapping.protocol),
)


def holding(kind: Kind, mapping: Mapping) -> Kind:
    """Where a mapping of a collection is: what a gateway without leases made of a dynamic one is in the static collection alone."""
    return STATIC if mapping.lease == 0 and mapping.remote_host is None else kind
