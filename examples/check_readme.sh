#!/usr/bin/env bash
# The C program in the README is the example that is built and run: check_readme.sh ROOT
set -euo pipefail
diff <(sed -n '/^```c$/,/^```$/p' "$1/README.md" | sed '1d;$d') <(sed '1,2d' "$1/examples/open_port.c")
