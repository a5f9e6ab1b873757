# SPDX-License-Identifier: MIT
"""What the tests of the Python layer share."""
import os
import select
import subprocess
import sys
import textwrap
import time
import unittest

# What the environment of a person says must not change what is tested.
for _name in ("NATUPNP_GATEWAY", "NATUPNP_INTERFACE"):
    os.environ.pop(_name, None)

import natupnp  # noqa: E402
from natupnp.testing import SimulatedGateway  # noqa: E402

LIMIT_S = 60.0  # nothing takes longer, on a busy machine either
A_DAY = 86400  # the timeout of a verb that another thing than its timeout must end
SKIPPED = 77


def until(condition, what="it"):
    """Wait for what another thread or process is about to do."""
    end = time.monotonic() + LIMIT_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"{what} never happened")
        time.sleep(0.002)


def start_child(code, *arguments, **environment):
    """A Python process with a program on its command line; what it prints can be read."""
    return subprocess.Popen(
        [sys.executable, "-u", "-c", textwrap.dedent(code), *arguments],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env={**os.environ, **environment})


def read_line(child):
    """The next line that such a process prints."""
    if not select.select([child.stdout], [], [], LIMIT_S)[0]:
        raise AssertionError("it printed nothing")
    return child.stdout.readline()


def figure(what, seconds, promised_s):
    """Say how long something took, for scripts/bench.sh: no test judges what load changes."""
    print(f"figure: {what}: {seconds * 1000:.1f} ms, promised {promised_s * 1000:.0f} ms", flush=True)


def run_child(code, *arguments, **environment):
    """Such a process from its start to its end: what it printed. It must end well."""
    child = start_child(code, *arguments, **environment)
    try:
        output = child.communicate(timeout=LIMIT_S)[0]
    except subprocess.TimeoutExpired:
        child.kill()
        raise AssertionError(f"it did not end: {child.communicate()[0]}") from None
    if child.returncode != 0:
        raise AssertionError(f"it ended with {child.returncode}: {output}")
    return output


def in_fork(check):
    """Run a check in a forked child, which must not fail."""
    pid = os.fork()
    if pid == 0:
        try:
            check()
            os._exit(0)
        except BaseException as error:
            os.write(2, f"in the child: {error!r}\n".encode())
            os._exit(1)
    end = time.monotonic() + LIMIT_S
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            assert status == 0, f"the child ended with {status}"
            return
        if time.monotonic() > end:
            os.kill(pid, 9)
            os.waitpid(pid, 0)
            raise AssertionError("the child never ended")
        time.sleep(0.002)


class GatewayTest(unittest.TestCase):
    """Tests with a gateway of their own, and a client of it."""

    settings = {}

    def setUp(self):
        self.gateway = self.new_gateway(**self.settings)
        self.client = self.new_client()
        self.mappings = self.client.static_mappings

    def new_gateway(self, **settings):
        gateway = SimulatedGateway(**settings)
        self.addCleanup(gateway.close)
        return gateway

    def new_client(self, **options):
        client = natupnp.Client(**{"gateway": self.gateway.location, **options})
        self.addCleanup(client.close)
        return client

    def wait_asked(self, action, times=1):
        """Until the gateway has been asked: a verb is under way."""
        until(lambda: self.gateway.asked(action) >= times, action)


def main():
    """Run the tests of a file; when all were skipped, the whole is. Each skipped one says why."""
    program = unittest.main(exit=False)
    result = program.result
    for test, reason in result.skipped:
        print(f"skipped: {test}: {reason}")
    if result.wasSuccessful() and result.testsRun == len(result.skipped):
        sys.exit(SKIPPED)
    sys.exit(not result.wasSuccessful())
