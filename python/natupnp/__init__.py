# SPDX-License-Identifier: MIT
"""Port mappings on UPnP gateways, in the object model of the Windows NAT Traversal API::

    import natupnp

    with natupnp.Client() as client:
        mapping = client.static_mappings.add(8080, "TCP")
        print(mapping.external_ip, mapping.external_port)

Start with :class:`Client`, or :class:`AsyncClient` for asyncio. Every failure is an :class:`Error`.
"""
from __future__ import annotations

from ._client import Client
from ._dynamic import DynamicMapping, DynamicMappings
from ._enums import Protocol, Status
from ._errors import (
    BadReplyError,
    BusyError,
    CancelledError,
    ClosedError,
    ConflictError,
    Error,
    FaultError,
    ForkedError,
    FullError,
    GoneError,
    HTTPError,
    InvalidArgumentError,
    InvalidTypeError,
    LostError,
    NetworkError,
    NoAddressError,
    NoGatewayError,
    NotFoundError,
    NotPermittedError,
    OutOfMemoryError,
    SystemResourceError,
    TimeoutError,
    UnsupportedError,
)
from ._gateway import Gateway
from ._mapping import Mapping
from ._static import StaticMapping, StaticMappings
from ._swig.core import version as _version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._async_client import AsyncClient
    from ._async_dynamic import AsyncDynamicMapping, AsyncDynamicMappings
    from ._async_events import AsyncEventIterator, AsyncEvents
    from ._async_static import AsyncStaticMapping, AsyncStaticMappings
    from ._event import Event, EventKind
    from ._events import EventIterator, Events
    from ._kept import Kept, KeptState
    from ._listening import Registration

__all__ = [
    "AsyncClient",
    "AsyncDynamicMapping",
    "AsyncDynamicMappings",
    "AsyncEventIterator",
    "AsyncEvents",
    "AsyncStaticMapping",
    "AsyncStaticMappings",
    "BadReplyError",
    "BusyError",
    "CancelledError",
    "Client",
    "ClosedError",
    "ConflictError",
    "DynamicMapping",
    "DynamicMappings",
    "Error",
    "Event",
    "EventIterator",
    "EventKind",
    "Events",
    "FaultError",
    "ForkedError",
    "FullError",
    "Gateway",
    "GoneError",
    "HTTPError",
    "InvalidArgumentError",
    "InvalidTypeError",
    "Kept",
    "KeptState",
    "LostError",
    "Mapping",
    "NetworkError",
    "NoAddressError",
    "NoGatewayError",
    "NotFoundError",
    "NotPermittedError",
    "OutOfMemoryError",
    "Protocol",
    "Registration",
    "StaticMapping",
    "StaticMappings",
    "Status",
    "SystemResourceError",
    "TimeoutError",
    "UnsupportedError",
]

__version__: str = _version()

for _name in __all__:  # where they are imported from, whatever file they are in
    if _name in globals():
        globals()[_name].__module__ = __name__

# asyncio takes longer to import than all of this: it is loaded for those who use it. So are events.
_LATER = {
    "AsyncClient": "_async_client",
    "AsyncDynamicMapping": "_async_dynamic",
    "AsyncDynamicMappings": "_async_dynamic",
    "AsyncEventIterator": "_async_events",
    "AsyncEvents": "_async_events",
    "AsyncStaticMapping": "_async_static",
    "AsyncStaticMappings": "_async_static",
    "Event": "_event",
    "EventIterator": "_events",
    "EventKind": "_event",
    "Events": "_events",
    "Kept": "_kept",
    "KeptState": "_kept",
    "Registration": "_listening",
}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    kind: type = getattr(import_module(f".{_LATER[name]}", __name__), name)
    kind.__module__ = __name__
    globals()[name] = kind
    return kind


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
