# SPDX-License-Identifier: MIT
# Adds over its own mapping, as programs do at each start; remove and add again under "ignore errors".
import win32com.client

maps = win32com.client.Dispatch("HNetCfg.NATUPnP").StaticPortMappingCollection
before = maps.Count
for attempt in range(3):
    mapping = maps.Add(6881, "TCP", 6881, "192.168.1.2", True, "attempt %d" % attempt)
    print(mapping.Description, maps.Count - before)
try:
    maps.Remove(6881, "UDP")
except Exception:
    pass
try:
    maps.Remove(6881, "TCP")
except Exception:
    pass
maps.Add(6881, "TCP", 6882, "192.168.1.2", True, "new")
print(maps.Item(6881, "TCP").InternalPort)
