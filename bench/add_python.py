#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A blocking add in Python against the same in C, to a simulated gateway without latency; and what the
import costs against that of ssl.

    PYTHONPATH=build/release/python python3 bench/add_python.py build/release/bin/bench_add [rounds]
"""

import statistics
import subprocess
import sys
import time

import natupnp
from natupnp.testing import SimulatedGateway

ADDS = 200
STARTS = 25
IMPORTS = ["pass", "import ssl", "import natupnp; natupnp.Client().close()"]


def adds_in_c(program, location):
    done = subprocess.run([program, location, str(ADDS)], check=True, stdout=subprocess.PIPE)
    return [float(line) for line in done.stdout.split()]


def adds_in_python(location, look):
    times = []
    with natupnp.Client(gateway=location) as client:
        add = client.static_mappings.add
        add(20000, "TCP")  # finds the gateway and connects
        for n in range(ADDS):
            start = time.perf_counter()
            look(add(20000 + n, "TCP"))
            times.append((time.perf_counter() - start) * 1e6)
    return times


def report(title, unit, rows):
    print(title)
    for name, times in rows:
        print(f"  {name:44}{statistics.median(times):9.1f} {unit} (least {min(times):.1f})")


def adds(program, rounds):
    c, python, looked = [], [], []
    with SimulatedGateway() as gateway:
        for _ in range(rounds):
            c += adds_in_c(program, gateway.location)
            python += adds_in_python(gateway.location, lambda mapping: None)
            looked += adds_in_python(gateway.location, lambda mapping: mapping.external_ip)
    report(f"A blocking add, {rounds} x {ADDS} of each in turn", "us",
           [("C", c), ("Python", python), ("Python, and its fields looked at", looked)])
    print(f"  Python takes {statistics.median(python) / statistics.median(c):.2f} times as long")


def imports():
    times = {code: [] for code in IMPORTS}
    for _ in range(STARTS):
        for code in IMPORTS:
            start = time.perf_counter()
            subprocess.run([sys.executable, "-c", code], check=True)
            times[code].append((time.perf_counter() - start) * 1e3)
    report(f"A process of {sys.executable}, {STARTS} of each in turn", "ms", times.items())
    ssl, ours = (statistics.median(times[code]) for code in IMPORTS[1:])
    print(f"  natupnp takes {ours / ssl:.2f} times as long as ssl")


def main():
    adds(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5)
    imports()


if __name__ == "__main__":
    main()
