#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes cli/text_table.h: what the command makes of each character of Unicode, by the tables that Python brings along.

The table in the repository is of Unicode 14. A later one knows more letters, which are shown as '?' until then."""
import unicodedata

# Default_Ignorable_Code_Point and fillers of category Lo and Mn: nothing is seen of them.
INVISIBLE = [(0x34F, 0x34F), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F), (0x3164, 0x3164),
             (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0), (0xE0000, 0xE0FFF)]
# Vowels and finals of Hangul join the letter before them.
JOINING = [(0x1161, 0x11FF), (0xD7B0, 0xD7FB)]


def within(code, ranges):
    return any(first <= code <= last for first, last in ranges)


def kind(code):
    character = chr(code)
    category = unicodedata.category(character)
    if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") or within(code, INVISIBLE):
        return "REFUSED"
    if category in ("Mn", "Me") or within(code, JOINING):
        return "MARK"
    if unicodedata.bidirectional(character) in ("R", "AL", "AN"):
        return "RIGHT_TO_LEFT"
    return "WIDE" if unicodedata.east_asian_width(character) in ("W", "F") else "NARROW"


def main():
    runs = []
    for code in range(0x110000):
        here = kind(code)
        if not runs or runs[-1][1] != here:
            runs.append((code, here))
    letters = {"REFUSED": "R", "MARK": "M", "RIGHT_TO_LEFT": "B", "WIDE": "W", "NARROW": "N"}
    print("/* SPDX-License-Identifier: MIT */")
    print(f"/* Made by scripts/character-table.py of Unicode {unicodedata.unidata_version}. */")
    print("#ifndef CLI_TEXT_TABLE_H\n#define CLI_TEXT_TABLE_H\n")
    print("/* clang-format off */")
    print("/** Where a run of characters of one kind begins; it ends where the next one does. */")
    lines = ["#define TEXT_RUNS(R, M, B, W, N)"]
    line = "   "
    for code, here in runs:
        word = f" {letters[here]}(0x{code:X})"
        if len(line) + len(word) > 97:
            lines.append(line)
            line = "   "
        line += word
    print("\n".join([text.ljust(99) + "\\" for text in lines] + [line]))
    print("/* clang-format on */")
    print("\n#endif")


if __name__ == "__main__":
    main()
