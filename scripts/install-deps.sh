#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Install what is missing to build natupnp (--demo), or to build and test it.
set -euo pipefail
export LC_ALL=C

usage="usage: scripts/install-deps.sh [--demo]"
cmake_needed=3.25

build=(gcc libc6-dev cmake ninja-build pkg-config
    libcurl4-openssl-dev libexpat1-dev libmicrohttpd-dev libjansson-dev)
tests=(python3 g++ clang clang-format libcmocka-dev valgrind
    miniupnpd-nftables miniupnpc nftables iproute2)

fail() {
    echo "install-deps: $*" >&2
    exit 1
}

installed() {
    case $1 in
    libcurl4-openssl-dev) # any other build of libcurl will do, and could not be installed beside it
        command -v pkg-config >/dev/null && pkg-config --exists libcurl
        ;;
    *) [[ $(dpkg-query -W -f='${db:Status-Status} ' "$1" 2>/dev/null) == installed* ]] ;;
    esac
}

fuzzer_installed() {
    command -v clang >/dev/null &&
        compgen -G "$(clang -print-resource-dir)/lib/*/libclang_rt.fuzzer*" >/dev/null
}

available() {
    [[ $(apt-cache policy "$1" 2>/dev/null) =~ Candidate:\ [^\(] ]]
}

check_cmake() {
    local version
    command -v cmake >/dev/null || fail "cmake $cmake_needed or newer is needed"
    version=$(cmake --version | sed -n '1s/.*version //p')
    [[ $(printf '%s\n' "$cmake_needed" "$version" | sort -V | head -n1) == "$cmake_needed" ]] ||
        fail "cmake is $version; $cmake_needed or newer is needed (see https://cmake.org/download/)"
}

wanted=("${build[@]}" "${tests[@]}")
case ${1-} in
--demo) wanted=("${build[@]}") ;;
"") ;;
*) fail "$usage" ;;
esac
(($# <= 1)) || fail "$usage"

if ! command -v apt-get >/dev/null; then
    echo "install-deps: not a Debian or Ubuntu system; needed are, by their names there: ${wanted[*]}" >&2
    check_cmake
    pkg-config --exists libcurl expat libmicrohttpd jansson || fail "not all of these are here"
    exit 0
fi

missing=()
for package in "${wanted[@]}"; do
    installed "$package" || missing+=("$package")
done
# The sanitizers and the fuzzer of clang are a package of their own in newer releases.
runtime=libclang-rt-dev
if [[ ${1-} != --demo ]] && ! fuzzer_installed; then
    missing+=("$runtime")
fi

if ((${#missing[@]})); then
    as_root=()
    if ((EUID != 0)); then
        command -v sudo >/dev/null || fail "run it as root, or install: ${missing[*]}"
        as_root=(sudo)
    fi
    echo "install-deps: installing ${missing[*]}"
    log=$(mktemp)
    trap 'rm -f "$log"' EXIT
    "${as_root[@]}" apt-get update -qq >"$log" 2>&1 || echo "install-deps: apt-get update failed" >&2
    lacking=()
    for i in "${!missing[@]}"; do
        available "${missing[i]}" && continue
        if [[ ${missing[i]} == "$runtime" ]]; then
            unset 'missing[i]' # it comes with clang here
        else
            lacking+=("${missing[i]}")
        fi
    done
    ((${#lacking[@]} == 0)) || fail "no source of apt has: ${lacking[*]} (is 'universe' enabled?)"
    # Without recommended packages: miniupnpd-nftables alone is a program and starts no service.
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        "${missing[@]}" >"$log" 2>&1 </dev/null ||
        fail "apt-get install failed: $(grep -m1 '^E:' "$log" || tail -n1 "$log")"
fi
check_cmake
