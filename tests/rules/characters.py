#!/usr/bin/env python3
"""What the command takes each character for agrees with Unicode as this Python knows it: characters.py ROOT

Python may know a later Unicode than the table: what was not assigned then is refused still."""
import pathlib
import re
import sys
import unicodedata

RUN = re.compile(r"\b([RMBWN])\(0x([0-9A-F]+)\)")
NEVER = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
# By name, whatever Python's tables say of them.
NAMED = [*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x61C, 0x2028, 0x2029, 0xAD,
         *range(0x200B, 0x200E), 0x2060, 0xFEFF, *range(0xFFF9, 0xFFFC), *range(0xE0000, 0xE0080),
         *range(0x00, 0x20), *range(0x7F, 0xA0), 0x34F, 0x115F, 0x1160, 0x180E, 0x3164, 0xFFA0,
         *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0), 0xFFFE, 0xFFFF, 0x10FFFF, 0xE000, 0xF8FF]


def main(root):
    if tuple(map(int, unicodedata.unidata_version.split("."))) < (14,):
        print(f"skipped: this Python knows Unicode {unicodedata.unidata_version}, older than the table")
        return 77
    text = pathlib.Path(root, "cli/text_table.h").read_text()
    runs = [(int(first, 16), kind) for kind, first in RUN.findall(text)]
    kinds = {}
    for (first, kind), (end, _) in zip(runs, [*runs[1:], (0x110000, "")]):
        kinds.update(dict.fromkeys(range(first, end), kind))
    wrong = [f"U+{code:04X} is shown" for code in NAMED if kinds[code] != "R"]
    for code in range(0x110000):
        character, kind = chr(code), kinds[code]
        category = unicodedata.category(character)
        if kind == "R":
            continue
        if category in NEVER:
            wrong.append(f"U+{code:04X} is shown: {category}")
        elif category in ("Mn", "Me") and kind != "M":
            wrong.append(f"U+{code:04X} is {kind}: it joins the character before it")
        elif category not in ("Mn", "Me") and (unicodedata.bidirectional(character) in ("R", "AL", "AN")) != (kind == "B"):
            wrong.append(f"U+{code:04X} is {kind}: {unicodedata.bidirectional(character)}")
    if runs != sorted(runs) or runs[0][0] != 0:
        wrong.append("the runs are not in order")
    for code in [*range(0x20, 0x7F), 0xE9, 0x20AC, 0xFFFD, 0x416]:
        if kinds[code] != "N":
            wrong.append(f"U+{code:04X} is {kinds[code]}")
    for code in [0x1100, 0x3042, 0x4E2D, 0xAC00, 0xFF01, 0x1F600, 0x20000]:
        if kinds[code] != "W":
            wrong.append(f"U+{code:04X} is {kinds[code]}: it takes two columns")
    print(f"{len(runs)} runs, Unicode {unicodedata.unidata_version}")
    print("\n".join(wrong[:50]))
    return bool(wrong) or len(kinds) != 0x110000


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
