#!/usr/bin/env python3
"""Source files carry a licence line and leave no note for later: words.py ROOT"""
import pathlib
import re
import sys

FOLDERS = ["core", "bindings", "cli", "simulator", "python", "lua", "tests", "examples", "bench", "scripts"]
LICENCE_LINES = 2  # a program begins with the line that names its interpreter
LEFT_OPEN = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


def main(root):
    wrong = []
    count = 0
    for folder in FOLDERS:
        for path in sorted(pathlib.Path(root, folder).rglob("*")):
            if path.suffix not in (".c", ".h", ".i", ".py", ".pyi", ".lua", ".sh") or not path.is_file():
                continue
            count += 1
            text = path.read_text()
            name = path.relative_to(root)
            needs_licence = text and (path.suffix in (".c", ".h", ".i") or folder in ("python", "lua"))
            if needs_licence and "SPDX-License-Identifier: MIT" not in "\n".join(text.split("\n")[:LICENCE_LINES]):
                wrong.append(f"{name}: no licence line")
            if LEFT_OPEN.search(text):
                wrong.append(f"{name}: a note for later")
    print(f"{count} files looked at")
    print("\n".join(wrong))
    return bool(wrong) or count == 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
