# SPDX-License-Identifier: MIT
"""The interfaces of the type library NATUPNPLib 1.0, as tables."""
from __future__ import annotations

from typing import NamedTuple

VT_EMPTY, VT_NULL, VT_I2, VT_I4, VT_R4, VT_R8 = 0, 1, 2, 3, 4, 5
VT_BSTR, VT_DISPATCH, VT_BOOL, VT_VARIANT, VT_UNKNOWN = 8, 9, 11, 12, 13
VT_I1, VT_UI1, VT_UI2, VT_UI4, VT_I8, VT_UI8, VT_INT, VT_UINT, VT_VOID = 16, 17, 18, 19, 20, 21, 22, 23, 24

METHOD, PROPERTYGET, PROPERTYPUT, PROPERTYPUTREF = 1, 2, 4, 8
DISPID_VALUE, DISPID_NEWENUM = 0, -4

LIBRARY_NAME = "NATUPnP 1.0 Type Library"
LIBRARY_ID = "{1C565858-F302-471E-B409-F180AA4ABEC6}"
CLASS_NAME = "UPnPNAT"
CLASS_ID = "{AE1E00AA-3FD5-403C-8A27-2BBDC30CD0E1}"
PROGRAM_IDS = ("HNetCfg.NATUPnP", "HNetCfg.NATUPnP.1")
IID_UNKNOWN = "{00000000-0000-0000-C000-000000000046}"
IID_DISPATCH = "{00020400-0000-0000-C000-000000000046}"
IID_ENUM_VARIANT = "{00020404-0000-0000-C000-000000000046}"


class Param(NamedTuple):
    name: str
    vt: int


class Member(NamedTuple):
    """A method or one side of a property."""

    dispid: int
    name: str
    invkind: int
    params: tuple[Param, ...] = ()
    result: int = VT_VOID
    gives: str = ""
    """The interface of the result, where it is an object."""

    @property
    def is_method(self) -> bool:
        """Whether it is called: a property with parameters is."""
        return self.invkind == METHOD or (self.invkind == PROPERTYGET and bool(self.params))


class Interface:
    """An interface: its members, found by their names and numbers."""

    def __init__(self, name: str, iid: str, *members: Member) -> None:
        self.name = name
        self.iid = iid
        self.members = members
        self._exact = {member.name: member for member in members}
        self._ids = {member.name.lower(): member.dispid for member in members}

    def exact(self, name: str) -> Member | None:
        """The member with this name in its proper case."""
        return self._exact.get(name)

    def dispid(self, name: str) -> int | None:
        """The number of the member with this name in any case."""
        return self._ids.get(name.lower())

    def find(self, dispid: int, flags: int) -> Member | None:
        """The member that a call means.

        Item may be called as the method that it looks like, which Windows need not allow.
        """
        for member in self.members:
            if member.dispid == dispid and (flags & member.invkind or (flags & METHOD and member.is_method)):
                return member
        return None


def _get(dispid: int, name: str, vt: int, gives: str = "") -> Member:
    return Member(dispid, name, PROPERTYGET, (), vt, gives)


def _call(dispid: int, name: str, *params: Param, result: int = VT_VOID, gives: str = "") -> Member:
    return Member(dispid, name, METHOD, params, result, gives)


_ENUM = _get(DISPID_NEWENUM, "_NewEnum", VT_UNKNOWN)
_EXTERNAL_PORT = Param("lExternalPort", VT_I4)
_PROTOCOL = Param("bstrProtocol", VT_BSTR)
_INTERNAL_PORT = Param("lInternalPort", VT_I4)
_CLIENT = Param("bstrInternalClient", VT_BSTR)
_DESCRIPTION = Param("bstrDescription", VT_BSTR)
_REMOTE_HOST = Param("bstrRemoteHost", VT_BSTR)
_PLACE = (_INTERNAL_PORT, _CLIENT, Param("bEnabled", VT_BOOL), _DESCRIPTION)

STATIC_MAPPING = Interface(
    "IStaticPortMapping",
    "{6F10711F-729B-41E5-93B8-F21D0F818DF1}",
    _get(1, "ExternalIPAddress", VT_BSTR),
    _get(2, "ExternalPort", VT_I4),
    _get(3, "InternalPort", VT_I4),
    _get(4, "Protocol", VT_BSTR),
    _get(5, "InternalClient", VT_BSTR),
    _get(6, "Enabled", VT_BOOL),
    _get(7, "Description", VT_BSTR),
    _call(8, "EditInternalClient", _CLIENT),
    _call(9, "Enable", Param("vb", VT_BOOL)),
    _call(10, "EditDescription", _DESCRIPTION),
    _call(11, "EditInternalPort", _INTERNAL_PORT),
)

DYNAMIC_MAPPING = Interface(
    "IDynamicPortMapping",
    "{4FC80282-23B6-4378-9A27-CD8F17C9400C}",
    _get(1, "ExternalIPAddress", VT_BSTR),
    _get(2, "RemoteHost", VT_BSTR),
    _get(3, "ExternalPort", VT_I4),
    _get(4, "Protocol", VT_BSTR),
    _get(5, "InternalPort", VT_I4),
    _get(6, "InternalClient", VT_BSTR),
    _get(7, "Enabled", VT_BOOL),
    _get(8, "Description", VT_BSTR),
    _get(9, "LeaseDuration", VT_I4),
    _call(10, "RenewLease", Param("lLeaseDurationDesired", VT_I4), result=VT_I4),
    _call(11, "EditInternalClient", _CLIENT),
    _call(12, "Enable", Param("vb", VT_BOOL)),
    _call(13, "EditDescription", _DESCRIPTION),
    _call(14, "EditInternalPort", _INTERNAL_PORT),
)

STATIC_COLLECTION = Interface(
    "IStaticPortMappingCollection",
    "{CD1F3E77-66D6-4664-82C7-36DBB641D0F1}",
    _ENUM,
    Member(0, "Item", PROPERTYGET, (_EXTERNAL_PORT, _PROTOCOL), VT_DISPATCH, STATIC_MAPPING.name),
    _get(1, "Count", VT_I4),
    _call(2, "Remove", _EXTERNAL_PORT, _PROTOCOL),
    _call(3, "Add", _EXTERNAL_PORT, _PROTOCOL, *_PLACE, result=VT_DISPATCH, gives=STATIC_MAPPING.name),
)

_DYNAMIC_KEY = (_REMOTE_HOST, _EXTERNAL_PORT, _PROTOCOL)
DYNAMIC_COLLECTION = Interface(
    "IDynamicPortMappingCollection",
    "{B60DE00F-156E-4E8D-9EC1-3A2342C10899}",
    _ENUM,
    Member(0, "Item", PROPERTYGET, _DYNAMIC_KEY, VT_DISPATCH, DYNAMIC_MAPPING.name),
    _get(1, "Count", VT_I4),
    _call(2, "Remove", *_DYNAMIC_KEY),
    _call(
        3,
        "Add",
        *_DYNAMIC_KEY,
        *_PLACE,
        Param("lLeaseDuration", VT_I4),
        result=VT_DISPATCH,
        gives=DYNAMIC_MAPPING.name,
    ),
)

EVENT_MANAGER = Interface(
    "INATEventManager",
    "{624BD588-9060-4109-B0B0-1ADBBCAC32DF}",
    Member(1, "ExternalIPAddressCallback", PROPERTYPUT, (Param("pUnk", VT_UNKNOWN),)),
    Member(2, "NumberOfEntriesCallback", PROPERTYPUT, (Param("pUnk", VT_UNKNOWN),)),
)

NAT = Interface(
    "IUPnPNAT",
    "{B171C812-CC76-485A-94D8-B6B3A2794E99}",
    _get(1, "StaticPortMappingCollection", VT_DISPATCH, STATIC_COLLECTION.name),
    _get(2, "DynamicPortMappingCollection", VT_DISPATCH, DYNAMIC_COLLECTION.name),
    _get(3, "NATEventManager", VT_DISPATCH, EVENT_MANAGER.name),
)

ALL = (NAT, EVENT_MANAGER, STATIC_COLLECTION, STATIC_MAPPING, DYNAMIC_COLLECTION, DYNAMIC_MAPPING)
