# SPDX-License-Identifier: MIT
"""python3 -m natupnp.hnetcfg: runs a Windows program."""
from __future__ import annotations

import argparse
import io
import os
import sys
from importlib.machinery import SourceFileLoader
from types import ModuleType

from ._shims import supply

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

_EPILOG = """\
The program finds the modules of pywin32 that programs of the NAT API import: win32com.client,
win32com.server.util, pythoncom, pywintypes, winerror. Nothing else of Windows is there, and nothing is changed
for other programs.

examples:
  python3 -m natupnp.hnetcfg portmap.py --list
  python3 -m natupnp.hnetcfg --as-windows portmap.py      # for one that asks platform.system()
  natupnp-gateway --quiet &                               # a simulated gateway; it prints its URL
  python3 -m natupnp.hnetcfg --gateway http://127.0.0.1:34229/rootDesc.xml portmap.py

Without --gateway the environment variable NATUPNP_GATEWAY is used, else the gateway is searched for, on the
network interface in NATUPNP_INTERFACE where that is set. The exit status is the program's; 2 for a mistake on
this command line.
"""


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python3 -m natupnp.hnetcfg",
        description="Run an unmodified Python 3 program for the Windows NAT API (HNetCfg.NATUPnP, with pywin32).",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--gateway", metavar="URL", help="the gateway's description, as natupnp info shows it")
    parser.add_argument("--as-windows", action="store_true",
                        help="platform.system() says Windows; sys.platform stays as it is")
    parser.add_argument("--dynamic", choices=("on", "off"), default="on",
                        help="off: DynamicPortMappingCollection is E_NOTIMPL, as on Windows 8.1 and later (on)")
    parser.add_argument("program", metavar="script.py", help="the program")
    parser.add_argument("arguments", metavar="args", nargs=argparse.REMAINDER, help="its arguments")
    given = parser.parse_args()
    try:
        with io.open_code(os.path.abspath(given.program)) as file:
            source = file.read()
    except OSError as error:
        parser.exit(2, f"{parser.prog}: can't open file {given.program!r}: {error.strerror}\n")
    supply(given.gateway, given.as_windows, given.dynamic == "on")  # to the end: threads may outlive the program
    _run(given.program, source, given.arguments)


def _run(program: str, source: bytes, arguments: list[str]) -> None:
    """Run it as Python runs a program: as __main__, with its folder first on the path."""
    path = os.path.abspath(program)
    module = ModuleType("__main__")
    module.__dict__.update(__file__=path, __builtins__=__builtins__, __cached__=None,
                           __loader__=SourceFileLoader("__main__", path))
    if sys.version_info < (3, 14):
        module.__dict__["__annotations__"] = {}
    sys.modules["__main__"] = module
    sys.argv[:] = [program, *arguments]
    if not getattr(sys.flags, "safe_path", False):
        sys.path[0] = os.path.dirname(os.path.realpath(path))
    try:
        exec(compile(source, path, "exec", dont_inherit=True), module.__dict__)
    except SystemExit:
        raise
    except BaseException as error:
        trace = _own(error.__traceback__)
        sys.excepthook(type(error), error.with_traceback(trace), trace)
        sys.excepthook = _said
        raise


def _own(trace: TracebackType | None) -> TracebackType | None:
    """A traceback from where the program's begins; None for a mistake in its syntax."""
    while trace is not None and trace.tb_frame.f_code.co_filename == __file__:
        trace = trace.tb_next
    return trace


def _said(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """The program's error has been shown."""


if __name__ == "__main__":
    main()
