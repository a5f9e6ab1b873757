# SPDX-License-Identifier: MIT
"""Kept mappings: what is shown of them, that they are made again, and that a close removes them."""
import asyncio
import gc
import pickle
import signal
import time
import warnings
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import support

import natupnp
from natupnp import EventKind, KeptState, _engine


class KeepTest(support.GatewayTest):
    def pump_until(self, condition):
        end = time.monotonic() + support.LIMIT_S
        while not condition():
            self.assertLess(time.monotonic(), end, "it never happened")
            self.client.pump(0.1)

    def event(self, events, kind):
        """The next event of a kind."""
        for event in iter(lambda: events.get(support.LIMIT_S), None):
            if event.kind == kind:
                return event
        raise AssertionError(f"no event {kind} came")


class Kept(KeepTest):
    def test_what_is_shown(self):
        self.assertEqual(self.client.kept, ())
        self.assertEqual(self.gateway.requests(), [])
        mapping = self.client.dynamic_mappings.add(8080, "TCP", lease=600, keep=True)
        self.client.dynamic_mappings.add(8081, "TCP")
        kept, = self.client.kept
        self.assertEqual((kept.mapping, kept.state, kept.status), (mapping, KeptState.HELD, natupnp.Status.OK))
        self.assertTrue(300 <= kept.next_in <= 360)
        self.assertEqual(pickle.loads(pickle.dumps(kept)), kept)
        self.assertEqual(f"{kept.state}", "held")

    def test_both_kinds_until_they_are_removed(self):
        static = self.client.static_mappings.add(8080, "TCP", keep=True)
        dynamic = self.client.dynamic_mappings.add(8081, "TCP", keep=True)
        self.assertEqual({kept.mapping for kept in self.client.kept}, {static, dynamic})
        static.remove()
        self.assertEqual([kept.mapping for kept in self.client.kept], [dynamic])
        with dynamic:
            pass
        self.assertEqual(self.client.kept, ())

    def test_renewed_in_time(self):
        events = iter(self.client.events)
        self.client.dynamic_mappings.add(8080, "TCP", lease=2, keep=True)
        event = self.event(events, EventKind.MAPPING_RENEWED)
        self.assertEqual(event.mapping.external_port, 8080)
        self.assertEqual(self.client.kept[0].state, KeptState.HELD)

    def test_refused(self):
        events = iter(self.client.events)
        self.client.dynamic_mappings.add(8080, "TCP", lease=2, keep=True)
        self.gateway.set(faults=["AddPortMapping=501"])
        event = self.event(events, EventKind.MAPPING_REFUSED)
        self.assertNotEqual((event.status, event.detail), (natupnp.Status.OK, ""))
        self.assertIn(self.client.kept[0].state, (KeptState.REFUSED, KeptState.MISSING))
        self.gateway.set(faults=[])

    def test_made_again_in_the_background(self):
        client = self.new_client(background=True)
        client.dynamic_mappings.add(8080, "TCP", lease=2, keep=True)
        self.gateway.empty()
        support.until(self.gateway.table)
        self.assertEqual(client.kept[0].mapping.external_port, 8080)


class Close(KeepTest):
    def add_three(self, client):
        client.static_mappings.add(8080, "TCP", keep=True)
        client.dynamic_mappings.add(8081, "TCP", keep=True)
        client.dynamic_mappings.add(8082, "TCP", remote_host="198.51.100.1", keep=True)
        client.static_mappings.add(9000, "TCP")

    def left(self):
        return [entry.external_port for entry in self.gateway.table()]

    def test_kept_ones_are_removed(self):
        for background in (False, True):
            with self.new_client(background=background) as client:
                self.add_three(client)
            self.assertEqual(self.left(), [9000])
            client.close()

    def test_after_an_error_too(self):
        with self.assertRaises(ZeroDivisionError), self.new_client() as client:
            self.add_three(client)
            1 / 0
        self.assertEqual(self.left(), [9000])

    def test_in_a_callback(self):
        for background in (False, True):
            client = self.new_client(background=background)
            self.add_three(client)
            events = iter(client.events)
            client.events.on_external_ip(lambda address: client.close())
            self.gateway.set(external_ip=f"198.51.100.{2 + background}")
            for _ in events:
                pass
            self.assertTrue(client.closed)
            self.assertEqual(self.left(), [9000])

    def test_what_cannot_be_removed_is_a_warning(self):
        for background in (False, True):
            client = self.new_client(background=background, timeout=5)
            client.static_mappings.add(8080, "TCP", keep=True)
            self.gateway.set(faults=["DeletePortMapping=606"])
            with self.assertWarnsRegex(RuntimeWarning, "could not be removed.*606") as warned:
                client.close()
            self.assertEqual(warned.filename, __file__)
            self.assertTrue(client.closed)
            self.gateway.set(faults=[])

    def test_an_interrupted_close_is_one(self):
        self.client.static_mappings.add(8080, "TCP", keep=True)
        engine = self.client._driver.engine
        with mock.patch.object(type(engine), "start", side_effect=KeyboardInterrupt), self.assertRaises(KeyboardInterrupt):
            self.client.close()
        self.assertTrue(self.client.closed)

    def test_one_at_a_time(self):
        """Closed by two at once, it is closed once."""
        client = self.new_client(background=True)
        self.add_three(client)
        with warnings.catch_warnings(), ThreadPoolExecutor(4) as pool:
            warnings.simplefilter("error")
            list(pool.map(lambda _: client.close(), range(4)))
        self.assertEqual(self.left(), [9000])

    def test_a_signal_handler_during_a_close(self):
        self.add_three(self.client)
        self.gateway.set(faults=["DeletePortMapping=latency=200"])
        before = signal.signal(signal.SIGALRM, lambda *_: self.client.close())
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.client.close()
        self.assertEqual(self.left(), [9000])

    def test_a_forked_child_removes_nothing(self):
        for background in (False, True):
            with self.new_client(background=background) as client:
                client.static_mappings.add(8080, "TCP", keep=True)
                support.in_fork(client.close)
                self.assertEqual(self.left(), [8080])
                self.assertEqual(len(client.kept), 1)

    def test_the_end_of_the_process(self):
        """A client with a thread of its own that nobody closed does what it can, and the process ends."""
        output = support.run_child("""
            import natupnp, sys
            client = natupnp.Client(gateway=sys.argv[1], background=True)
            client.static_mappings.add(8080, "TCP", keep=True)
            print(len(client.kept))
        """, self.gateway.location)
        self.assertEqual((output, self.left()), ("1\n", []))
        self.gateway.set(faults=["DeletePortMapping=hang"])
        support.run_child("""
            import natupnp, sys
            client = natupnp.Client(gateway=sys.argv[1], background=True)
            client.static_mappings.add(8080, "TCP", keep=True)
        """, self.gateway.location)


class Warned(KeepTest):
    def test_a_forgotten_client(self):
        client = natupnp.Client(gateway=self.gateway.location)
        client.static_mappings.add(8080, "TCP", keep=True)
        with self.assertWarnsRegex(ResourceWarning, "was not closed"):
            del client
            gc.collect()
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            client = natupnp.Client(gateway=self.gateway.location)
            client.static_mappings.add(8080, "TCP")
            del client
            gc.collect()

    def test_one_that_nobody_pumps(self):
        with mock.patch.object(_engine, "NEGLECT_S", 0):
            self.client.dynamic_mappings.add(8080, "TCP", lease=6, keep=True)
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                self.client.pump()  # nothing was due
            support.until(lambda: self.client.kept[0].next_in == 0, "the renewal")
            with self.assertWarnsRegex(RuntimeWarning, "not renewed in time: pump") as warned:
                self.client.pump()
            self.assertEqual(warned.filename, __file__)
            self.pump_until(lambda: self.client.kept[0].next_in)
            support.until(lambda: self.client.kept[0].next_in == 0, "the renewal")
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                self.client.pump()  # said once

    def test_one_that_is_pumped(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.client.dynamic_mappings.add(8080, "TCP", lease=2, keep=True)
            self.pump_until(lambda: self.gateway.asked("AddPortMapping") >= 2)


class Awaited(KeepTest):
    def run_main(self, main):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return asyncio.run(asyncio.wait_for(main(), 3 * support.LIMIT_S), debug=True)

    def test_the_end_of_with(self):
        async def main():
            client = natupnp.AsyncClient(gateway=self.gateway.location)
            self.assertEqual(client.kept, ())
            async with client:
                mapping = await client.static_mappings.add(8080, "TCP", keep=True)
                await client.dynamic_mappings.add(8081, "TCP", keep=True)
                self.assertIn(mapping, [kept.mapping for kept in client.kept])
            self.assertEqual(self.gateway.table(), [])
            await client.aclose()
            with self.assertRaises(natupnp.ClosedError):
                client.kept

        self.run_main(main)

    def test_two_tasks_end_it(self):
        async def main():
            client = natupnp.AsyncClient(gateway=self.gateway.location)
            await client.static_mappings.add(8080, "TCP", keep=True)
            await asyncio.gather(client.aclose(), client.aclose())
            self.assertEqual(self.gateway.table(), [])

        self.run_main(main)

    def test_an_end_at_once(self):
        async def main():
            client = natupnp.AsyncClient(gateway=self.gateway.location)
            await client.static_mappings.add(8080, "TCP", keep=True)
            with self.assertWarnsRegex(RuntimeWarning, "await aclose"):
                client.close()
            self.assertEqual(len(self.gateway.table()), 1)

        self.run_main(main)

    def test_renewed_and_made_again(self):
        async def main():
            async with natupnp.AsyncClient(gateway=self.gateway.location) as client:
                events = client.events.__aiter__()
                await client.dynamic_mappings.add(8080, "TCP", lease=2, keep=True)
                async for event in events:
                    if event.kind == EventKind.MAPPING_RENEWED:
                        return event.mapping.external_port

        self.assertEqual(self.run_main(main), 8080)


if __name__ == "__main__":
    support.main()
