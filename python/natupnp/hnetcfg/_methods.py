# SPDX-License-Identifier: MIT
"""The methods of the interfaces as Python functions, so that their parameters have the names and places they
have on Windows. Late and early bound objects differ in what stands for an argument that is not given.
"""
from __future__ import annotations

from types import FunctionType

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Protocol

    class Caller(Protocol):
        def _typed_(self, name: str, *args: object) -> object: ...

    Method = Callable[..., object]


def methods(none: object) -> dict[str, dict[str, Method]]:
    """The methods by the names of the interfaces and their own.

    :param none: what stands for an argument that is not given.
    """

    def static_add(
        self: Caller,
        lExternalPort: object = none,
        bstrProtocol: object = none,
        lInternalPort: object = none,
        bstrInternalClient: object = none,
        bEnabled: object = none,
        bstrDescription: object = none,
    ) -> object:
        return self._typed_(
            "Add", lExternalPort, bstrProtocol, lInternalPort, bstrInternalClient, bEnabled, bstrDescription
        )

    def static_item(self: Caller, lExternalPort: object = none, bstrProtocol: object = none) -> object:
        return self._typed_("Item", lExternalPort, bstrProtocol)

    def static_remove(self: Caller, lExternalPort: object = none, bstrProtocol: object = none) -> object:
        return self._typed_("Remove", lExternalPort, bstrProtocol)

    def dynamic_add(
        self: Caller,
        bstrRemoteHost: object = none,
        lExternalPort: object = none,
        bstrProtocol: object = none,
        lInternalPort: object = none,
        bstrInternalClient: object = none,
        bEnabled: object = none,
        bstrDescription: object = none,
        lLeaseDuration: object = none,
    ) -> object:
        return self._typed_(
            "Add",
            bstrRemoteHost,
            lExternalPort,
            bstrProtocol,
            lInternalPort,
            bstrInternalClient,
            bEnabled,
            bstrDescription,
            lLeaseDuration,
        )

    def dynamic_item(
        self: Caller, bstrRemoteHost: object = none, lExternalPort: object = none, bstrProtocol: object = none
    ) -> object:
        return self._typed_("Item", bstrRemoteHost, lExternalPort, bstrProtocol)

    def dynamic_remove(
        self: Caller, bstrRemoteHost: object = none, lExternalPort: object = none, bstrProtocol: object = none
    ) -> object:
        return self._typed_("Remove", bstrRemoteHost, lExternalPort, bstrProtocol)

    def edit_internal_client(self: Caller, bstrInternalClient: object = none) -> object:
        return self._typed_("EditInternalClient", bstrInternalClient)

    def enable(self: Caller, vb: object = none) -> object:
        return self._typed_("Enable", vb)

    def edit_description(self: Caller, bstrDescription: object = none) -> object:
        return self._typed_("EditDescription", bstrDescription)

    def edit_internal_port(self: Caller, lInternalPort: object = none) -> object:
        return self._typed_("EditInternalPort", lInternalPort)

    def renew_lease(self: Caller, lLeaseDurationDesired: object = none) -> object:
        return self._typed_("RenewLease", lLeaseDurationDesired)

    edits: dict[str, Method] = {
        "EditInternalClient": edit_internal_client,
        "Enable": enable,
        "EditDescription": edit_description,
        "EditInternalPort": edit_internal_port,
    }
    made: dict[str, dict[str, Method]] = {
        "IStaticPortMappingCollection": {"Add": static_add, "Item": static_item, "Remove": static_remove},
        "IDynamicPortMappingCollection": {"Add": dynamic_add, "Item": dynamic_item, "Remove": dynamic_remove},
        "IStaticPortMapping": edits,
        "IDynamicPortMapping": {**edits, "RenewLease": renew_lease},
    }
    for functions in made.values():
        for name, function in functions.items():
            assert isinstance(function, FunctionType)
            function.__code__ = function.__code__.replace(co_name=name)  # which TypeErrors of Python 3.9 say
            function.__name__ = function.__qualname__ = name
    return made
