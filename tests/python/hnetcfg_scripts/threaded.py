# SPDX-License-Identifier: MIT
# A worker thread with its own object, as COM wants it; the collection is read anew for every call.
import threading

import pythoncom
import win32com.client


class Mapper(threading.Thread):
    def run(self):
        pythoncom.CoInitializeEx(pythoncom.COINIT_APARTMENTTHREADED)
        try:
            self.nat = win32com.client.Dispatch("HNetCfg.NATUPnP")
            for port in (5000, 5001):
                self.nat.StaticPortMappingCollection.Add(port, "TCP", port, "192.168.1.2", True, self.name)
            self.found = [self.nat.StaticPortMappingCollection.Item(port, "TCP").Description for port in (5000, 5001)]
        finally:
            pythoncom.CoUninitialize()


mapper = Mapper(name="worker")
mapper.start()
mapper.join()
print(mapper.found)
