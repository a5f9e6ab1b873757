#!/usr/bin/env python3
"""The shared library exports the frozen list of names, all of them declared in
a public header: exported.py LIBRARY LIST HEADERS"""
import pathlib
import re
import subprocess
import sys


def main(library, frozen, headers):
    symbols = subprocess.run(["nm", "-D", "--defined-only", library], check=True,
                             capture_output=True, text=True).stdout
    # A sanitizer adds names of its own.
    exported = {line.split()[-1] for line in symbols.splitlines()}
    exported = {name for name in exported if not name.startswith(("__asan", "__odr_asan", "__ubsan"))}
    expected = set(pathlib.Path(frozen).read_text().split())
    declared = set()
    for header in pathlib.Path(headers).glob("*.h"):
        declared |= set(re.findall(r"NATUPNP_API[^;]*?\b(natupnp_\w+)\(", header.read_text()))
    for title, names in (("exported, but not in the list", exported - expected),
                         ("in the list, but not exported", expected - exported),
                         ("in the list, but in no header", expected - declared),
                         ("in a header, but not in the list", declared - expected)):
        if names:
            print(f"{title}: {', '.join(sorted(names))}")
    print(f"{len(exported)} names")
    return not exported == expected == declared


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
