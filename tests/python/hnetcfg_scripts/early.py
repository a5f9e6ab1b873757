# SPDX-License-Identifier: MIT
# With generated classes, named arguments and edits.
import platform

from win32com.client import CastTo, constants, gencache

nat = CastTo(gencache.EnsureDispatch("HNetCfg.NATUPnP"), "IUPnPNAT")
maps = nat.StaticPortMappingCollection
mapping = maps.Add(lExternalPort=8088, bstrProtocol="UDP", lInternalPort=88, bstrInternalClient="192.168.1.2",
                   bEnabled=True, bstrDescription="early")
mapping.EditDescription("late")
mapping.EditInternalPort(89)
mapping.Enable(True)
same = maps.Item(8088, "UDP")
print(same.Description, same.InternalPort, same.Enabled, hasattr(constants, "nothing"))
print("Add" in dir(maps), "Count" in dir(maps), platform.system(), type(maps).__name__)
maps.Remove(8088, "UDP")
