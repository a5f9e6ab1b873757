# SPDX-License-Identifier: MIT
"""Events: callbacks, iterators, and that watching costs nothing while nothing happens."""
import asyncio
import gc
import ipaddress
import pickle
import select
import sys
import threading
import time
import warnings
from unittest import mock

import support

import natupnp
from natupnp import EventKind

FIRST = ipaddress.IPv4Address("203.0.113.7")
OTHER = ipaddress.IPv4Address("198.51.100.9")


class EventsTest(support.GatewayTest):
    def pump_until(self, condition, client=None):
        end = time.monotonic() + support.LIMIT_S
        while not condition():
            self.assertLess(time.monotonic(), end, "it never happened")
            (client or self.client).pump(0.1)

    def new_address(self, events, address):
        """Change the gateway's address, and wait for the event on an iterator."""
        self.gateway.set(external_ip=str(address))
        while True:
            event = events.get(support.LIMIT_S)
            self.assertIsNotNone(event, "no event came")
            if event.external_ip == address:
                return event

    def take_first(self, events):
        """Take what an iterator gives at the beginning: no other event comes unasked."""
        kinds = [events.get(support.LIMIT_S).kind for _ in range(4)]
        self.assertEqual(kinds, ["gateway-found", "external-ip", "connection-status", "number-of-entries"])

    def expect_rest(self, events, seconds):
        """No event comes, and nothing is done, in a while in which nobody changes the network of this machine."""
        engine = type(self.client._driver.engine)
        for _ in range(60):
            begin = time.monotonic()
            with mock.patch.object(engine, "dispatch", autospec=True, side_effect=engine.dispatch) as dispatch:
                self.assertIsNone(events.get(seconds))
            self.assertGreaterEqual(time.monotonic() - begin, seconds)
            if dispatch.call_count < 20:
                return
        self.fail(f"{dispatch.call_count} dispatches while nothing happened")


class Callbacks(EventsTest):
    def test_external_ip(self):
        seen = []
        registration = self.client.events.on_external_ip(seen.append)
        self.pump_until(lambda: seen == [FIRST])
        self.gateway.set(external_ip=str(OTHER))
        self.pump_until(lambda: seen == [FIRST, OTHER])
        registration.close()
        registration.close()
        with iter(self.client.events) as events:
            self.new_address(events, FIRST)
        self.assertEqual(seen, [FIRST, OTHER])

    def test_number_of_entries(self):
        seen = []
        with self.client.events.on_number_of_entries(seen.append):
            self.pump_until(lambda: seen == [0])
            self.client.static_mappings.add(8080, "TCP")
            self.pump_until(lambda: seen == [0, 1])

    def test_kinds(self):
        found, everything, connections = [], [], []
        self.client.events.on("gateway-found", found.append)
        self.client.events.on(EventKind.CONNECTION_STATUS, connections.append)
        self.client.events.on_event(everything.append)
        self.pump_until(lambda: len(everything) == 4)
        self.assertEqual([event.kind for event in everything],
                         ["gateway-found", "external-ip", "connection-status", "number-of-entries"])
        event, = found
        self.assertEqual((event.gateway.location, event.status), (self.gateway.location, natupnp.Status.OK))
        self.assertEqual((connections[0].connection_status, connections[0].number_of_entries), ("Connected", None))
        self.assertEqual(pickle.loads(pickle.dumps(everything)), everything)
        with self.assertRaises(AttributeError):
            event.kind = EventKind.GATEWAY_LOST

    def test_wrong_arguments(self):
        events = self.client.events
        for kind in ("external_ip", "", 5, None):
            with self.assertRaisesRegex(natupnp.InvalidArgumentError, "one of external-ip, .*mapping-refused"):
                events.on(kind, print)
        for register in (events.on_external_ip, events.on_number_of_entries, events.on_event,
                         lambda callback: events.on("gateway-found", callback)):
            with self.assertRaisesRegex(natupnp.InvalidTypeError, "callback must be callable"):
                register(None)
        for timeout in ("1", True, -1, float("nan")):
            with self.assertRaises(natupnp.InvalidArgumentError):
                events.get(timeout)
        self.client.discover()
        self.assertEqual(self.gateway.asked("SUBSCRIBE"), 0)

    def test_one_that_raises(self):
        seen, shown = [], []
        self.client.events.on_external_ip(lambda address: 1 / 0)
        self.client.events.on_external_ip(seen.append)
        self.client.events.on_external_ip(lambda address: {}["no"])
        with mock.patch.object(sys, "excepthook", lambda *args: shown.append(args[0])), \
                self.assertRaises(ZeroDivisionError):
            self.pump_until(lambda: False)
        self.assertEqual((seen, shown), ([FIRST], [KeyError]))
        with self.assertRaises(ZeroDivisionError), mock.patch.object(sys, "excepthook"):
            self.new_address(iter(self.client.events), OTHER)  # an iterator calls them, too
        self.assertEqual(seen, [FIRST, OTHER])

    def test_one_that_closes_the_client(self):
        seen = []
        self.client.events.on_external_ip(lambda address: self.client.close())
        self.client.events.on_event(seen.append)
        with self.assertRaises(natupnp.ClosedError):
            self.pump_until(lambda: False)
        self.assertTrue(self.client.closed)
        self.assertNotIn("external-ip", [event.kind for event in seen])

    def test_one_that_uses_the_client(self):
        """A verb in a callback; one that registers another, which gets what comes after it."""
        seen, later = [], []

        def use(address):
            seen.append(self.client.static_mappings.add(8080, "TCP").external_port)
            if len(seen) == 1:
                self.client.events.on_external_ip(later.append)

        self.client.events.on_external_ip(use)
        self.pump_until(lambda: seen)
        self.assertEqual(later, [])
        self.gateway.set(external_ip=str(OTHER))
        self.pump_until(lambda: later)
        self.assertEqual((seen, later), ([8080, 8080], [OTHER]))

    def test_one_that_ends_itself(self):
        seen = []
        one = self.client.events.on_event(lambda event: (seen.append(event), one.close()))
        self.pump_until(lambda: seen)
        self.pump_until(lambda: not self.client._driver.engine._watching)
        self.assertEqual(len(seen), 1)

    def test_never_inside_a_verb(self):
        seen = []
        events = iter(self.client.events)
        self.client.events.on_external_ip(seen.append)
        while not events._queue.events:
            self.client.discover()
        for _ in range(100):
            self.client.external_ip()
        self.assertEqual(seen, [])
        ready = select.select([self.client.fileno()], [], [], 0)[0]
        self.assertTrue(ready, "a loop of one's own must see that there is something")
        self.client.pump()
        self.pump_until(lambda: seen)
        self.assertEqual(seen, [FIRST])

    def test_a_closed_client(self):
        events = self.client.events
        registration = events.on_event(print)
        self.client.close()
        registration.close()
        for use in (iter, lambda e: e.get(0), lambda e: e.on_event(print)):
            with self.assertRaises(natupnp.ClosedError):
                use(events)
        with self.assertRaises(natupnp.ClosedError):
            self.client.kept

    def test_another_thread(self):
        errors = []

        def register():
            try:
                self.client.events.on_event(print)
            except natupnp.BusyError as error:
                errors.append(error)

        def during(address):
            thread = threading.Thread(target=register)
            thread.start()
            thread.join()

        self.client.events.on_external_ip(during)
        self.pump_until(lambda: errors)


class Iterators(EventsTest):
    def test_each_gets_every_event(self):
        one, other = iter(self.client.events), iter(self.client.events)
        self.assertIs(iter(one), one)
        found = next(one)
        self.assertEqual(found.kind, EventKind.GATEWAY_FOUND)
        self.assertEqual(other.get(0), found)
        self.assertEqual(next(one), other.get(support.LIMIT_S))

    def test_from_its_making_on(self):
        one = iter(self.client.events)
        self.new_address(one, OTHER)
        two = iter(self.client.events)
        event = self.new_address(one, FIRST)
        self.assertEqual(two.get(support.LIMIT_S), event)

    def test_leaving_a_loop_ends_it(self):
        for event in self.client.events:
            break
        gc.collect()
        self.assertFalse(self.client.events._hub.wanted)
        self.pump_until(lambda: not self.client._driver.engine._watching)

    def test_closing_ends_it(self):
        kinds = []
        for event in self.client.events:
            kinds.append(event.kind)
            self.client.close()
        self.assertEqual(kinds, [EventKind.GATEWAY_FOUND])
        events = iter(self.new_client().events)
        events.close()
        self.assertEqual(list(events), [])
        with self.assertRaises(natupnp.ClosedError):
            events.get(0)

    def test_timeouts(self):
        with iter(self.client.events) as events:
            self.assertIsNone(events.get(0))
            self.take_first(events)
            begin = time.monotonic()
            self.assertIsNone(events.get(0.05))
            self.assertGreaterEqual(time.monotonic() - begin, 0.05)

    def test_the_own_one(self):
        self.assertEqual(self.client.events.get(support.LIMIT_S).kind, EventKind.GATEWAY_FOUND)
        self.assertEqual(self.client.events.get(support.LIMIT_S).kind, EventKind.EXTERNAL_IP)

    def test_no_busy_loop(self):
        """While nothing happens nothing is done; an event that is not taken does not keep verbs or pump() awake."""
        events = iter(self.client.events)
        self.client.events.on_event(lambda event: None)
        self.take_first(events)
        self.expect_rest(events, 1)

    def test_events_that_nobody_takes_keep_nothing_awake(self):
        events = iter(self.client.events)
        self.client.events.on_event(lambda event: None)
        self.pump_until(lambda: events._queue.events)
        pumps = 0
        end = time.monotonic() + 1
        while time.monotonic() < end:
            if select.select([self.client.fileno()], [], [], 0.1)[0]:
                self.client.pump()
                pumps += 1
        self.assertLess(pumps, 50)
        for verb in (self.client.discover, self.client.external_ip):
            verb()
        self.client.pump(0)
        begin = time.monotonic()
        while time.monotonic() < begin + 1:
            self.client.pump(0.2)
            pumps += 1
        self.assertLess(pumps, 70)

    def test_a_forked_child(self):
        events = iter(self.client.events)
        self.assertIsNotNone(events.get(support.LIMIT_S))

        def check():
            for use in (lambda: events.get(0), lambda: next(events), lambda: self.client.events.on_event(print)):
                try:
                    use()
                except natupnp.ForkedError:
                    continue
                raise AssertionError("used in a child")
            self.client.close()

        support.in_fork(check)
        self.new_address(events, OTHER)


class Background(EventsTest):
    def setUp(self):
        super().setUp()
        self.client = self.new_client(background=True)

    def test_callbacks_run_in_its_thread(self):
        seen = []
        self.client.events.on_external_ip(lambda address: seen.append((address, threading.current_thread().name)))
        support.until(lambda: seen)
        self.assertEqual(seen, [(FIRST, "natupnp")])

    def test_verbs_in_a_callback(self):
        seen = []

        def use(address):
            seen.append(self.client.static_mappings.add(8080, "TCP").external_port)
            seen.append(self.client.kept)
            self.client.events.on_event(print).close()

        self.client.events.on_external_ip(use)
        ports = [self.client.static_mappings.add(port, "TCP").external_port for port in range(9000, 9020)]
        support.until(lambda: len(seen) == 2)
        self.assertEqual((seen, len(ports)), ([8080, ()], 20))

    def test_one_that_raises(self):
        seen, shown = [], []
        with mock.patch.object(threading, "excepthook", lambda args: shown.append((args.exc_type, args.thread.name))):
            self.client.events.on_external_ip(lambda address: 1 / 0)
            self.client.events.on_external_ip(seen.append)
            self.gateway.set(external_ip=str(OTHER))
            support.until(lambda: OTHER in seen)
        self.assertIn((ZeroDivisionError, "natupnp"), shown)
        self.client.discover()

    def test_one_that_closes_the_client(self):
        events = iter(self.client.events)
        self.client.events.on_external_ip(lambda address: self.client.close())
        self.gateway.set(external_ip=str(OTHER))  # the first address may have come before
        for _ in events:
            pass
        self.assertTrue(self.client.closed)
        support.until(lambda: not self.client._driver._thread.is_alive())

    def test_iterators_in_threads(self):
        results = []

        def collect(events):
            results.append([event.kind for event in events])

        threads = [threading.Thread(target=collect, args=[iter(self.client.events)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        with iter(self.client.events) as events:
            self.new_address(events, OTHER)
        self.client.close()
        for thread in threads:
            thread.join(support.LIMIT_S)
            self.assertFalse(thread.is_alive())
        self.assertEqual(len(results), 4)

    def test_timeouts(self):
        with iter(self.client.events) as events:
            self.take_first(events)
            self.expect_rest(events, 0.5)


class Awaited(EventsTest):
    def run_main(self, main):
        async def body():
            async with natupnp.AsyncClient(gateway=self.gateway.location) as client:
                return await asyncio.wait_for(main(client), 3 * support.LIMIT_S)

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return asyncio.run(body(), debug=True)

    def test_async_for(self):
        async def main(client):
            kinds = []
            async for event in client.events:
                kinds.append(event.kind)
                if len(kinds) == 2:
                    self.gateway.set(external_ip=str(OTHER))
                if event.external_ip == OTHER:
                    return kinds

        self.assertEqual(self.run_main(main)[0], EventKind.GATEWAY_FOUND)

    def test_callbacks_before_the_first_verb(self):
        async def main(client):
            seen = asyncio.get_running_loop().create_future()
            client.events.on_external_ip(seen.set_result)
            self.assertEqual(await seen, FIRST)

        self.run_main(main)

    def test_one_that_raises(self):
        async def main(client):
            contexts, seen = [], []
            asyncio.get_running_loop().set_exception_handler(lambda loop, context: contexts.append(context))
            client.events.on_external_ip(lambda address: 1 / 0)
            client.events.on_external_ip(seen.append)
            while not seen:
                await client.events.get()
            self.assertIsInstance(contexts[0]["exception"], ZeroDivisionError)
            await client.discover()

        self.run_main(main)

    def test_closing_ends_it(self):
        async def main(client):
            events = client.events.__aiter__()
            self.assertEqual((await events.get()).kind, EventKind.GATEWAY_FOUND)
            for _ in range(3):
                await events.get()
            waiting = asyncio.ensure_future(events.__anext__())
            await asyncio.sleep(0)
            await client.aclose()
            with self.assertRaises(StopAsyncIteration):
                await waiting
            with self.assertRaises(natupnp.ClosedError):
                await events.get()
            self.assertEqual([event async for event in events], [])

        self.run_main(main)

    def test_one_that_closes_the_client(self):
        async def main(client):
            client.events.on_external_ip(lambda address: client.close())
            kinds = [event.kind async for event in client.events]
            self.assertNotIn(EventKind.NUMBER_OF_ENTRIES, kinds)
            self.assertTrue(client.closed)

        self.run_main(main)

    def test_a_wait_can_be_cancelled(self):
        async def main(client):
            events = client.events.__aiter__()
            for _ in range(4):
                await events.get()
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(events.get(), 0.05)
            self.gateway.set(external_ip=str(OTHER))
            self.assertEqual((await events.get()).external_ip, OTHER)

        self.run_main(main)

    def test_without_a_loop(self):
        """A callback may be registered before there is a loop: it is called from the first verb on."""
        client = natupnp.AsyncClient(gateway=self.gateway.location)
        seen = []
        client.events.on_external_ip(seen.append)

        async def main():
            await client.discover()
            while not seen:
                await client.events.get()
            client.close()

        asyncio.run(asyncio.wait_for(main(), 3 * support.LIMIT_S))
        self.assertEqual(seen, [FIRST])


if __name__ == "__main__":
    support.main()
