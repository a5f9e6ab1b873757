#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The commands that the documentation and --help show are run as they stand there, against a
simulated gateway: none may be wrong usage (exit code 2), unless the text is about just that."""

import json
import os
import pathlib
import re
import select
import shlex
import signal
import subprocess
import sys
import unittest

NATUPNP = os.environ.get("NATUPNP_BIN", "")
GATEWAY = os.environ.get("NATUPNP_GATEWAY_BIN", "")
ROOT = pathlib.Path(__file__).resolve().parents[2]
LIMIT_S = 60

# Hosts and interfaces that only the reader has.
ELSEWHERE = re.compile(r"--interface|--to nas|192\.168\.1\.1:5000")


def examples(text, program):
    """The command lines of a program in a text, without their comments and what they are piped to."""
    for line in re.findall(rf"(?m)^ *(?:\$ )?({program} [^\n]*)$", text):
        command = re.split(r" {3,}| #|\||&", line)[0].strip()
        if not re.search(r"[\[\]]|\.\.\.|[A-Z]{4,}(?!\w*=)\b", command.replace("AddPortMapping", "")):
            yield command


def stays(words):
    """Whether a command does not end by itself."""
    return "--keep" in words or ("watch" in words and "--count" not in words)


def run(words, environment):
    """Run a command to its end, or until it has shown its first line; give what it came to."""
    with subprocess.Popen(words, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True) as process:
        try:
            if stays(words) and select.select([process.stdout], [], [], LIMIT_S)[0]:
                process.send_signal(signal.SIGTERM)
            out, err = process.communicate(timeout=LIMIT_S)
        finally:
            process.kill()
    return subprocess.CompletedProcess(words, process.returncode, out, err)


class Examples(unittest.TestCase):
    def pages(self):
        return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]

    def test_natupnp(self):
        texts = {page.name: page.read_text() for page in self.pages()}
        for verb in ("info", "list", "add", "remove", "watch"):
            shown = subprocess.run([NATUPNP, verb, "--help"], capture_output=True, text=True,
                                   timeout=LIMIT_S, check=True).stdout
            texts[verb + " --help"] = shown.split("Examples:")[1]
        tried = 0
        with subprocess.Popen([GATEWAY, "--quiet", "--exit-with-stdin"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as gateway:
            environment = {**os.environ, "XDG_CACHE_HOME": "/nonexistent",
                           "NATUPNP_GATEWAY": json.loads(gateway.stdout.readline())["location"]}
            for name, text in texts.items():
                for command in examples(text, "natupnp"):
                    if ELSEWHERE.search(command):
                        continue
                    wrong = "--timeout 0" in command  # shown for the error that it gives
                    done = run([NATUPNP, *shlex.split(command)[1:]], environment)
                    tried += 1
                    expected = [2] if wrong else [0] if stays(done.args) else [0, 1]
                    with self.subTest(page=name, command=command):
                        self.assertIn(done.returncode, expected, done.stderr)
            gateway.stdin.close()
        self.assertGreater(tried, 10)

    def test_the_session_of_the_readme(self):
        """What the README shows is what comes, but for the address of the host and the width of columns."""
        session = re.search(r"(?s)```console\n(.*?)```", (ROOT / "README.md").read_text()).group(1)
        steps = re.findall(r"(?m)^\$ (natupnp .*)\n((?:[^$].*\n)*)", session)
        self.assertGreater(len(steps), 2)
        with subprocess.Popen([GATEWAY, "--quiet", "--exit-with-stdin"], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, text=True) as gateway:
            environment = {**os.environ, "XDG_CACHE_HOME": "/nonexistent",
                           "NATUPNP_GATEWAY": json.loads(gateway.stdout.readline())["location"]}
            for command, shown in steps:
                done = run([NATUPNP, *shlex.split(command)[1:]], environment)
                came = done.stdout.replace("127.0.0.1", "192.168.1.10").replace("6 d 23 h", "7 d")
                with self.subTest(command=command):
                    self.assertEqual((came.split(), done.stderr, done.returncode), (shown.split(), "", 0))
            gateway.stdin.close()

    def test_natupnp_gateway(self):
        tried = 0
        for page in self.pages():
            for command in examples(page.read_text(), "natupnp-gateway"):
                options = [word for word in shlex.split(command)[1:] if word != "--exit-with-stdin"]
                done = subprocess.run([GATEWAY, "--exit-with-stdin", *options], text=True,
                                      stdin=subprocess.DEVNULL, capture_output=True, timeout=LIMIT_S,
                                      check=False)
                tried += 1
                with self.subTest(page=page.name, command=command):
                    self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(tried, 3)


if __name__ == "__main__":
    if not (os.access(NATUPNP, os.X_OK) and os.access(GATEWAY, os.X_OK)):
        print("skipped: NATUPNP_BIN and NATUPNP_GATEWAY_BIN do not name the two programs")
        sys.exit(77)
    unittest.main()
