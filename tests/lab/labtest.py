# SPDX-License-Identifier: MIT
"""What the tests of the laboratory share: the programs under test, and the start of each file."""

import json
import os
import re
import select
import shutil
import subprocess
import sys
import time
import unittest

import netlab
import traffic
from namespace import LIMIT_S, LabError

SKIPPED = 77  # the exit code that ctest takes for a skipped test

_BIN = os.path.join(os.path.dirname(__file__), "../../build/release/bin")
NATUPNP = os.environ.get("NATUPNP_BIN", os.path.join(_BIN, "natupnp"))
SIMULATOR = os.environ.get("NATUPNP_GATEWAY_BIN", os.path.join(_BIN, "natupnp-gateway"))


class Result:
    """How a command of ours ended."""

    def __init__(self, done, seconds):
        self.code = done.returncode
        self.stdout, self.stderr = done.stdout, done.stderr
        self.seconds = seconds

    def __repr__(self):
        return f"exit {self.code} after {self.seconds:.3f} s\n{self.stdout}{self.stderr}"

    @property
    def json(self):
        return json.loads(self.stdout)

    @property
    def mapping(self):
        """The one mapping of the answer."""
        (entry,) = self.json["mappings"]
        return entry

    @property
    def error(self):
        """The error of the answer as one text: that of the command or of its one mapping."""
        answer = self.json
        return json.dumps(answer.get("error") or [m.get("result") for m in answer["mappings"]])


def natupnp_environment(cache):
    kept = {k: v for k, v in os.environ.items() if not k.startswith("NATUPNP_")}
    return {**kept, "XDG_CACHE_HOME": cache, "HOME": cache, "LC_ALL": "C.UTF-8"}


class LabTest(unittest.TestCase):
    """A test in a laboratory of its own, self.lab."""

    def setUp(self):
        self.lab = netlab.Lab()
        self.addCleanup(self.lab.close)
        self._caches = 0

    def new_cache(self):
        """An empty cache directory."""
        self._caches += 1
        path = os.path.join(self.lab.folder, f"cache-{self._caches}")
        os.mkdir(path)
        return path

    def home(self, **options):
        """What most tests need: a gateway with miniupnpd, and a host behind it."""
        self.gateway = self.lab.add_gateway()
        self.host = self.lab.add_host()
        self.gateway.start_miniupnpd(**options)

    def natupnp(self, *arguments, host=None, cache=None, timeout=LIMIT_S):
        """Run the command under test, with an empty cache unless one is given."""
        command = [NATUPNP, *arguments, "--json"]
        environment = natupnp_environment(cache or self.new_cache())
        start = time.monotonic()
        done = (host or self.host).run(command, timeout=timeout, env=environment)
        return Result(done, time.monotonic() - start)

    def start_natupnp(self, *arguments, host=None):
        """Start the command under test; end it with finish()."""
        return (host or self.host).start(
            [NATUPNP, *arguments, "--json"], env=natupnp_environment(self.new_cache()),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    @staticmethod
    def finish(process, timeout=LIMIT_S):
        stdout, stderr = process.communicate(timeout=timeout)
        done = subprocess.CompletedProcess(process.args, process.returncode, stdout, stderr)
        return Result(done, 0.0)

    def simulator(self, machine, *options):
        """Start the simulated gateway at a machine's LAN address: what it said when ready."""
        process = machine.start(
            [SIMULATOR, "--listen", machine.address, "--ssdp-port", "1900", "--multicast",
             "--exit-with-stdin", "--quiet", *options], stdout=subprocess.PIPE)
        if not select.select([process.stdout], [], [], LIMIT_S)[0]:
            raise LabError("the simulated gateway did not get ready")
        return json.loads(process.stdout.readline())

    def reached(self, protocol, port, limit=LIMIT_S, gateway=None):
        """Which machine answers at the gateway's WAN side, or None."""
        gateway = gateway or self.gateway
        return traffic.exchange(gateway.wan, protocol, gateway.wan_address, port, limit)

    def upnpc(self, *arguments, host=None):
        """Debian's client, told where the gateway is: its output."""
        return (host or self.host).must(["upnpc", "-u", self.gateway.location, *arguments])

    def upnpc_list(self):
        """The gateway's mappings as upnpc sees them: {(protocol, external port): (client, port)}."""
        entries = re.findall(r"^ *\d+ (TCP|UDP) +(\d+)->([\d.]+):(\d+) ", self.upnpc("-l"), re.M)
        return {(p, int(e)): (client, int(i)) for p, e, client, i in entries}

    def assert_code(self, code, result):
        self.assertEqual(result.code, code, result)


def figure(what, seconds, promised_s):
    """Say how long something took, for scripts/bench.sh: no test judges what load changes."""
    print(f"figure: {what}: {seconds * 1000:.1f} ms, promised {promised_s * 1000:.0f} ms", flush=True)


def _skip(reason):
    print(f"skipped: {reason}", file=sys.stderr)
    sys.exit(SKIPPED)


def _works(*command):
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def enter():
    """Make sure that a laboratory can be built here, in a user namespace where we are not root.
    Else say why, and end as skipped."""
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    for program in ("ip", "nft", "miniupnpd", "upnpc", "unshare", "setpriv"):
        if not shutil.which(program):
            _skip(f"the program {program} is not installed; scripts/install-deps.sh installs it")
    if not _works("unshare", "--net", "true"):
        user = ["unshare", "--user", "--map-root-user", "--net", "--"]
        if "NATUPNP_LAB_INSIDE" in os.environ or not _works(*user, "true"):
            _skip("no network namespaces: neither root's nor an unprivileged user's are allowed")
        os.environ["NATUPNP_LAB_INSIDE"] = "1"
        os.execvp(user[0], [*user, sys.executable, *sys.argv])
    netlab.close_at_exit()
    try:
        with netlab.Lab() as lab:
            lab.add_gateway()
    except (OSError, LabError) as error:
        _skip(f"this kernel or container cannot hold a laboratory: {error}")


def main():
    enter()
    unittest.main(verbosity=2)
