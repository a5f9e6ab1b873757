#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# See natupnp at work on a simulated gateway; with --network, on the gateway of this network.
. "$(dirname "$0")/common.sh"

network=false
[[ ${1-} != --network ]] || { network=true && shift; }
if (($#)); then
    echo "usage: scripts/demo.sh [--network]" >&2
    exit 2
fi

scripts/install-deps.sh --demo
bin=build/demo/bin
echo "Building ..."
build build/demo --preset release -DBUILD_TESTING=OFF

mapped=
simulator=
clean_up() {
    # The simulated gateway takes its mappings along.
    [[ -z $mapped || $network == false ]] || "$bin/natupnp" remove "$mapped" >/dev/null 2>&1 || true
    [[ -z $simulator ]] || { kill "$simulator" && wait "$simulator"; } 2>/dev/null || true
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

stop() { # stop WHAT: it failed, having said why
    $network && fail "$1 failed: the line above says why; without --network a simulated gateway is used"
    fail "$1 failed on a simulated gateway, which is a fault: please report it with all of this (CONTRIBUTING.md)"
}

show() {
    printf '\n$ %s\n' "$*"
    "$bin/$1" "${@:2}" || stop "'$*'"
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
    "$1" - <<<"$program" || stop "this program"
}

export XDG_CACHE_HOME=$PWD/build/demo/cache # nothing is left in the home
key=$((50000 + RANDOM % 10000))/tcp
if $network; then
    echo "This maps port ${key%/tcp} of your Internet address to this machine, and removes that at the end."
else
    echo "Using a simulated gateway on this machine: nothing outside is changed."
    coproc SIMULATOR { exec "$bin/natupnp-gateway" --exit-with-stdin --quiet; }
    # shellcheck disable=SC2153 # coproc sets it
    simulator=$SIMULATOR_PID
    read -r -t 20 ready <&"${SIMULATOR[0]}" || stop "natupnp-gateway"
    NATUPNP_GATEWAY=$(sed -n 's/.*"location": *"\([^"]*\)".*/\1/p' <<<"$ready")
    export NATUPNP_GATEWAY
    printf '\n$ export NATUPNP_GATEWAY=%s\n' "$NATUPNP_GATEWAY"
fi
show natupnp info

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
  scripts/demo.sh --network
      the same with the gateway of your network
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
