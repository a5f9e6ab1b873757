#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Measure on a quiet machine, in the laboratory: natupnp against Debian's upnpc, Python against C, and
# what is promised of times: scripts/bench.sh [runs]
. "$(dirname "$0")/common.sh"

scripts/install-deps.sh
build build/release --preset release -DBUILD_TESTING=ON
python3 -B bench/race.py "$@"
echo
PYTHONPATH=build/release/python python3 -B bench/add_python.py build/release/bin/bench_add ||
    echo "bench: Python was not measured" >&2
echo
exec python3 -B bench/promises.py
