#!/usr/bin/env bash
# An outside project finds the library by its CMake package: use_cmake.sh FOLDER GATEWAY
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$1/with_cmake"
cmake -S "$here/cmake" -B "$1/with_cmake" -DCMAKE_PREFIX_PATH="$1/prefix" >/dev/null
cmake --build "$1/with_cmake"
"$here/run_outside.sh" "$1/with_cmake/outside" "$2"
