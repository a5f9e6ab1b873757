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

build() { # build PRESET
    local log=$results/build-$1.log
    say "building: $1"
    { cmake --preset "$1" -DNATUPNP_WERROR=ON -DBUILD_TESTING=ON &&
        cmake --build --preset "$1" -j "$jobs"; } >"$log" 2>&1 && return
    tail -n 40 "$log"
    echo "failed: the build of $1 (all of it is in $log)"
    broken=$((broken + 1))
    return 1
}

run() { # run NAME PRESET ARGUMENTS...: what fails is counted from the results
    local name=$1 preset=$2
    say "testing: $name"
    ctest --test-dir "build/$preset" --output-on-failure -j "$jobs" \
        --output-junit "$results/$name.xml" "${@:3}" ||
        [[ -s $results/$name.xml ]] || broken=$((broken + 1))
}

# The names of the tests that are programs of this build: the others would check python or cmake.
programs() {
    ctest --test-dir build/release --show-only=json-v1 -L 'unit|integration' | python3 -c '
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
    ctest --test-dir build/release --output-on-failure -j "$jobs" -T memcheck -R "^($names)\$" \
        --overwrite "MemoryCheckCommandOptions=--quiet --leak-check=full --error-exitcode=99" || true
    cp "$folder/$(head -n1 "$folder/TAG")/DynamicAnalysis.xml" "$results/valgrind.xml" ||
        broken=$((broken + 1))
}

scripts/install-deps.sh
rm -rf "$results"
mkdir -p "$results"
trap finish EXIT

if build release; then
    run release release
    $quick || valgrind_run
fi
if ! $quick; then
    build clang || true
    if build asan; then
        run sanitizers asan -L 'unit|integration|fuzz'
    fi
fi
say "done"
