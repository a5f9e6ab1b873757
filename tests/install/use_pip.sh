#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# The Python module by pip: a source archive, a wheel made from it, and a program that uses what the
# wheel installed: use_pip.sh SOURCE FOLDER
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
skip() {
    echo "skipped: $1"
    exit 77
}
"$here/clean_copy.sh" "$1" "$2/clone"
cd "$2"
rm -rf dist venv empty
python3 -m venv venv || skip "python3 cannot make a virtual environment (python3-venv)"
venv/bin/pip install -q --retries 1 --timeout 20 build || skip "PyPI cannot be reached"
venv/bin/python -m build --outdir dist clone >build.log 2>&1 || {
    cat build.log
    exit 1
}
venv/bin/python "$here/check_wheel.py" clone dist
venv/bin/pip install -q --no-index dist/*.whl
mkdir empty
cd empty
answer=$(env -i "$2/venv/bin/python" -I -W error "$here/outside.py")
echo "$answer"
[[ $answer == "8080/TCP of 203.0.113.7, then 0 mappings" ]]
