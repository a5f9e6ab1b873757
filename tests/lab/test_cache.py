# SPDX-License-Identifier: MIT
"""The gateway kept for the next process: used at once while it is there, and never believed when it
is not."""

import os
import select
import signal

import labtest
import wire
from namespace import LIMIT_S


class Cache(labtest.LabTest):
    def setUp(self):
        super().setUp()
        self.gateway = self.lab.add_gateway()
        self.host = self.lab.add_host()
        self.cache = self.new_cache()

    def add(self, port):
        with wire.Wire(self.host) as seen:
            added = self.natupnp("add", f"{port}/tcp", cache=self.cache)
        self.assert_code(0, added)
        self.assertEqual(added.mapping["external_port"], port)
        return seen

    def restart(self, old, *options):
        ended = os.pidfd_open(old["pid"])
        os.kill(old["pid"], signal.SIGTERM)
        self.assertTrue(select.select([ended], [], [], LIMIT_S)[0])  # its port may be needed
        os.close(ended)
        return self.simulator(self.gateway, *options)

    def test_it_is_used(self):
        self.simulator(self.gateway, "--ssdp-delay", "1500")
        self.assertEqual(self.add(8000).gets(), ["/rootDesc.xml"])
        seen = self.add(8001)
        self.assertEqual(seen.gets(), [])
        self.assertEqual(seen.actions()["AddPortMapping"], 1)

    def test_a_gateway_on_another_port(self):
        first = self.simulator(self.gateway, "--port", "5001")
        self.add(8000)
        self.restart(first, "--port", "5002")
        self.assertEqual(self.add(8001).gets(), ["/rootDesc.xml"])

    def test_what_is_there_does_not_answer_as_a_gateway(self):
        running = self.simulator(self.gateway, "--port", "5001")
        self.add(8000)
        for n, answer in enumerate(("http404", "html200", "401", "drop")):
            running = self.restart(running, "--port", "5001", "--ssdp-delay", "1500",
                                   "--fault", f"AddPortMapping={answer}:1")
            seen = self.add(8001 + n)
            # A connection that is only dropped is tried again before it is doubted.
            self.assertEqual(seen.gets(), [] if answer == "drop" else ["/rootDesc.xml"], answer)

    def test_a_file_that_others_may_write(self):
        self.simulator(self.gateway)
        self.add(8000)
        (path,) = [os.path.join(folder, name)
                   for folder, _, names in os.walk(self.cache) for name in names]
        os.chmod(path, 0o666)
        self.assertEqual(self.add(8001).gets(), ["/rootDesc.xml"])


if __name__ == "__main__":
    labtest.main()
