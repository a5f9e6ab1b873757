#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# Compiles a C program and runs it with the gateway of the environment: run_c.sh CC BUILD INCLUDE -, the
# program on standard input.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$1" -std=c11 -Wall -Wextra -Werror -x c "$4" -I"$3" -o "$folder/program" -L"$2/lib" -lnatupnp -Wl,-rpath,"$2/lib"
"$folder/program" "$NATUPNP_GATEWAY"
