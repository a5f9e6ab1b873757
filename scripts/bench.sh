#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Race natupnp against Debian's upnpc in the laboratory: scripts/bench.sh [runs]
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-deps.sh
mkdir -p build/release
if ! { cmake --preset release && cmake --build --preset release -j "$(nproc)"; } >build/release/build.log 2>&1; then
    tail -n 20 build/release/build.log
    echo "bench: the build failed" >&2
    exit 1
fi
exec python3 -B bench/race.py "$@"
