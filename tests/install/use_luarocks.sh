#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The Lua module by luarocks, and a program that uses what was installed; nothing may be downloaded:
# use_luarocks.sh SOURCE FOLDER VERSION...
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
skip() {
    echo "skipped: $1"
    exit 77
}
command -v luarocks >/dev/null || skip "luarocks is not installed"
"$here/clean_copy.sh" "$1" "$2/clone"
cd "$2"
rm -rf home empty
mkdir home empty
cd empty
export CMAKE_BUILD_PARALLEL_LEVEL
CMAKE_BUILD_PARALLEL_LEVEL=$(nproc)
# In a home, as the README says; newer releases refuse that to root, who names a tree.
where=(--local)
((EUID != 0)) || where=(--tree "$2/home/.luarocks")
used=0
for version in "${@:3}"; do
    # LuaJIT uses what was built for 5.1.
    programs=("lua$version")
    [[ $version != 5.1 ]] || programs+=(luajit)
    command -v "lua$version" >/dev/null || continue
    rocks=(env HOME="$2/home" luarocks --lua-version "$version")
    (cd ../clone && "${rocks[@]}" --only-server "$2/empty" "${where[@]}" make) \
        >../luarocks.log 2>&1 || {
        cat ../luarocks.log
        exit 1
    }
    for program in "${programs[@]}"; do
        command -v "$program" >/dev/null || continue
        answer=$(unset LUA_PATH LUA_CPATH && eval "$("${rocks[@]}" "${where[@]}" path)" && "$program" "$here/outside.lua")
        echo "$program: $answer"
        [[ $answer == "8080/TCP of 203.0.113.7, then 0 mappings" ]]
        used=$((used + 1))
    done
    "${rocks[@]}" "${where[@]}" remove natupnp >../luarocks.log 2>&1 || {
        cat ../luarocks.log
        exit 1
    }
done
left=$(find ../home -name '*natupnp*' ! -type d)
[[ -z $left ]] || {
    echo "luarocks left: $left"
    exit 1
}
((used > 0)) || skip "no interpreter of Lua for: ${*:3}"
