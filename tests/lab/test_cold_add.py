# SPDX-License-Identifier: MIT
"""What a first `natupnp add` costs on the wire: one description, one AddPortMapping, and the external
address asked for once at most. How long it takes is a figure for scripts/bench.sh: the gateway's own
answering time plus 20 ms for the whole process."""

import statistics

import labtest
import ssdp
import wire

RUNS = 5
OWN_S = 0.020


class ColdAdd(labtest.LabTest):
    def check(self, igd):
        self.home(igd=igd)
        ours, gateways = [], []
        for n in range(RUNS):
            gateways.append(ssdp.search(self.host, self.gateway.address).seconds)
            with wire.Wire(self.host) as seen:
                added = self.natupnp("add", f"{8000 + n}/tcp")
            self.assert_code(0, added)
            ours.append(added.seconds)

            self.assertEqual(seen.gets(), ["/rootDesc.xml"])
            actions = seen.actions()
            self.assertEqual(actions["AddPortMapping"], 1, actions)
            self.assertLessEqual(actions["GetExternalIPAddress"], 1)
            self.assertLessEqual(set(actions), {"AddPortMapping", "GetExternalIPAddress"})
        labtest.figure(f"cold add, IGD:{igd}", statistics.median(ours),
                       statistics.median(gateways) + OWN_S)

    def test_igd1(self):
        self.check(1)

    def test_igd2(self):
        self.check(2)

    def test_known_gateway(self):
        """The next process needs no search to end: it is done although no answer comes."""
        self.home()
        cache = self.new_cache()
        self.assert_code(0, self.natupnp("add", "8000/tcp", cache=cache))
        answering = ssdp.answering_time(self.host, self.gateway.address)
        self.gateway.drop_searches()
        times = []
        for n in range(RUNS):
            with wire.Wire(self.host) as seen:
                added = self.natupnp("add", f"{8001 + n}/tcp", cache=cache)
            self.assert_code(0, added)
            self.assertEqual((seen.answers, seen.gets()), ([], []))
            times.append(added.seconds)
        labtest.figure("add at a known gateway", statistics.median(times), answering)


if __name__ == "__main__":
    labtest.main()
