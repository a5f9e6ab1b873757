#!/bin/sh
# SPDX-License-Identifier: MIT
# The specs under one interpreter: run.sh INTERPRETER FOLDER_OF_THE_BUILT_MODULE [ARGUMENT OF BUSTED...]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
interpreter=$1
module=$2
shift 2
if ! command -v "$interpreter" >/dev/null; then
    echo "skipped: $interpreter is not installed"
    exit 77
fi
# busted has its files in the folder of Lua 5.1 only, and can be read by all.
LUA_PATH="$module/?.lua;$here/?.lua;;;/usr/share/lua/5.1/?.lua;/usr/share/lua/5.1/?/init.lua"
LUA_CPATH="$module/?.so;;"
export LUA_PATH LUA_CPATH
unset LUA_INIT NATUPNP_INTERFACE
if [ "${NATUPNP_TEST_GATEWAY:-}" != 1 ]; then # else hnetcfg_conformance_spec.lua runs with that gateway
    unset NATUPNP_GATEWAY
fi
if [ "$interpreter" = luajit ]; then # its memory is out of sight of a sanitizer's search for leaks
    export LSAN_OPTIONS=detect_leaks=0
fi
cd "$here"
exec "$interpreter" run.lua --output=plainTerminal "$@" .
