#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Copies what a fresh clone would have, and what is new beside it: clean_copy.sh SOURCE FOLDER
set -euo pipefail
if ! git -C "$1" rev-parse --git-dir >/dev/null 2>&1; then
    echo "skipped: git cannot say which files belong to a clone of $1"
    exit 77
fi
rm -rf "$2"
mkdir -p "$2"
cd "$1"
git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
    [[ ! -e $file ]] || printf '%s\0' "$file"
done | xargs -0 cp --parents -t "$2"
