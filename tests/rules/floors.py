#!/usr/bin/env python3
"""Each floor of core/src includes only what stands below it, and each foreign
library is known to one file."""
import pathlib
import re
import sys

FLOORS = ["ground", "words", "wires", "meaning", "face"]
ONLY = {
    "curl/": ["wires/http_request.h"],
    "http_request.h": ["wires/http.c", "wires/http_request.c"],
    "expat.h": ["words/xml.c"],
    "microhttpd.h": [],
    "sys/epoll.h": ["wires/loop_linux.c"],
    "sys/timerfd.h": ["wires/loop_linux.c"],
    "sys/eventfd.h": ["wires/loop_linux.c"],
    "linux/netlink.h": ["ground/net_linux.c", "wires/net_watch_linux.c"],
    "linux/rtnetlink.h": ["ground/net_linux.c", "wires/net_watch_linux.c"],
    "linux/filter.h": ["wires/net_watch_linux.c", "wires/notify_filter_linux.c"],
    "pthread.h": [],
}
INCLUDE = re.compile(r'^\s*#\s*include\s+[<"]([^>"]+)[>"]', re.MULTILINE)


def main(root):
    source = pathlib.Path(root) / "core" / "src"
    wrong = []
    files = sorted(source.glob("*/*.[ch]"))
    for path in files:
        name = str(path.relative_to(source))
        floor = FLOORS.index(path.parent.name)
        for header in INCLUDE.findall(path.read_text()):
            for part, allowed in ONLY.items():
                if header.startswith(part) and name not in allowed:
                    wrong.append(f"{name} includes {header}, which belongs to {allowed or 'nobody'}")
            if header.startswith("../"):
                other = FLOORS.index(header.split("/")[1])
                if other >= floor:
                    wrong.append(f"{name} includes {header}, which is not below it")
    print(f"{len(files)} files looked at")
    print("\n".join(wrong))
    return bool(wrong) or not files


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
