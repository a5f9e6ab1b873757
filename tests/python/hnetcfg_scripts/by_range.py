# SPDX-License-Identifier: MIT
# Goes through the table by numbers.
import win32com.client

win32com.client.pythoncom.CoInitialize()
upnp = win32com.client.Dispatch("HNetCfg.NATUPnP")
maps = upnp.StaticPortMappingCollection
for i in range(len(maps)):
    print(i, maps[i].Protocol, maps[i].ExternalPort, maps[i].Description)
i = 0
try:
    while True:
        maps[i]
        i += 1
except IndexError:
    print("counted", i)
