#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# What the README and the how-tos say of an installation is done as they say it, where the system looks:
# use_system.sh SOURCE BUILD LUA-VERSIONS PYTHON...
# What it writes is in layers of memory over the folders of this machine, which go with the process.
set -euo pipefail
skip() {
    echo "skipped: $1"
    exit 77
}
fail() {
    echo "failed: $1"
    exit 1
}

if [[ -z ${NATUPNP_LAYERS-} ]]; then
    grep -q '^CMAKE_INSTALL_PREFIX:PATH=/usr/local$' "$2/CMakeCache.txt" ||
        skip "this build is not to be installed into /usr/local"
    ((EUID == 0)) || skip "only root can lay something over the folders of the system"
    own=(unshare --mount --propagation private)
    "${own[@]}" true 2>/dev/null || skip "mounts of a test's own are not allowed here"
    NATUPNP_LAYERS=$(mktemp -d)
    export NATUPNP_LAYERS
    trap 'rmdir "$NATUPNP_LAYERS"' EXIT
    "${own[@]}" "$0" "$@"
    exit
fi

here=$(cd "$(dirname "$0")" && pwd)
source=$1
build=$2
pythons=("${@:4}")
layers=$NATUPNP_LAYERS
mount -t tmpfs tmpfs "$layers"
count=0
layer() {
    count=$((count + 1))
    mkdir -p "$layers/$count/up" "$layers/$count/work"
    mount -t overlay -o "lowerdir=$1,upperdir=$layers/$count/up,workdir=$layers/$count/work" overlay "$1" ||
        skip "nothing can be laid over $1 here"
}
layer "$build" # for its manifests
layer /etc     # for ldconfig
layer /usr/local
for python in "${pythons[@]}"; do
    site=$("$python" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')
    [[ $site == /usr/local/* ]] || layer "$site"
done
rm -f "$build"/install_manifest*.txt
mkdir "$layers/home"
cd "$layers/home"
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
unset LD_LIBRARY_PATH PKG_CONFIG_PATH PYTHONPATH LUA_PATH LUA_CPATH NATUPNP_GATEWAY

shown() { # shown PAGE LANGUAGE PATTERN: the first block of code that has it
    python3 - "$source/$1" "$2" "$3" <<'END'
import re, sys, textwrap
page, language, pattern = sys.argv[1:]
for code in re.findall(rf"(?ms)^ *```{language}\n(.*?)^ *```", open(page, encoding="utf-8").read()):
    code = textwrap.dedent(code)
    if re.search(pattern, code, re.MULTILINE):
        print(code, end="")
        sys.exit(0)
sys.exit(f"failed: {page} shows no {language} with {pattern}")
END
}

expect() { # expect WHAT ANSWER COMMAND...
    local answer
    answer=$("${@:3}") || fail "$1: $answer"
    echo "$1: $answer"
    [[ $answer == "$2" ]] || fail "$1: expected was $2"
}

# The README's commands, as they stand there.
install=$(shown README.md sh 'cmake --install')
for component in "" " --component python" " --component lua"; do
    grep -qE "^sudo cmake --install build/release$component( |$)" <<<"$install" ||
        fail "README.md does not show: sudo cmake --install build/release$component"
    [[ $component != *python || ${#pythons[@]} != 0 ]] || continue
    [[ $component != *lua || -n $3 ]] || continue
    # shellcheck disable=SC2086 # words
    cmake --install "$build" $component >install.log || fail "installing$component: $(tail -n1 install.log)"
done

# The C program, by the compiler's command beside it, runs where nothing says where the library is.
shown README.md c 'int main' >open_port.c
shown README.md sh '^cc open_port.c' | grep '^cc ' >compile.sh
sh -eu compile.sh
coproc gateway { exec natupnp-gateway --quiet --exit-with-stdin; }
read -r ready <&"${gateway[0]}"
location=$(sed 's/.*"location": *"\([^"]*\)".*/\1/' <<<"$ready")
expect "open_port" "port 8080 of 203.0.113.7 leads here" ./open_port "$location"
expect "the command" "8080/TCP removed" natupnp --gateway "$location" --no-cache remove 8080/tcp

# The modules, in every interpreter that they were built for, without a path.
told="8080/TCP of 203.0.113.7, then 0 mappings"
for python in "${pythons[@]}"; do
    expect "$("$python" -V)" "$told" "$python" -I -W error "$here/outside.py"
    expect "$("$python" -V), where" "$("$python" -c 'import sysconfig; print(sysconfig.get_path("platlib"))')" \
        "$python" -I -c 'import natupnp, os; print(os.path.dirname(os.path.dirname(natupnp.__file__)))'
done
for version in $3; do
    programs=("lua$version")
    [[ $version != 5.1 ]] || programs+=(luajit)
    for program in "${programs[@]}"; do
        ! command -v "$program" >/dev/null || expect "$program" "$told" "$program" "$here/outside.lua"
    done
done

# The service, by what systemd says of it.
shown docs/how-to/run-as-a-service.md ini '^\[Service\]' >natupnp.service
program=$(sed -n 's/^ExecStart=\([^ ]*\).*/\1/p' natupnp.service)
[[ -x $program ]] || fail "the service's $program is not what was installed"
arguments=$(sed -n 's/^ExecStart=[^ ]* //p' natupnp.service)
[[ $arguments == "add "*" --keep" ]] || fail "the service keeps nothing: $arguments"
if command -v systemd-analyze >/dev/null; then
    systemd-analyze --man=no verify ./natupnp.service >verify.log 2>&1 || fail "the service: $(cat verify.log)"
    # It tells of a word that it does not know, and calls that no failure.
    ! grep natupnp.service verify.log || fail "systemd would ignore a part of the service"
    echo "the service: systemd-analyze has nothing to say"
else
    echo "the service: not verified, there is no systemd-analyze here"
fi

# And away with it.
cmake --build "$build" --target uninstall >uninstall.log || fail "uninstalling: $(tail -n1 uninstall.log)"
left=$(find /usr/local "${layers:?}"/[3-9]*/up -name '*natupnp*' ! -type c)
[[ -z $left ]] || fail "uninstalling left: $left"
echo "uninstalled: nothing is left"
