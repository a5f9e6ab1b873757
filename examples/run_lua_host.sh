#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Runs lua_host with its script against a simulated gateway that is slow, then ends it:
# run_lua_host.sh PROGRAM SCRIPT GATEWAY FOLDER_OF_THE_LUA_MODULE
set -euo pipefail
export LUA_PATH="$4/?.lua;;" LUA_CPATH="$4/?.so;;"

coproc gateway { exec "$3" --quiet --control-stdin --fault AddPortMapping=latency=500; }
read -r ready <&"${gateway[0]}"
location=$(sed 's/.*"location": *"\([^"]*\)".*/\1/' <<<"$ready")
table() {
    echo "GET /table" >&"${gateway[1]}"
    read -r -t 10 answer <&"${gateway[0]}"
    echo "$answer"
}

exec {output}< <(exec "$1" "$2" "$location")
host=$!
trap 'kill "$host" 2>/dev/null || true' EXIT
read -r -t 20 opened <&"$output"
echo "$opened"
pattern='^players join at 203\.0\.113\.7, port ([0-9]+); the game went on for ([0-9]+) ticks meanwhile$'
[[ $opened =~ $pattern ]]
((BASH_REMATCH[2] >= 2)) # about 25, where the machine has nothing else to do
[[ $(table) == *"\"external_port\":${BASH_REMATCH[1]},"* ]]

kill -TERM "$host"
read -r -t 20 closed <&"$output"
echo "$closed"
[ "$closed" = "the port is closed" ]
wait "$host"
[ "$(table)" = "[]" ]
