# SPDX-License-Identifier: MIT
# Opens a port; says so when there is no router.
import sys
import win32com.client

nat = win32com.client.Dispatch("HNetCfg.NATUPnP")
mappings = nat.StaticPortMappingCollection
if mappings is None:
    print("No UPnP router found")
    sys.exit(1)
mappings.Add(4661, "TCP", 4661, "192.168.1.2", True, "null test")
print("opened, %d mappings now" % mappings.Count)
