# SPDX-License-Identifier: MIT
"""The modules of pywin32, for a while."""
from __future__ import annotations

import os
import platform
import sys
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType

from . import _settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_MODULES = {
    "pywintypes": "pywintypes",
    "pythoncom": "pythoncom",
    "winerror": "winerror",
    "win32com": None,
    "win32com.client": "client",
    "win32com.client.dynamic": "dynamic",
    "win32com.client.gencache": "gencache",
    "win32com.client.util": "util",
    "win32com.server": None,
    "win32com.server.util": "server_util",
}
"""What programs import, and the file in _windows that has it."""


@contextmanager
def shims(*, gateway: str | None = None, as_windows: bool = False, dynamic: bool = True) -> Iterator[None]:
    """Supply the modules of pywin32 that programs of the NAT API import; for tests::

        with natupnp.hnetcfg.shims(gateway="http://192.168.1.1:5000/rootDesc.xml"):
            import program

    They are win32com.client, win32com.server.util, pythoncom, pywintypes and winerror. What was imported
    under these names before is hidden meanwhile.

    :param gateway: the URL of the gateway's description, None to search.
    :param as_windows: whether ``platform.system()`` says Windows. ``sys.platform`` stays.
    :param dynamic: whether there are dynamic mappings; where not, they are E_NOTIMPL as on Windows 8.1 and later.
    """
    hidden = _taken_away()
    before = os.environ.get("NATUPNP_GATEWAY"), platform.system, _settings.dynamic
    supply(gateway, as_windows, dynamic)
    try:
        yield
    finally:
        _taken_away()
        sys.modules.update(hidden)
        if gateway is not None:
            _restore("NATUPNP_GATEWAY", before[0])
        platform.system = before[1]
        _settings.set_dynamic(before[2])


def supply(gateway: str | None, as_windows: bool, dynamic: bool) -> None:
    """What shims() does, for good."""
    sys.modules.update(_made())
    _settings.set_dynamic(dynamic)
    if gateway is not None:
        os.environ["NATUPNP_GATEWAY"] = gateway
    if as_windows:
        platform.system = lambda: "Windows"


def _taken_away() -> dict[str, ModuleType]:
    """The modules of these names, which are no longer there then."""
    return {name: sys.modules.pop(name) for name in tuple(sys.modules) if name.partition(".")[0] in _ROOTS}


_ROOTS = {name.partition(".")[0] for name in _MODULES}


def _made() -> dict[str, ModuleType]:
    made = {}
    for name, source in _MODULES.items():
        module = ModuleType(name)
        if source is None:
            module.__path__ = []
        else:
            origin = import_module(f"{__package__}._windows.{source}")
            module.__doc__ = origin.__doc__
            module.__dict__.update({public: getattr(origin, public) for public in origin.__all__})
        made[name] = module
    made["win32com.client"].__path__ = []
    for name, module in made.items():
        parent, _, child = name.rpartition(".")
        if parent:
            setattr(made[parent], child, module)
    made["win32com.client"].__dict__.update(pythoncom=made["pythoncom"], pywintypes=made["pywintypes"])
    return made


def _restore(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
