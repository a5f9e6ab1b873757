# SPDX-License-Identifier: MIT
"""Runs the calls of calls.txt one after the other and writes what came of each: calls.py ours|FOLDER GATEWAY GEN_PATH

With "ours" by natupnp.hnetcfg; with a folder by the Python layer of the pywin32 that lies there.
"""
import json
import os
import re
import sys
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
WHOSE, GATEWAY, GEN_PATH = sys.argv[1:]


def shown(value):
    """A value as text, without what cannot be the same twice."""
    if isinstance(value, (tuple, list)):
        return [shown(item) for item in value]
    if isinstance(value, (str, int, float, type(None))):
        return f"{type(value).__name__} {value!r}"
    text = re.sub(r"0x[0-9a-f]+|\b\d{6,}\b", "N", repr(value))
    return f"{type(value).__name__} {text}"


def outcome(code, names):
    try:
        try:
            compiled = compile(code, "<call>", "eval")
        except SyntaxError:
            exec(code, names)
            return "done"
        return shown(eval(compiled, names))
    except Exception as error:
        if os.environ.get("SHOW_ERRORS"):
            traceback.print_exc()
        return [type(error).__module__, type(error).__name__, re.sub(r"0x[0-9a-f]+|\b\d{12,}\b", "N", repr(error.args))]


def main():
    os.environ["NATUPNP_GATEWAY"] = GATEWAY
    if WHOSE == "ours":
        from natupnp import hnetcfg
        shims = hnetcfg.shims()
        shims.__enter__()
    else:
        sys.path[:0] = [HERE, WHOSE, os.path.join(WHOSE, "win32", "lib")]
        import fake_windows
        fake_windows.install(GEN_PATH)
    names = {}
    exec("import pythoncom, pywintypes, winerror, win32com.client, win32com.client.dynamic", names)
    exec("import win32com.client.gencache\nfrom win32com.client import Dispatch, VARIANT, gencache", names)
    if WHOSE != "ours":
        fake_windows.take_variants(names["VARIANT"])
    results = []
    with open(os.path.join(HERE, "calls.txt")) as file:
        for line in file:
            code = line.strip()
            if code and not code.startswith("#"):
                results.append([code, outcome(code, names)])
    sys.stdout.flush()
    json.dump(results, sys.__stdout__)


if __name__ == "__main__":
    main()
