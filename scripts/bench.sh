#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Race natupnp against Debian's upnpc in the laboratory: scripts/bench.sh [runs]
. "$(dirname "$0")/common.sh"

scripts/install-deps.sh
build build/release --preset release
exec python3 -B bench/race.py "$@"
