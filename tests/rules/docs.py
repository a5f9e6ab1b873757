#!/usr/bin/env python3
"""The table of statuses in the docs is the one in the header, and links lead
somewhere: docs.py ROOT"""
import pathlib
import re
import sys

ROW = re.compile(r'X\((\w+), (\d+), (0x[0-9A-F]{8}), "([^"]*)"\)')
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)", re.DOTALL)


def main(root):
    root = pathlib.Path(root)
    header = (root / "core/include/natupnp/status.h").read_text()
    rows = ROW.findall(re.sub(r"\\\n\s*", " ", header))
    page = (root / "docs/reference/errors.md").read_text()
    wrong = [f"docs/reference/errors.md lacks: {row}"
             for row in ("| `{}` | {} | `{}` | {} |".format(*fields) for fields in rows)
             if row not in page]
    pages = [*root.glob("*.md"), *root.glob("docs/**/*.md")]
    for path in pages:
        for target in LINK.findall(path.read_text()):
            if not (path.parent / target).exists():
                wrong.append(f"{path.relative_to(root)}: {target} leads nowhere")
    print(f"{len(rows)} statuses, {len(pages)} pages")
    print("\n".join(wrong))
    return bool(wrong) or not rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
