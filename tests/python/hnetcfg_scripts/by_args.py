# SPDX-License-Identifier: MIT
# Takes the error apart by its arguments.
import pythoncom
from win32com.client import Dispatch

service = Dispatch("HNetCfg.NATUPnP")
try:
    service.StaticPortMappingCollection.Item(9, "UDP")
except pythoncom.com_error as e:
    if e.args[2][5] == -2147024894:
        print("not bound")
    print(e.args[0], e.args[1])
    hresult, message, details, argument = e.args
    print(details[5], argument)
try:
    service.StaticPortMappingCollection.Item("nine", "UDP")
except ValueError as e:
    print("ValueError", e)
try:
    service.Nothing()
except AttributeError as e:
    print("AttributeError", e)
try:
    service.DynamicPortMappingCollection.Count
except pythoncom.com_error as e:
    print("no dynamic mappings", e.excepinfo[5] == -2147467263)
