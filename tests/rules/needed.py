#!/usr/bin/env python3
"""What the library and the modules need at run time is libcurl, expat and what
every C program has: needed.py LIBRARY [FOLDER...]

In the folders are the modules, at any depth."""
import pathlib
import re
import subprocess
import sys

WANTED = {"libcurl", "libexpat"}
SYSTEM = re.compile(r"libc|libm|ld-linux.*|lib(a|ub|t)san|libgcc_s")


def needed(path):
    text = subprocess.run(["readelf", "-d", path], check=True, capture_output=True, text=True).stdout
    return {name.split(".so")[0] for name in re.findall(r"\(NEEDED\).*\[(.*)\]", text)}


def main(library, *folders):
    modules = [path for folder in folders for path in sorted(pathlib.Path(folder).rglob("*core*.so"))]
    wrong = False
    for path in [pathlib.Path(library), *modules]:
        names = {name for name in needed(path) if not SYSTEM.fullmatch(name)}
        same = {re.sub(r"^libcurl-\w+$", "libcurl", name) for name in names} == WANTED
        print(f"{path.name}: {', '.join(sorted(names))}{'' if same else ': not what is wanted'}")
        wrong |= not same
    return wrong


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
