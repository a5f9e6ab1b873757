#!/usr/bin/env bash
# Runs an example against a simulated gateway and compares what it prints:
# run_example.sh PROGRAM GATEWAY
set -euo pipefail
coproc gateway { exec "$2" --quiet --exit-with-stdin --mappings 2; }
read -r ready <&"${gateway[0]}"
location=$(sed 's/.*"location": *"\([^"]*\)".*/\1/' <<<"$ready")
answer=$("$1" "$location" | sort)
echo "$answer"
case ${1##*/} in
example_open_port) expected="port 8080 of 203.0.113.7 leads here" ;;
example_own_loop) expected=$(sort <<'END'
Simulated Internet gateway: Connected
10000/TCP -> 192.168.1.10:10000
10001/UDP -> 192.168.1.11:10001
END
) ;;
esac
[ "$answer" = "$expected" ]
