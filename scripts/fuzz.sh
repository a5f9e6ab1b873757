#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Fuzz every parser for some seconds each (60), from its seeds in tests/fuzz/seeds/.
. "$(dirname "$0")/common.sh"

seconds=${1-60}
if [[ ! $seconds =~ ^[1-9][0-9]*$ || $# -gt 1 ]]; then
    echo "usage: scripts/fuzz.sh [seconds]" >&2
    exit 2
fi

scripts/install-deps.sh
build build/fuzz --preset fuzz
mkdir -p build/fuzz/findings build/fuzz/corpus

failed=0
count=0
for target in build/fuzz/bin/fuzz_*; do
    [[ -x $target ]] || continue
    name=${target##*/fuzz_}
    corpus=build/fuzz/corpus/$name
    log=$corpus.log
    mkdir -p "$corpus"
    folders=("$corpus")
    [[ ! -d tests/fuzz/seeds/$name ]] || folders+=("tests/fuzz/seeds/$name")
    count=$((count + 1))
    if "$target" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -print_final_stats=1 \
        -artifact_prefix="build/fuzz/findings/$name-" "${folders[@]}" >"$log" 2>&1; then
        printf '%-20s clean: %s runs in %d s\n' "$name" \
            "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")" "$seconds"
    else
        failed=$((failed + 1))
        grep -m1 -E '^SUMMARY|ERROR:' "$log" || true
        printf '%-20s FINDING: %s (log: %s)\n' "$name" \
            "$(sed -n 's/.*Test unit written to //p' "$log" | tail -n1)" "$log"
    fi
done
((count)) || fail "there is no target in build/fuzz/bin"
exit $((failed > 0))
