#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""natupnp against Debian's upnpc, on the real miniupnpd in the laboratory: whole processes, one of
each in turn; medians, and what each costs on the wire.

    python3 bench/race.py [runs]
"""

import os
import shutil
import statistics
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../tests/lab"))

import labtest  # noqa: E402
import netlab  # noqa: E402
import ssdp  # noqa: E402
from wire import Wire  # noqa: E402

KEY = "8080/tcp"
LISTED = 100


class Track:
    """The gateway and the host of all races."""

    def __init__(self, lab):
        self.lab = lab
        self.gateway = lab.add_gateway()
        self.host = lab.add_host()
        self.gateway.start_miniupnpd()
        self.cold = os.path.join(lab.folder, "cold")
        self.warm = os.path.join(lab.folder, "warm")
        os.mkdir(self.warm)
        self.natupnp(self.warm, "info")
        self.upnpc_url = ["upnpc", "-u", self.gateway.location]

    def run(self, command, cache, codes=(0,)):
        """One process: how long it took, in milliseconds."""
        environment = labtest.natupnp_environment(cache)
        start = time.perf_counter()
        done = self.host.run(command, timeout=30, env=environment)
        took = (time.perf_counter() - start) * 1000
        if done.returncode not in codes:
            raise SystemExit(f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}")
        return took

    def natupnp(self, cache, *arguments):
        return self.run([labtest.NATUPNP, *arguments], cache)

    def natupnp_cold(self, *arguments):
        shutil.rmtree(self.cold, ignore_errors=True)
        os.mkdir(self.cold)
        return self.natupnp(self.cold, *arguments)

    def upnpc(self, *arguments):
        return self.run([*self.upnpc_url, *arguments], self.warm)

    def unmap(self):
        self.upnpc("-d", "8080", "TCP")


def race(track, runs, contestants, after=lambda: None):
    """Time the contestants in turn, then count each one on the wire: [(name, times, Wire)]."""
    times = {name: [] for name, _ in contestants}
    for n in range(runs):
        for name, run in contestants if n % 2 == 0 else reversed(contestants):
            times[name].append(run())
            after()
    result = []
    for name, run in contestants:
        with Wire(track.host) as seen:
            run()
        after()
        result.append((name, times[name], seen))
    return result


def report(title, results):
    print(f"\n{title}")
    print(f"  {'':28}{'median ms':>10}{'min':>9}{'max':>9}   searches connects exchanges")
    for name, times, seen in results:
        print(f"  {name:28}{statistics.median(times):10.1f}{min(times):9.1f}{max(times):9.1f}"
              f"{len(seen.searches):11}{len(seen.connects):9}{len(seen.requests):10}")
    ours, theirs = (statistics.median(times) for _, times, _ in results)
    print(f"  natupnp is {theirs / ours:.1f} times as fast")


def main():
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    labtest.enter()
    with netlab.Lab() as lab:
        track = Track(lab)
        host = track.host.address
        answer = ssdp.answering_time(track.host, track.gateway.address, 9) * 1000
        print(f"{runs} runs each, in turn; the gateway takes {answer:.1f} ms to answer a search")

        add = ("-a", host, "80", "8080", "TCP")
        to = ("--to", host + ":80")
        report("A process that only starts", race(track, runs, [
            ("natupnp --version", lambda: track.natupnp(track.warm, "--version")),
            ("upnpc --help", lambda: track.run(["upnpc", "--help"], track.warm, (0, 1))),
        ]))
        report("A mapping, with nothing known", race(track, runs, [
            ("natupnp add", lambda: track.natupnp_cold("add", KEY, *to)),
            ("upnpc -a", lambda: track.run(["upnpc", *add], track.warm)),
        ], track.unmap))
        report("A mapping, with the gateway known", race(track, runs, [
            ("natupnp add (cache)", lambda: track.natupnp(track.warm, "add", KEY, *to)),
            ("upnpc -u URL -a", lambda: track.upnpc(*add)),
        ], track.unmap))

        for n in range(LISTED):
            track.upnpc("-e", f"number {n}", "-a", host, "80", str(20000 + n), "TCP")
        report(f"A listing of {LISTED} mappings, with the gateway known", race(track, runs, [
            ("natupnp list (cache)", lambda: track.natupnp(track.warm, "list")),
            ("upnpc -u URL -l", lambda: track.upnpc("-l")),
        ]))


if __name__ == "__main__":
    main()
