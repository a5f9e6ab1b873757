# SPDX-License-Identifier: MIT
"""The NAT Traversal API as Windows programs know it, in the manner of pywin32::

    from natupnp.hnetcfg import Dispatch

    nat = Dispatch("HNetCfg.NATUPnP")
    mappings = nat.StaticPortMappingCollection
    if mappings is not None:
        mappings.Add(8080, "TCP", 8080, "192.168.1.2", True, "a web server")

Whole programs run unchanged by ``python3 -m natupnp.hnetcfg program.py``.
"""
from __future__ import annotations

from ._early import CastTo, EnsureDispatch
from ._errors import com_error
from ._late import CDispatch, Dispatch
from ._nat import client
from ._pump import PumpMessages, PumpWaitingMessages
from ._settings import set_dynamic
from ._shims import shims
from ._windows.server_util import unwrap, wrap

__all__ = ["CDispatch", "CastTo", "Dispatch", "EnsureDispatch", "PumpMessages", "PumpWaitingMessages", "client",
           "com_error", "set_dynamic", "shims", "unwrap", "wrap"]
