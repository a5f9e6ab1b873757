# SPDX-License-Identifier: MIT
"""A program that keeps mappings and watches the gateway (keep_and_watch.c), and what the tests of
it share."""

import json
import os
import subprocess
import sys
import threading
import time

import labtest
import traffic
from namespace import LIMIT_S

_PROGRAM = os.environ.get(
    "KEEP_AND_WATCH",
    os.path.join(os.path.dirname(__file__), "../../build/release/tests/lab/keep_and_watch"))
_SHOWS = "NATUPNP_LAB_SHOW" in os.environ  # all that the program says, with the library's log


class Keeper:
    """The program, running on a host. Each line that it says becomes a dictionary whose "at" is a
    time of time.monotonic()."""

    def __init__(self, host, *arguments):
        self.lines = []
        self._news = threading.Condition()
        self._process = host.start([_PROGRAM, *(["--log"] if _SHOWS else []), *arguments],
                                   stdout=subprocess.PIPE, text=True)
        self.pid = self._process.pid
        threading.Thread(target=self._read, args=(self._process.stdout,), daemon=True).start()

    def _read(self, stream):
        for text in stream:
            line = json.loads(text)
            line["at"] /= 1000
            if _SHOWS:
                print(text, end="", file=sys.stderr)
            with self._news:
                self.lines.append(line)
                self._news.notify_all()

    def tell(self, command):
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def end(self, limit=LIMIT_S):
        """Let it quit, which leaves the kept mappings where they are: its exit code."""
        self.tell("quit")
        return self._process.wait(limit)

    def said(self, what, name, since=0.0):
        """The lines of one kind from a moment on, such as ("event", "gateway-lost")."""
        with self._news:
            return [line for line in self.lines if line.get(what) == name and line["at"] >= since]

    def events(self, since=0.0):
        """The names of all events, in order."""
        with self._news:
            return [line["event"] for line in self.lines if "event" in line and line["at"] >= since]

    def wait(self, what, name, count=1, since=0.0, limit=LIMIT_S):
        """Wait until it has said so many of these lines: the lines."""
        end = time.monotonic() + limit
        with self._news:
            while True:
                found = [line for line in self.lines
                         if line.get(what) == name and line["at"] >= since]
                if len(found) >= count:
                    return found
                left = end - time.monotonic()
                if left <= 0 or not self._news.wait(left):
                    raise AssertionError(f"{len(found)} instead of {count} times {what} {name} "
                                         f"within {limit} s\n{self.story()}")

    def kept(self):
        """What it keeps now: {(protocol, external port): line}."""
        since = time.monotonic() - 0.001
        self.tell("kept")
        self.wait("listed", "kept", since=since)
        with self._news:
            return {(line["protocol"], line["port"]): line
                    for line in self.lines if "kept" in line and line["at"] >= since}

    def story(self):
        with self._news:
            return "\n".join(json.dumps(line) for line in self.lines if "log" not in line)


class KeepTest(labtest.LabTest):
    """A test with a gateway, a host and servers on it that show where traffic ends."""

    PORT = 80  # of the servers

    def serve(self, host=None):
        for protocol in ("TCP", "UDP"):
            server = traffic.EchoServer(host or self.host, protocol, self.PORT)
            self.addCleanup(server.close)

    def setUp(self):
        super().setUp()
        self._keepers = []

    def keeper(self, *arguments, host=None):
        self._keepers.append(Keeper(host or self.host, *arguments))
        return self._keepers[-1]

    def _stories(self):
        return "\n\n".join(keeper.story() for keeper in self._keepers)

    def keep(self, count=2, words="", options=()):
        """Start the program with so many kept mappings to the servers, of TCP and UDP in equal
        parts, and wait until they are there: it, and their keys."""
        each = count // 2 or 1
        protocols = ("TCP", "UDP")[:count]
        keeper = self.keeper(*options, *(
            f"add 8000/{protocol} count={each} to={self.PORT} keep {words}"
            for protocol in protocols))
        for line in keeper.wait("done", "add", count=count):
            self.assertEqual(line["status"], "OK", line)
        return keeper, {(protocol, 8000 + n) for protocol in protocols for n in range(each)}

    def wait_for_traffic(self, keys, gateway=None, name="lan"):
        """Wait until each mapping has carried traffic once: when the last one had."""
        end, patience = time.monotonic() + LIMIT_S, 0.25
        missing = set(keys)
        while missing:
            self.assertLess(time.monotonic(), end,
                            f"no traffic through {sorted(missing)}\n{self._stories()}")
            missing -= {(protocol, port) for protocol, port in missing
                        if self.reached(protocol, port, patience, gateway) == name}
            patience *= 1.05  # for a busy machine
            time.sleep(0.005)
        return time.monotonic()

    def assert_closed(self, keys, gateway=None):
        for protocol, port in keys:
            self.assertIsNone(self.reached(protocol, port, 0.3, gateway), (protocol, port))
