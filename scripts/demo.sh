#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# See natupnp at work: on the network's gateway if one answers, else on a simulated one.
set -euo pipefail
cd "$(dirname "$0")/.."

scripts/install-deps.sh --demo
bin=build/demo/bin
mkdir -p build/demo
echo "Building ..."
if ! { cmake --preset release -B build/demo -DBUILD_TESTING=OFF &&
    cmake --build build/demo -j "$(nproc)"; } >build/demo/build.log 2>&1; then
    tail -n 20 build/demo/build.log
    echo "demo: the build failed (all of it is in build/demo/build.log)" >&2
    exit 1
fi

mapped=
simulator=
clean_up() {
    [[ -z $mapped ]] || "$bin/natupnp" remove "$mapped" || true
    [[ -z $simulator ]] || { kill "$simulator" && wait "$simulator"; } 2>/dev/null || true
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

show() {
    printf '\n$ %s\n' "$*"
    "$bin/$1" "${@:2}"
}

which_runs() { # which_runs CODE OPTION INTERPRETER...: the first that can
    local interpreter
    for interpreter in "${@:3}"; do
        "$interpreter" "$2" "$1" >/dev/null 2>&1 && echo "$interpreter" && return
    done
}

run_code() { # run_code INTERPRETER: shows the program on stdin, and runs it
    local program
    program=$(cat)
    if [[ -z $1 ]]; then
        printf '\n(no Lua or Python that the module was built for)\n'
        return
    fi
    printf '\n$ %s\n%s\n-> ' "$1" "$program"
    "$1" - <<<"$program"
}

key=$((50000 + RANDOM % 10000))/tcp
real=true
echo "Looking for the gateway of this network ..."
show natupnp info || real=false
if $real; then
    echo
    echo "This maps port ${key%/tcp} of your Internet address to this machine, and removes that at the end."
    if [[ -t 0 ]]; then
        read -r -p "Go on with your own gateway? [Y/n] " answer
        [[ $answer != [nN]* ]] || real=false
    fi
fi
if ! $real; then
    printf '\nUsing a simulated gateway on this machine: nothing outside is changed.\n'
    coproc SIMULATOR { exec "$bin/natupnp-gateway" --exit-with-stdin --quiet; }
    # shellcheck disable=SC2153 # coproc sets it
    simulator=$SIMULATOR_PID
    read -r -t 5 ready <&"${SIMULATOR[0]}" || { echo "demo: the simulated gateway did not start" >&2; exit 1; }
    NATUPNP_GATEWAY=$(sed -n 's/.*"location": *"\([^"]*\)".*/\1/p' <<<"$ready")
    export NATUPNP_GATEWAY
    printf '\n$ export NATUPNP_GATEWAY=%s\n' "$NATUPNP_GATEWAY"
    show natupnp info
fi

mapped=$key
show natupnp add "$key" --description natupnp-demo
show natupnp list
show natupnp remove "$key"

export PYTHONPATH=$PWD/build/demo/python
export LUA_PATH="$PWD/build/demo/lua/?.lua;;" LUA_CPATH="$PWD/build/demo/lua/?.so;;"
run_code "$(which_runs 'import natupnp' -c python3 /usr/bin/python3)" <<END
import natupnp

with natupnp.Client() as client:
    with client.static_mappings.add(${key%/tcp}, "TCP", description="natupnp-demo") as mapping:
        print(mapping.external_ip, mapping.external_port, "leads to", mapping.internal_client)
    print((${key%/tcp}, "TCP") in client.static_mappings)
END
run_code "$(which_runs 'require "natupnp"' -e lua5.4 lua5.3 lua5.2 lua5.1 luajit)" <<END
local natupnp = require "natupnp"
local client = assert(natupnp.client())
local mapping = assert(client.static_mappings:add{external_port = ${key%/tcp}, protocol = "TCP"})
print(mapping.external_ip, mapping.external_port, "leads to", mapping.internal_client)
print(mapping:remove())
END
mapped=

cat <<END

That was it. Try next:
  $bin/natupnp --help
      what else it can do
  $bin/natupnp list --json
      the same for programs
  export PYTHONPATH=\$PWD/build/demo/python
      and import natupnp in Python; docs/reference/python.md and lua.md tell more
  $bin/natupnp-gateway --help
      the simulated gateway, for tests of your own
  scripts/test.sh
      every test, with real NAT among them
END
