# SPDX-License-Identifier: MIT
# assert as the test, the mapping's address as the only way to the public one.
import pythoncom
import win32com.client

pythoncom.CoInitialize()
NAT = win32com.client.Dispatch("HNetCfg.NATUPnP")
assert hasattr(NAT, "StaticPortMappingCollection")
PORTS = NAT.StaticPortMappingCollection
assert PORTS, "UPnP is switched off"


def public_address():
    mapping = PORTS.Add(51413, "TCP", 51413, "192.168.1.2", True, "probe")
    address = mapping.ExternalIPAddress
    PORTS.Remove(51413, "TCP")
    return address


print("public address:", public_address())
pythoncom.CoUninitialize()
