#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Install what is missing to build natupnp (--demo), or to build and test it.
set -euo pipefail
export LC_ALL=C

usage="usage: scripts/install-deps.sh [--demo]"
cmake_needed=3.25

build=(gcc libc6-dev cmake ninja-build pkg-config
    libcurl4-openssl-dev libexpat1-dev libmicrohttpd-dev libjansson-dev
    swig python3 lua5.4 liblua5.4-dev)
tests=(g++ clang clang-format libcmocka-dev valgrind make git
    lua5.1 liblua5.1-0-dev lua-busted lua-check lua-luv luarocks
    miniupnpd-nftables miniupnpc nftables iproute2)
# Not in every release; the tests do what can be done without.
extra=(lua5.2 liblua5.2-dev lua5.3 liblua5.3-dev luajit libluajit-5.1-dev)

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

# The system's python3 has headers, and virtual environments, in packages of their own.
if [[ $(readlink -f "$(command -v python3 || echo /usr/bin/python3)") == /usr/bin/* ]]; then
    build+=(python3-dev)
    tests+=(python3-venv)
fi
# The sanitizers and the fuzzer of clang are a package of their own in newer releases.
fuzzer_installed || extra+=(libclang-rt-dev)

wanted=("${build[@]}" "${tests[@]}")
case ${1-} in
--demo)
    wanted=("${build[@]}")
    extra=()
    ;;
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
as_root=()
if ((EUID != 0)); then
    as_root=(sudo)
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT

if ((${#missing[@]})); then
    ((EUID == 0)) || command -v sudo >/dev/null || fail "run it as root, or install: ${missing[*]}"
    "${as_root[@]}" apt-get update -qq >"$log" 2>&1 || echo "install-deps: apt-get update failed" >&2
    lacking=()
    for package in "${missing[@]}"; do
        available "$package" || lacking+=("$package")
    done
    ((${#lacking[@]} == 0)) || fail "no source of apt has: ${lacking[*]} (is 'universe' enabled?)"
fi
for package in "${extra[@]}"; do
    installed "$package" || ! available "$package" || missing+=("$package")
done
if ((${#missing[@]})); then
    echo "install-deps: installing ${missing[*]}"
    # Without recommended packages: miniupnpd-nftables alone is a program and starts no service.
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        "${missing[@]}" >"$log" 2>&1 </dev/null ||
        fail "apt-get install failed: $(grep -m1 '^E:' "$log" || tail -n1 "$log")"
fi
check_cmake
