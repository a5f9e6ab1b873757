# SPDX-License-Identifier: MIT
"""How long a first `natupnp add` takes, and what it costs on the wire: the gateway's own answering
time plus 20 ms for the whole process, one description, one AddPortMapping.

A third of those 20 ms is the start of the process, which others' work on this machine makes slower,
never faster. So it is measured in between, and where it takes longer than on the machine that the
20 ms were set for, they are stretched in proportion; the time is met when the median of one round
is within that, and several rounds are run before it counts as missed. scripts/bench.sh has the
figures."""

import statistics

import labtest
import ssdp
import wire

RUNS = 9
ROUNDS = 6
ALLOWED_S = 0.020
START_S = 0.0075  # of `natupnp --version`, on that machine


class ColdAdd(labtest.LabTest):
    def one_round(self, first_port):
        """The medians of our time, the gateway's and a process's start."""
        ours, gateways, starts = [], [], []
        for n in range(RUNS):
            gateways.append(ssdp.search(self.host, self.gateway.address).seconds)
            starts.append(self.natupnp("--version").seconds)
            with wire.Wire(self.host) as seen:
                added = self.natupnp("add", f"{first_port + n}/tcp")
            self.assert_code(0, added)
            ours.append(added.seconds)

            self.assertEqual(seen.gets(), ["/rootDesc.xml"])
            actions = seen.actions()
            self.assertEqual(actions["AddPortMapping"], 1, actions)
            self.assertLessEqual(actions["GetExternalIPAddress"], 1)
            self.assertLessEqual(set(actions), {"AddPortMapping", "GetExternalIPAddress"})
        return [statistics.median(times) for times in (ours, gateways, starts)]

    def check(self, igd):
        self.home(igd=igd)
        for n in range(ROUNDS):
            ours, gateway, start = self.one_round(8000 + n * RUNS)
            allowed = ALLOWED_S * max(1, start / START_S)
            print(f"IGD:{igd} cold add {ours * 1000:.1f} ms, the gateway's answer "
                  f"{gateway * 1000:.1f} ms + {allowed * 1000:.1f} ms allowed (a process starts in "
                  f"{start * 1000:.1f} ms)")
            if ours < gateway + allowed:
                return
        self.fail(f"no round of {ROUNDS} was within the time allowed")

    def test_igd1(self):
        self.check(1)

    def test_igd2(self):
        self.check(2)

    def test_known_gateway(self):
        """The second process needs no search to end: it is done before an answer can come."""
        self.home()
        cache = self.new_cache()
        self.assert_code(0, self.natupnp("add", "8000/tcp", cache=cache))
        times = []
        for n in range(RUNS):
            answering = ssdp.search(self.host, self.gateway.address).seconds
            added = self.natupnp("add", f"{8001 + n}/tcp", cache=cache)
            self.assert_code(0, added)
            times.append(added.seconds)
        print(f"known gateway: add {statistics.median(times) * 1000:.1f} ms")
        self.assertLess(statistics.median(times), answering)


if __name__ == "__main__":
    labtest.main()
