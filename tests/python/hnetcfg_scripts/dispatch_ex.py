# SPDX-License-Identifier: MIT
# Every way to an object, and those that Windows refuses too.
import win32com.client
import win32com.client.dynamic
from pywintypes import com_error

print(win32com.client.DispatchEx("HNetCfg.NATUPnP"))
print(repr(win32com.client.dynamic.Dispatch("HNetCfg.NATUPnP")))
for attempt in (lambda: win32com.client.GetActiveObject("HNetCfg.NATUPnP"),
                lambda: win32com.client.GetObject(Class="HNetCfg.NATUPnP"),
                lambda: win32com.client.Dispatch("HNetCfg.FwMgr")):
    try:
        attempt()
    except com_error as error:
        print(error)
try:
    win32com.client.DispatchWithEvents("HNetCfg.NATUPnP", object)
except ValueError as error:
    print(error)
try:
    import win32api
except ImportError:
    print("no win32api")
