# SPDX-License-Identifier: MIT
# Removes what it finds while it goes through it.
import sys
import win32com.client

maps = win32com.client.Dispatch("HNetCfg.NATUPnP").StaticPortMappingCollection
wanted = sys.argv[1]
removed = 0
for mapping in maps:
    if mapping.Protocol == wanted:
        maps.Remove(mapping.ExternalPort, mapping.Protocol)
        removed += 1
print("removed", removed, "left", [m.Protocol for m in maps])
