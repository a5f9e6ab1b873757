#!/usr/bin/env bash
# Runs a built program against a simulated gateway: run_outside.sh PROGRAM GATEWAY
set -euo pipefail
coproc gateway { exec "$2" --quiet --exit-with-stdin --name "seen from outside"; }
read -r ready <&"${gateway[0]}"
location=$(sed 's/.*"location": *"\([^"]*\)".*/\1/' <<<"$ready")
answer=$("$1" "$location")
echo "$answer"
[ "$answer" = "seen from outside" ]
