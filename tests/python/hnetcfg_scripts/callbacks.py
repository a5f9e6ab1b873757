# SPDX-License-Identifier: MIT
# Waits for the number of mappings to change.
import time

import pythoncom
import win32com.client
import win32com.server.util


class Watcher:
    _public_methods_ = ["NewNumberOfEntries", "NewExternalIPAddress"]

    def __init__(self):
        self.counts = []
        self.addresses = []

    def NewNumberOfEntries(self, number):
        self.counts.append(number)

    def NewExternalIPAddress(self, address):
        self.addresses.append(address)


pythoncom.CoInitialize()
nat = win32com.client.Dispatch("HNetCfg.NATUPnP")
watcher = Watcher()
manager = nat.NATEventManager
manager.NumberOfEntriesCallback = win32com.server.util.wrap(watcher)
manager.ExternalIPAddressCallback = win32com.server.util.wrap(watcher)
maps = nat.StaticPortMappingCollection
before = maps.Count
added = False
end = time.time() + 60
while time.time() < end and before + 1 not in watcher.counts:
    pythoncom.PumpWaitingMessages()
    if watcher.addresses and not added:
        maps.Add(7000, "TCP", 7000, "192.168.1.2", True, "watched")
        added = True
    time.sleep(0.01)
print("told of", watcher.counts[-1] - before, "more, at", watcher.addresses[0])
