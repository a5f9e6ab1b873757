# SPDX-License-Identifier: MIT
# Looks at the error's attributes.
import pywintypes
import win32com.client
import winerror

maps = win32com.client.Dispatch("HNetCfg.NATUPnP").StaticPortMappingCollection
NOT_THERE = winerror.HRESULT_FROM_WIN32(winerror.ERROR_FILE_NOT_FOUND)


def code_of(call, *arguments):
    try:
        call(*arguments)
    except pywintypes.com_error as error:
        if error.hresult == winerror.DISP_E_EXCEPTION and error.excepinfo:
            return error.excepinfo[5]
        return error.hresult
    return winerror.S_OK


print(code_of(maps.Remove, 1, "TCP") == NOT_THERE)
print(code_of(maps.Add, 1, 6, 1, "192.168.1.2", True, "six") == winerror.E_INVALIDARG)
print(code_of(maps.Add, 10000, "TCP", 1, "192.168.1.77", True, "taken") & 0xFFFFFFFF)
print(code_of(maps.Add, 1, "TCP", 1, "192.168.1.2", True, "good"))
