# SPDX-License-Identifier: MIT
"""The gateway vanishes for good: told once, tried again less and less often, at next to no cost."""

import os
import signal
import time

import keeping
import labtest
import netlab
import wire

LEASE_S = 6
FIRST_MINUTE_S = 60
AFTER_S = 60
CPU_SHARE = 0.001


def cpu_seconds(process):
    """utime and stime of a process."""
    with open(f"/proc/{process}/stat", encoding="ascii") as file:
        fields = file.read().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def bursts(searches):
    """When each search began: the messages of one are within the 3 s that it may take."""
    begins = []
    for when, _, _ in searches:
        if not begins or when > begins[-1] + 3.2:
            begins.append(when)
    return begins


class Vanished(keeping.KeepTest):
    def start(self, lab, arguments):
        """A gateway, a host and the program there, and then only the gateway's silence."""
        gateway, host = lab.add_gateway(), lab.add_host()
        gateway.start_miniupnpd()
        keeper = self.keeper(*arguments, host=host)
        keeper.wait("event", "number-of-entries")
        keeper.wait("done", "add", count=len(arguments) * 10)
        gateway.end_miniupnpd(signal.SIGKILL)
        return gateway, keeper, wire.Wire(host)

    def judge(self, keeper, seen, lost, used, end):
        begins = bursts(seen.searches)
        gaps = [later - earlier for earlier, later in zip(begins, begins[1:])]
        late = [when for when in seen.sent if lost["at"] + FIRST_MINUTE_S < when < end]
        span = end - lost["at"] - FIRST_MINUTE_S
        print(f"searches {[round(when - lost['at'], 1) for when in begins]} s after it was lost; "
              f"{len(late)} packets in the {span:.0f} s after the first minute; {used:.2f} s of CPU "
              f"in {FIRST_MINUTE_S + span:.0f} s")
        self.assertEqual(keeper.events(lost["at"]), ["gateway-lost"], keeper.story())
        self.assertLess(used, CPU_SHARE * (FIRST_MINUTE_S + span))
        self.assertLess(len(late), span)
        self.assertGreaterEqual(len(gaps), 3, "it is not looked for any more")
        self.assertEqual(gaps, sorted(gaps), "the gaps do not grow")

    def test_it_is_gone_for_good(self):
        other = netlab.Lab()
        self.addCleanup(other.close)
        arguments = (f"add 8000/TCP count=10 keep lease={LEASE_S}",)
        gateway, *silent = self.start(self.lab, arguments)
        gateway.ip("link", "set", "lan0", "down")
        _, *refusing = self.start(other, arguments)
        both = (silent, refusing)
        with silent[1], refusing[1]:
            lost = [keeper.wait("event", "gateway-lost", limit=LEASE_S + 15)[0]
                    for keeper, _ in both]
            used = [cpu_seconds(keeper.pid) for keeper, _ in both]
            end = max(line["at"] for line in lost) + FIRST_MINUTE_S + AFTER_S
            time.sleep(end - time.monotonic())
            used = [cpu_seconds(keeper.pid) - before
                    for (keeper, _), before in zip(both, used)]
        for what, (keeper, seen), line, seconds in zip(("the router", "the daemon"), both, lost,
                                                       used):
            with self.subTest(f"{what} is gone"):
                self.judge(keeper, seen, line, seconds, end)


if __name__ == "__main__":
    labtest.main()
