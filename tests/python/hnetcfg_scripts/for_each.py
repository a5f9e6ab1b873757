# SPDX-License-Identifier: MIT
# For Each, sorted; items as default member of the collection.
import win32com.client as com

maps = com.Dispatch("HNetCfg.NATUPnP").StaticPortMappingCollection
rows = sorted((m.Protocol, m.ExternalPort, m.InternalClient, m.InternalPort, m.Enabled) for m in maps)
for row in rows:
    print("%-4s %5d -> %s:%d %s" % row)
protocol, port = rows[0][:2]
print(maps(port, protocol).InternalClient == rows[0][2], len(rows) == len(maps))
