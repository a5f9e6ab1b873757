# SPDX-License-Identifier: MIT
"""What pywin32 has in C, as far as its Python layer needs it for this type library: the objects are natupnp's,
the type information is made of natupnp's tables. Everything above is pywin32's own.
"""
import sys
import types

from natupnp.hnetcfg import _interface_pointers, _interfaces, _variant
from natupnp.hnetcfg._objects import Object
from natupnp.hnetcfg._windows import pythoncom as ours
from natupnp.hnetcfg._windows import pywintypes as our_types

KIND_INTERFACE, KIND_DISPATCH, KIND_COCLASS = 3, 4, 5
FLAGS = 0x1140  # dual, automation, dispatchable
IID = _interface_pointers.IID
LIBRARY = IID(_interfaces.LIBRARY_ID)


class Indexed:
    """A structure that is read by names and by numbers."""

    places = ()

    def __init__(self, **fields):
        self.__dict__.update(fields)

    def __getitem__(self, index):
        return getattr(self, self.places[index])

    def __len__(self):
        return len(self.places)


class FuncDesc(Indexed):
    places = ("memid", "scodeArray", "args", "funckind", "invkind", "callconv", "cParamsOpt", "oVft", "rettype",
              "wFuncFlags")
    desckind = 1


class TypeAttr(Indexed):
    places = ("iid", "lcid", "memidConstructor", "memidDestructor", "cbSizeInstance", "typekind", "cFuncs", "cVars",
              "cImplTypes", "cbSizeVft", "cbAlignment", "wTypeFlags", "wMajorVerNum", "wMinorVerNum", "tdescAlias",
              "idldescType")


def func_desc(member, place):
    result = member.result
    if member.gives:
        result = (26, (29, member.gives))  # a pointer to an interface of the library
    hidden = 0x41 if member.dispid == _interfaces.DISPID_NEWENUM else 0
    return FuncDesc(memid=member.dispid, scodeArray=(), args=tuple((param.vt, 1, None) for param in member.params),
                    funckind=4, invkind=member.invkind, callconv=4, cParamsOpt=0, oVft=place,
                    rettype=(result, 0, None), wFuncFlags=hidden)


class TypeInfo:
    def __init__(self, interface, kind=KIND_DISPATCH):
        self.interface = interface
        self.kind = kind

    def GetTypeAttr(self):
        return TypeAttr(iid=IID(self.interface.iid), lcid=0, memidConstructor=-1, memidDestructor=-1,
                        cbSizeInstance=0, typekind=self.kind, cFuncs=len(self.interface.members), cVars=0,
                        cImplTypes=0, cbSizeVft=0, cbAlignment=0, wTypeFlags=FLAGS, wMajorVerNum=1, wMinorVerNum=0,
                        tdescAlias=None, idldescType=None)

    def GetFuncDesc(self, index):
        return func_desc(self.interface.members[index], index)

    def GetNames(self, dispid):
        member = next(member for member in self.interface.members if member.dispid == dispid)
        return (member.name, *(param.name for param in member.params))

    def GetDocumentation(self, dispid):
        return (self.interface.name if dispid == -1 else self.GetNames(dispid)[0], None, 0, None)

    def GetRefTypeOfImplType(self, index):
        return self.interface.name

    def GetRefTypeInfo(self, name):
        return TypeInfo(next(i for i in _interfaces.ALL if i.name == name),
                        KIND_INTERFACE if name == self.interface.name else KIND_DISPATCH)

    def GetTypeComp(self):
        return TypeComp(self.interface)

    def GetContainingTypeLib(self):
        return TypeLib(), 0


class TypeComp:
    def __init__(self, interface):
        self.interface = interface

    def Bind(self, name, flags):
        dispid = self.interface.dispid(name)
        for place, member in enumerate(self.interface.members):
            if member.dispid == dispid and member.invkind & flags:
                return 1, func_desc(member, place)
        if dispid is not None:
            raise ours.com_error(-2147319779, "Type mismatch.", None, None)
        return 0, None


class CoClass(TypeInfo):
    """The class of objects: its only interface is IUPnPNAT."""

    def __init__(self):
        super().__init__(_interfaces.NAT, KIND_COCLASS)

    def GetTypeAttr(self):
        attr = super().GetTypeAttr()
        attr.iid, attr.cFuncs, attr.cImplTypes, attr.wTypeFlags = IID(_interfaces.CLASS_ID), 0, 1, 2
        return attr

    def GetDocumentation(self, dispid):
        return (_interfaces.CLASS_NAME, None, 0, None)

    def GetImplTypeFlags(self, index):
        return 1

    def GetRefTypeInfo(self, name):
        return TypeInfo(_interfaces.NAT)


class TypeLib:
    infos = [CoClass()] + [TypeInfo(interface) for interface in _interfaces.ALL]

    def GetLibAttr(self):
        return (LIBRARY, 0, 1, 1, 0, 8)

    def GetTypeInfoCount(self):
        return len(self.infos)

    def GetTypeInfo(self, index):
        return self.infos[index]

    def GetTypeInfoType(self, index):
        return self.infos[index].kind

    def GetDocumentation(self, index):
        return ("NATUPNPLib", _interfaces.LIBRARY_NAME, 0, None) if index == -1 \
            else self.infos[index].GetDocumentation(-1)


def get_type_info(self, index=0):
    if not isinstance(self._com_, Object):
        raise ours.com_error(-2147467263, "Not implemented", None, None)
    return TypeInfo(self._com_.interface)


def refused(*args):
    raise ours.com_error(-2147221021, "Operation unavailable", None, None)


def module(name, **names):
    made = types.ModuleType(name)
    made.__dict__.update(names)
    sys.modules[name] = made
    return made


def install(gen_path):
    """Make the modules that pywin32's Python layer imports; what it generates goes into a folder."""
    sys.winver = "{}.{}".format(*sys.version_info)
    _interface_pointers.PyIDispatch.GetTypeInfo = get_type_info
    module("pywintypes", TimeType=type("TimeType", (), {}),
           **{name: getattr(our_types, name) for name in our_types.__all__})
    pythoncom = module("pythoncom", **{name: getattr(ours, name) for name in ours.__all__})
    pythoncom.__dict__.update(
        connect=refused, new=lambda clsid: _interface_pointers.create(clsid),
        CoCreateInstanceEx=lambda clsid, unknown, context, server, iids: [
            ours.CoCreateInstance(clsid, unknown, context, iid) for iid in iids],
        MkParseDisplayName=lambda name: (_ for _ in ()).throw(
            ours.com_error(-2147221020, "Invalid syntax", None, None)),
        ProgIDFromCLSID=refused, LoadRegTypeLib=lambda *args: TypeLib(), QueryPathOfRegTypeLib=lambda *args: "x",
        com_record=type("com_record", (), {}),
        DESCKIND_FUNCDESC=1, DESCKIND_VARDESC=2, FUNC_DISPATCH=4, FUNCFLAG_FHIDDEN=0x40, FUNCFLAG_FRESTRICTED=1,
        PARAMFLAG_FIN=1, PARAMFLAG_FOUT=2, PARAMFLAG_FRETVAL=8, PARAMFLAG_FOPT=16, PARAMFLAG_FHASDEFAULT=32,
        TKIND_ENUM=0, TKIND_RECORD=1, TKIND_MODULE=2, TKIND_INTERFACE=3, TKIND_DISPATCH=4, TKIND_COCLASS=5,
        TKIND_ALIAS=6, TKIND_UNION=7, TYPEFLAG_FDUAL=0x40, TYPEFLAG_FDISPATCHABLE=0x1000, TYPEFLAG_FHIDDEN=0x10,
        TYPEFLAG_FRESTRICTED=0x200, IMPLTYPEFLAG_FDEFAULT=1, IMPLTYPEFLAG_FSOURCE=2, VAR_DISPATCH=3, VAR_CONST=2,
        VT_CY=6, VT_DATE=7, VT_DECIMAL=14, VT_HRESULT=25, VT_PTR=26, VT_SAFEARRAY=27, VT_CARRAY=28,
        VT_USERDEFINED=29, VT_RECORD=36, VT_FILETIME=64, VT_STREAM=66, VT_CLSID=72, VT_ARRAY=0x2000,
        VT_BYREF=0x4000)
    error = type("error", (Exception,), {})

    def no_key(*args):
        raise error()

    module("win32api", error=error, RegOpenKey=no_key, GetFullPathName=lambda path: path.replace("\\", "/"),
           GetTempPath=lambda: gen_path)
    mutex = types.SimpleNamespace(close=lambda: None)
    module("win32event", CreateMutex=lambda *args: mutex, WaitForSingleObject=lambda *args: 0,
           ReleaseMutex=lambda *args: None, INFINITE=-1)
    module("win32com.gen_py").__path__ = [gen_path]


def take_variants(kind):
    """pythoncom knows this class of pywin32's Python layer."""
    _variant.VARIANT = kind
