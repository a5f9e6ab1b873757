#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Install what is missing, build, and run every test; --quick: with the release build only.
set -euo pipefail
cd "$(dirname "$0")/.."

quick=false
case ${1-} in
--quick) quick=true ;;
"") ;;
*)
    echo "usage: scripts/test.sh [--quick]" >&2
    exit 2
    ;;
esac

jobs=$(nproc)
tests=$((jobs * 4)) # at once: most of them wait most of the time
results=$PWD/build/results
broken=0 # steps that gave no results to count

say() { printf '== %s (%d s)\n' "$*" "$SECONDS"; }

finish() {
    local code=$? files
    shopt -s nullglob
    files=("$results"/*.xml)
    ((code == 0 || broken > 0)) || broken=1
    python3 -B scripts/summary.py "$broken" "${files[@]}" || code=1
    exit "$code"
}

# The interpreters to build for and test with: python3, and each other version that has headers, by
# its name or from pyenv. One line each.
pythons() {
    local interpreter found version path seen=" "
    for interpreter in python3 python3.{9..13} ~/.pyenv/versions/3.*/bin/python3; do
        found=$("$interpreter" 2>/dev/null -c '
import os, sys, sysconfig
if os.path.exists(sysconfig.get_path("include") + "/Python.h"):
    print(*sys.version_info[:2], sep=".", end=" " + sys.executable)') || continue
        read -r version path <<<"$found"
        [[ -n $path && " 3.9 3.10 3.11 3.12 3.13 " == *" $version "* && $seen != *" $version "* ]] || continue
        seen+="$version "
        echo "$path"
    done
}

# mypy, of one version everywhere. Without it the test of types says so and is skipped.
tools() {
    say "tools: $(paste -sd ' ' tests/python/requirements.txt)"
    [[ -x build/venv/bin/python && $(build/venv/bin/python -V) == $(python3 -V) ]] ||
        python3 -m venv --clear build/venv || return 0
    build/venv/bin/pip install -q --retries 1 --timeout 20 -r tests/python/requirements.txt ||
        echo "they cannot be had from PyPI: types are not checked"
}

build() { # build PRESET OPTION...
    local log=$results/build-$1.log
    say "building: $1"
    { cmake --preset "$1" -DNATUPNP_WERROR=ON -DBUILD_TESTING=ON "${@:2}" &&
        cmake --build --preset "$1" -j "$jobs"; } >"$log" 2>&1 && return
    tail -n 40 "$log"
    echo "failed: the build of $1 (all of it is in $log)"
    broken=$((broken + 1))
    return 1
}

run() { # run NAME PRESET ARGUMENTS...: what fails is counted from the results
    local name=$1 preset=$2
    say "testing: $name"
    ctest --test-dir "build/$preset" --output-on-failure -j "$tests" \
        --output-junit "$results/$name.xml" "${@:3}" ||
        [[ -s $results/$name.xml ]] || broken=$((broken + 1))
}

# The names of the tests that are programs of this build: the others would check python or cmake.
programs() {
    ctest --test-dir build/release --show-only=json-v1 -L 'unit|integration' -LE long | python3 -c '
import json, os, sys
folder = os.path.realpath("build/release")
for test in json.load(sys.stdin)["tests"]:
    if test.get("command", [""])[0].startswith(folder):
        print(test["name"])'
}

valgrind_run() {
    local folder=build/release/Testing names
    say "testing: valgrind"
    names=$(programs | paste -sd '|')
    rm -f "$folder/TAG"
    ctest --test-dir build/release --output-on-failure -j "$tests" -T memcheck -R "^($names)\$" \
        --overwrite "MemoryCheckCommandOptions=--quiet --leak-check=full --error-exitcode=99" || true
    cp "$folder/$(head -n1 "$folder/TAG")/DynamicAnalysis.xml" "$results/valgrind.xml" ||
        broken=$((broken + 1))
}

scripts/install-deps.sh
rm -rf "$results"
mkdir -p "$results"
trap finish EXIT

tools
mapfile -t interpreters < <(pythons)
if ((${#interpreters[@]})); then
    say "Python: ${interpreters[*]}"
    modules=(-DNATUPNP_LUA=ON -DNATUPNP_PYTHON=ON "-DNATUPNP_PYTHONS=$(IFS=';' && echo "${interpreters[*]}")")
else
    say "Python: no interpreter with headers, its module is not tested"
    modules=(-DNATUPNP_LUA=ON -DNATUPNP_PYTHON=AUTO)
fi

if build release "${modules[@]}"; then
    run release release
    $quick || valgrind_run
fi
if ! $quick; then
    build clang || true
    if build asan; then
        run sanitizers asan -L 'unit|integration|fuzz|python|lua|scenario'
    fi
fi
say "done"
