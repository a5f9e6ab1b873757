#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Runs a scenario with the driver of one language against a simulated gateway, and compares what
the driver prints with what the scenario expects:

    scenario.py FILE LANGUAGE [--needs PATTERN]... -- COMMAND...

README.md has the language of scenarios. Where a file that the driver needs is missing, the test is
skipped. NATUPNP_GATEWAY_BIN names the simulated gateway.
"""
import argparse
import glob
import json
import os
import re
import select
import shutil
import socket
import subprocess
import sys

SKIPPED = 77
LIMIT_S = 60
GATEWAY = os.environ.get("NATUPNP_GATEWAY_BIN", "natupnp-gateway")


class Scenario:
    """The steps of a file, each with the line that is expected."""

    def __init__(self, path):
        self.options = []  # of the simulated gateway
        self.names = {}  # texts that stand in several lines
        self.steps = []
        with open(path, encoding="utf-8") as file:
            lines = [line.strip() for line in file]
        lines = [line for line in lines if line and not line.startswith("#")]
        while lines:
            step = lines.pop(0)
            if step.startswith("simulator "):
                self.options += step.split()[1:]
                continue
            if step.startswith("let "):
                _, name, text = step.split(" ", 2)
                self.names[name] = text
                continue
            expected = lines.pop(0) if lines else ""
            if step.startswith("= ") or not expected.startswith("= "):
                raise ValueError(f"{path}: one line after each step says what is expected: {step}")
            self.steps.append((step, expected[2:]))

    def told(self, language, places):
        """The steps as a driver reads them, and what it is to print, with the places filled in."""
        def fill(text):
            known = {**places, **self.names}
            while re.search(r"\{\w", text):
                text = re.sub(r"\{(\w+)\}", lambda match: known[match[1]], text)
            return text
        for step, expected in self.steps:
            word, _, rest = step.partition(" ")
            if word != "scripts":
                yield fill(step), fill(expected)
            elif language != "c":
                yield fill(rest), fill(expected)


def same(expected, line):
    """To the byte; {#} is a number that the gateway chose."""
    return re.fullmatch(re.escape(expected).replace(re.escape("{#}"), "[0-9]+"), line) is not None


def differences(told, output):
    """What a driver printed beside what it should have, or nothing."""
    lines = output.splitlines()
    lines += ["(nothing)"] * (len(told) - len(lines))
    return [f"{step}\n  expected {expected}\n  printed  {line}"
            for (step, expected), line in zip(told, lines) if not same(expected, line)] + lines[len(told):]


def check(scenario, language, places, run):
    """Has the steps done by run(input), which gives the output: what is different, as text."""
    told = list(scenario.told(language, places))
    output = run("".join(step + "\n" for step, _ in told))
    return "\n".join(differences(told, output)), len(told)


def common_places():
    """What stands for itself everywhere but on another machine."""
    try:
        socket.getaddrinfo(b"a..b", None, socket.AF_INET)  # no name server is asked for this one
    except OSError as error:
        return {"no_name": error.strerror}
    raise AssertionError("a..b has an address")


def simulated(options):
    """A gateway on the loopback interface: its process and what differs from one to another."""
    process = subprocess.Popen([GATEWAY, "--quiet", "--exit-with-stdin", *options],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    if not select.select([process.stdout], [], [], LIMIT_S)[0]:
        raise AssertionError("the simulated gateway did not get ready")
    ready = json.loads(process.stdout.readline())
    version = "1" if "--igd=1" in options else "2"
    return process, {
        "gateway": ready["location"],
        "control_url": ready["control_url"],
        "root": ready["location"].rpartition("/")[0],
        "port": str(ready["http_port"]),
        "udn": f"uuid:6e617475-706e-4700-8000-7f000001{ready['http_port'] & 0xfff:03x}1",
        "model_number": subprocess.run([GATEWAY, "--version"], check=True, capture_output=True,
                                       text=True, timeout=LIMIT_S).stdout.split()[1],
        "name": "Simulated%20Internet%20gateway",
        "version": version,
        "external_ip": "203.0.113.7",
        "host": "127.0.0.1",
        "other": "192.168.1.77",
        "lease_h": "0" if version == "1" else "168",
        "free_lease_h": "0",
        **common_places(),
    }


def missing(needs, command):
    for pattern in needs:
        if not glob.glob(pattern):
            return f"{pattern} was not built"
    program = next(word for word in command if "=" not in word and word != "env")
    return None if shutil.which(program) else f"{program} is not installed"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("language", choices=["c", "python", "lua"])
    parser.add_argument("--needs", action="append", default=[])
    parser.add_argument("command", nargs="+")
    given = parser.parse_args()
    why = missing(given.needs, given.command)
    if why:
        print(f"skipped: {why}")
        return SKIPPED
    scenario = Scenario(given.file)
    gateway, places = simulated(scenario.options)
    kept = {k: v for k, v in os.environ.items() if k not in ("NATUPNP_GATEWAY", "NATUPNP_INTERFACE")}

    def run(steps):
        return subprocess.run(given.command, input=steps, stdout=subprocess.PIPE,
                              encoding="utf-8", errors="surrogateescape",
                              env=kept, timeout=LIMIT_S, check=True).stdout

    try:
        wrong, count = check(scenario, given.language, places, run)
    finally:
        gateway.stdin.close()
        gateway.wait(LIMIT_S)
    print(wrong or f"{count} steps")
    return bool(wrong) or count == 0


if __name__ == "__main__":
    sys.exit(main())
