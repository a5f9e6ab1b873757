# SPDX-License-Identifier: MIT
"""The gateway vanishes for good: told once, tried again less and less often, at next to no cost. The
program's clock leaps over the time in which nothing happens."""

import bisect
import signal

import keeping
import labtest
import wire

SOON_S = 10  # in which more than one part of it looks for the gateway
FIRST_MINUTE_S = 60
AFTER_S = 540
SEARCH_S = 3.2  # the messages of one search are within its 3 s
STILL_S = 0.01  # half of the time in which nothing happens before a leap


class Leaps:
    """The program's time of what happened at a moment."""

    def __init__(self, keeper):
        leaps = keeper.said("clock", "leapt")
        self._moments = [line["at"] for line in leaps]
        self._leaps = leaps

    def _until(self, when):
        """How many leaps there were before."""
        return bisect.bisect(self._moments, when + STILL_S)

    def clock(self, when):
        n = self._until(when)
        return when + (self._leaps[n - 1]["ms"] / 1000 if n else 0)

    def turns(self, when):
        n = self._until(when)
        return self._leaps[n - 1]["turns"] if n else 0

    @property
    def last(self):
        return self._moments[-1]


class Vanished(keeping.KeepTest):
    def check(self, vanish):
        self.home()
        keeper = self.keeper("add 8000/TCP count=10 keep lease=6")
        keeper.wait("event", "number-of-entries")
        keeper.wait("done", "add", count=10)
        vanish()
        with wire.Wire(self.host) as seen:
            keeper.tell("leap")
            (lost,) = keeper.wait("event", "gateway-lost")
            while True:
                keeper.wait("clock", "leapt", since=lost["at"])
                leaps = Leaps(keeper)
                begin = leaps.clock(lost["at"])
                if leaps.clock(leaps.last) > begin + FIRST_MINUTE_S + AFTER_S:
                    break
                keeper.wait("clock", "leapt", since=leaps.last + STILL_S)
        self.judge(keeper, seen, lost, leaps)

    def judge(self, keeper, seen, lost, leaps):
        begin = leaps.clock(lost["at"])
        searches = [leaps.clock(when) - begin for when, _, _ in seen.searches]
        searches = [at for before, at in zip([-SEARCH_S, *searches], searches)
                    if at > before + SEARCH_S]
        steady = [at for at in searches if at > SOON_S]
        gaps = [later - earlier for earlier, later in zip(steady, steady[1:])]
        late = [when for when in seen.sent
                if FIRST_MINUTE_S < leaps.clock(when) - begin < FIRST_MINUTE_S + AFTER_S]
        turns = leaps.turns(leaps.last) - leaps.turns(lost["at"])
        print(f"searches {[round(at, 1) for at in searches]} s after it was lost; {len(late)} packets "
              f"in the {AFTER_S} s after the first minute; {turns} turns of the loop in all")
        self.assertEqual(keeper.events(lost["at"]), ["gateway-lost"], keeper.story())
        self.assertLess(turns, FIRST_MINUTE_S + AFTER_S)
        self.assertLess(len(late), AFTER_S / 2)
        self.assertGreaterEqual(len(gaps), 5, "it is not looked for any more")
        self.assertEqual(gaps, sorted(gaps), "the gaps do not grow")

    def test_the_router_is_gone(self):
        def vanish():
            self.gateway.end_miniupnpd(signal.SIGKILL)
            self.gateway.ip("link", "set", "lan0", "down")

        self.check(vanish)

    def test_the_daemon_is_gone(self):
        self.check(lambda: self.gateway.end_miniupnpd(signal.SIGKILL))


if __name__ == "__main__":
    labtest.main()
