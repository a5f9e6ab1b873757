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
tests=(g++ clang clang-format libcmocka-dev valgrind make git debootstrap
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

# Before anything is installed: a cmake that is too old is told without leaving packages behind.
check_cmake() {
    local version where
    if where=$(command -v cmake); then
        version=$("$where" --version | sed -n '1s/.*version //p')
        where+=" is"
    else
        version=$(apt-cache policy cmake 2>/dev/null | sed -n 's/.*Candidate: \(.*:\)\?\([0-9.]*\).*/\2/p')
        where="this release has cmake"
    fi
    [[ $(printf '%s\n' "$cmake_needed" "$version" | sort -V | head -n1) == "$cmake_needed" ]] ||
        fail "$where ${version:-broken}; cmake $cmake_needed or newer is needed (Debian 12, Ubuntu 23.04, or pip install cmake)"
}

# Why apt or sudo failed, from what it printed.
reason() {
    sed -n 's/^E: *//p' "$log" | grep -m1 . || sed -n 's/^W: *//p' "$log" | grep -m1 . || tail -n1 "$log" | sed 's/^sudo: //'
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
*) echo "$usage" >&2 && exit 2 ;;
esac
(($# <= 1)) || { echo "$usage" >&2 && exit 2; }

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    lacking=()
    for tool in cc cmake ninja pkg-config; do
        command -v "$tool" >/dev/null || lacking+=("$tool")
    done
    for library in libcurl expat libmicrohttpd jansson; do
        pkg-config --exists "$library" 2>/dev/null || lacking+=("$library")
    done
    ((${#lacking[@]} == 0)) ||
        fail "this is no Debian or Ubuntu; install first: ${lacking[*]} (all there is to it, by the names there: ${wanted[*]})"
    check_cmake
    exit 0
fi

missing=()
for package in "${wanted[@]}"; do
    installed "$package" || missing+=("$package")
done
log=$(mktemp)
trap 'rm -f "$log"' EXIT
as_root=()
((EUID == 0)) || as_root=(sudo)
may_install() {
    ((EUID == 0)) || sudo -n env true 2>/dev/null
}

if ((${#missing[@]})); then
    by_hand="as root: apt-get install --no-install-recommends ${missing[*]}"
    if ! may_install; then
        command -v sudo >/dev/null || fail "packages are missing, and there is no sudo; $by_hand"
        sudo env true 2>"$log" || fail "packages are missing, and sudo does not let you: $(reason); $by_hand"
    fi
    stale=
    if ! "${as_root[@]}" apt-get update -q -o APT::Update::Error-Mode=any -o Acquire::Retries=1 >"$log" 2>&1; then
        # One source may be away; without any, each package would be tried in vain.
        grep -qE '^(Get|Hit):' "$log" ||
            fail "${#missing[@]} packages are missing, and apt gets none: $(reason): connect this machine to the network"
        stale=" (apt-get update: $(reason))"
    fi
    lacking=()
    for package in "${missing[@]}"; do
        available "$package" || lacking+=("$package")
    done
    ((${#lacking[@]} == 0)) ||
        fail "no source of apt has ${lacking[*]}$stale: this release is too old, or a part of it is off ('universe' of Ubuntu)"
fi
check_cmake
if ((${#missing[@]})) || may_install; then # what can be done without is no reason to ask
    for package in "${extra[@]}"; do
        installed "$package" || ! available "$package" || missing+=("$package")
    done
fi
if ((${#missing[@]})); then
    echo "install-deps: installing ${missing[*]}"
    # Without recommended packages: miniupnpd-nftables alone is a program and starts no service.
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
        "${missing[@]}" >"$log" 2>&1 </dev/null || fail "apt-get install failed: $(reason)"
fi
