# SPDX-License-Identifier: MIT
# shellcheck shell=bash
# What the scripts beside it share; they source it.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

fail() {
    local script=${0##*/}
    echo "${script%.sh}: $*" >&2
    exit 1
}

writable() { # writable FOLDER: made where it was not
    mkdir -p "$1" 2>/dev/null || true
    [[ -w $1 && (! -e $1/build.log || -w $1/build.log) ]] ||
        fail "$1 cannot be written, perhaps another user made it: remove it (sudo rm -r $1), or run this as before"
}

build() { # build FOLDER OPTION...: configured by them and built; quiet when all goes well
    local log=$1/build.log
    writable "$1"
    { cmake "${@:2}" -B "$1" && cmake --build "$1" -j "$(nproc)"; } >"$log" 2>&1 && return
    tail -n 20 "$log"
    fail "the build failed; $log has all of it: please report it with that file (CONTRIBUTING.md)"
}
