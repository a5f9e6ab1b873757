# SPDX-License-Identifier: MIT
# The collection as a truth, members in small letters, formatted output.
from win32com.client import Dispatch

nat = Dispatch("HNetCfg.NATUPnP.1")
ports = nat.staticportmappingcollection
if ports:
    ports.add(4662, "UDP", 4662, "192.168.1.2", 1, "truth test")
    mapping = ports.Item(4662, "UDP")
    print("%s:%d -> %s:%d %s [%s]" % (mapping.externalipaddress, mapping.externalport, mapping.internalclient,
                                      mapping.internalport, str(mapping.protocol).lower(), mapping.description))
    ports.remove(4662, "UDP")
if not ports:
    raise SystemExit("no router")
if ports.Count:
    print("others have mappings")
