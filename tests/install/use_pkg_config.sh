#!/usr/bin/env bash
# An outside program finds the library by pkg-config: use_pkg_config.sh FOLDER GATEWAY
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
pc=$(find "$1/prefix" -name natupnp.pc)
export PKG_CONFIG_PATH=${pc%/*}
libdir=$(pkg-config --variable=libdir natupnp)
mkdir -p "$1/with_pkg_config"
# shellcheck disable=SC2046 # flags are words
cc -std=c11 -Wall -Werror -o "$1/with_pkg_config/outside" "$here/outside.c" \
    $(pkg-config --cflags --libs natupnp) -Wl,-rpath,"$libdir"
"$here/run_outside.sh" "$1/with_pkg_config/outside" "$2"
