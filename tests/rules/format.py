#!/usr/bin/env python3
"""C files are as clang-format leaves them: format.py ROOT CLANG_FORMAT"""
import pathlib
import re
import subprocess
import sys

FOLDERS = ["core", "bindings", "cli", "simulator", "tests", "examples", "bench"]
VERSION = 14  # Debian 12's; each leaves something otherwise


def main(root, tool):
    if not tool or "NOTFOUND" in tool:
        print("skipped: clang-format is not installed")
        return 77
    version = re.search(r"version (\d+)", subprocess.run([tool, "--version"], capture_output=True, text=True, check=True).stdout)
    if not version or int(version[1]) != VERSION:
        print(f"skipped: the files are as clang-format {VERSION} leaves them, and here is {version[1] if version else '?'}")
        return 77
    files = [str(path) for folder in FOLDERS for path in sorted(pathlib.Path(root, folder).rglob("*.[ch]"))]
    return subprocess.run([tool, "--dry-run", "-Werror", *files], check=False).returncode


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
