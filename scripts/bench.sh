#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Measure on a quiet machine, in the laboratory: natupnp against Debian's upnpc, Python against C, and
# what is promised of times: scripts/bench.sh [runs]
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-deps.sh
mkdir -p build/release
if ! { cmake --preset release -DBUILD_TESTING=ON && cmake --build --preset release -j "$(nproc)"; } >build/release/build.log 2>&1; then
    tail -n 20 build/release/build.log
    echo "bench: the build failed" >&2
    exit 1
fi
python3 -B bench/race.py "$@"
echo
PYTHONPATH=build/release/python python3 -B bench/add_python.py build/release/bin/bench_add ||
    echo "bench: Python was not measured" >&2
echo
exec python3 -B bench/promises.py
