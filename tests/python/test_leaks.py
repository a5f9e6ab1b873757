# SPDX-License-Identifier: MIT
"""A program that runs for months: nothing is left behind by clients, verbs and errors."""
import asyncio
import gc
import os
import threading
import tracemalloc

import support

import natupnp

MIB = 1 << 20
CONNECTIONS = 8  # at most, to one gateway


def open_files():
    return len(os.listdir("/proc/self/fd"))


def resident():
    """The memory of this process, in bytes."""
    with open("/proc/self/status") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    raise AssertionError("no VmRSS")


class Leaks(support.GatewayTest):
    def steady(self, step, times, warm, *, connections=0):
        """Neither files nor memory grow after the first steps; connections: that a client may keep open."""
        for _ in range(warm):
            step()
        gc.collect()
        files, memory = open_files(), resident()
        for _ in range(times - warm):
            step()
        gc.collect()
        self.assertAlmostEqual(open_files(), files, delta=connections)
        self.assertLess(resident() - memory, MIB)

        tracemalloc.start()
        try:
            for _ in range(20):
                step()
            gc.collect()
            before = tracemalloc.get_traced_memory()[0]
            for _ in range(100):
                step()
            gc.collect()
            self.assertLess(tracemalloc.get_traced_memory()[0] - before, 16 << 10)
        finally:
            tracemalloc.stop()

    def test_a_thousand_clients(self):
        def step():
            with natupnp.Client(gateway=self.gateway.location) as client:
                client.static_mappings.add(8080, "TCP")

        self.steady(step, 1000, 100)

    def test_clients_that_nobody_closes(self):
        def step():
            natupnp.Client(gateway=self.gateway.location).static_mappings.count()

        self.steady(step, 300, 100)

    def test_events_and_kept_mappings(self):
        def step():
            with natupnp.Client(gateway=self.gateway.location) as client:
                events = iter(client.events)
                client.events.on_event(lambda event: client.kept)
                client.dynamic_mappings.add(8080, "TCP", keep=True)
                next(events)

        self.steady(step, 300, 100, connections=4)  # cycles that the collector has still to find

    def test_clients_with_threads(self):
        def step():
            with natupnp.Client(gateway=self.gateway.location, background=True) as client:
                client.static_mappings.count()

        self.steady(step, 300, 100)
        self.assertEqual(threading.active_count(), 1)

    def test_clients_of_a_loop(self):
        async def main():
            async with natupnp.AsyncClient(gateway=self.gateway.location) as client:
                await asyncio.gather(client.static_mappings.count(), client.discover())

        with asyncio.Runner() if hasattr(asyncio, "Runner") else Loop() as runner:
            self.steady(lambda: runner.run(main()), 300, 100)

    def test_verbs(self):
        for port in range(10000, 10020):
            self.gateway.put(port, "TCP")

        def step():
            mapping = self.mappings.add(8080, "TCP", description="x")
            self.mappings.list()
            mapping.edit(description="y")
            self.client.gateway
            mapping.remove()

        self.steady(step, 300, 100, connections=CONNECTIONS)

    def test_errors(self):
        self.gateway.put(9, "TCP", "192.168.1.9")

        def step():
            for call in (lambda: self.mappings.add(9, "TCP"), lambda: self.mappings[10, "TCP"],
                         lambda: self.mappings.add("9", "TCP"), lambda: self.mappings.add(70000, "TCP"),
                         lambda: self.mappings.add(9, "TCP", description="\ud800"), lambda: natupnp.Client(timeout=-1),
                         lambda: natupnp.Client(gateway="x")):
                with self.assertRaises(natupnp.Error):
                    call()

        self.steady(step, 300, 100, connections=CONNECTIONS)

    def test_operations_that_are_given_up(self):
        client = natupnp.AsyncClient(gateway=self.gateway.location)

        async def give_up():
            await client.discover()
            tasks = [asyncio.ensure_future(client.static_mappings.add(port, "TCP")) for port in (1, 2, 3)]
            await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.assertEqual(client._driver._engine._waiters, {})

        with asyncio.Runner() if hasattr(asyncio, "Runner") else Loop() as runner:
            self.steady(lambda: runner.run(give_up()), 300, 100, connections=CONNECTIONS)
            client.close()


class Loop:
    """What asyncio.Runner is, for Python before 3.11."""

    def __enter__(self):
        self.loop = asyncio.new_event_loop()
        self.run = self.loop.run_until_complete
        return self

    def __exit__(self, *error):
        self.loop.close()


if __name__ == "__main__":
    support.main()
