# SPDX-License-Identifier: MIT
"""AsyncClient: the same verbs awaited, many at once; cancelling, closing, loops."""
import asyncio
import contextlib
import gc
import os
import warnings
import weakref

import support

import natupnp


class AsyncTest(support.GatewayTest):
    """Tests whose bodies are coroutines, each in a loop of its own with a client that is made there."""

    def run_main(self, main, **options):
        async def body():
            client = natupnp.AsyncClient(**{"gateway": self.gateway.location, **options})
            try:
                return await asyncio.wait_for(main(client), 3 * support.LIMIT_S)
            finally:
                client.close()

        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return asyncio.run(body(), debug=True)

    async def asked(self, action, times=1):
        """Until a verb is under way at the gateway."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self.wait_asked, action, times)


class Verbs(AsyncTest):
    def test_every_verb(self):
        async def main(client):
            mappings = client.static_mappings
            self.assertIs(client.static_mappings, mappings)
            self.assertTrue((await client.discover()).chosen)
            self.assertEqual(str(await client.external_ip()), "203.0.113.7")
            self.assertEqual((await client.gateway).connection_status, "Connected")
            self.assertEqual([g.location for g in await client.gateways], [self.gateway.location])
            mapping = await mappings.add(8080, "TCP", 80, description="old")
            self.assertIsInstance(mapping, natupnp.AsyncStaticMapping)
            self.assertEqual(await mappings.get(8080, "TCP"), self.mappings[8080, "TCP"])
            self.assertIsNone(await mappings.get(9, "TCP"))
            self.assertEqual(await mappings.get(9, "TCP", 5), 5)
            self.assertEqual(await mappings.count(), 1)
            self.assertEqual(await mappings.list(), self.mappings.list())
            self.assertEqual([m async for m in mappings], self.mappings.list())
            self.assertEqual((await mapping.edit(description="new")).description, "new")
            self.assertEqual((await mappings.edit(mapping, internal_port=81)).internal_port, 81)
            self.assertFalse((await mapping.disable()).enabled)
            self.assertTrue((await mapping.enable()).enabled)
            await mapping.remove()
            with self.assertRaises(natupnp.NotFoundError):
                await mappings.remove(8080, "TCP")
            with self.assertRaises(KeyError):
                await mapping.edit(description="x")

        self.run_main(main)

    def test_an_external_address_that_is_not_told(self):
        async def main(client):
            self.gateway.set(faults=["GetExternalIPAddress=501"])
            with self.assertRaises(natupnp.FaultError) as raised:
                await client.external_ip()
            self.assertEqual(raised.exception.fault, 501)
            made = await client.static_mappings.add(8080, "TCP")
            self.assertIs(made.external_status, natupnp.Status.E_FAULT)
            self.assertEqual((await client.gateway).external_error.fault, 501)
            self.gateway.set(faults=[], external_ip="")
            self.assertIsNone(await client.external_ip())

        self.run_main(main)

    def test_a_mapping_for_a_while(self):
        async def main(client):
            async with await client.static_mappings.add(8080, "TCP") as mapping:
                self.assertIsInstance(mapping, natupnp.AsyncStaticMapping)
                self.assertEqual(len(self.gateway.table()), 1)
            self.assertEqual(self.gateway.table(), [])
            with self.assertRaises(ZeroDivisionError):
                async with await client.static_mappings.add(8080, "TCP") as mapping:
                    await mapping.remove()
                    1 / 0
            with self.assertRaises(natupnp.ClosedError):
                async with await client.static_mappings.add(8080, "TCP"):
                    await client.aclose()

        self.run_main(main)

    def test_values_are_the_same_as_those_of_a_client(self):
        async def main(client):
            return await client.static_mappings.add(8080, "TCP")

        mapping = self.run_main(main)
        self.assertEqual(mapping, self.mappings.add(8080, "TCP"))
        self.assertIn(mapping, self.mappings)
        self.assertEqual(self.mappings.edit(mapping, description="sync").description, "sync")

    def test_fifty_at_once(self):
        async def main(client):
            ports = range(9000, 9050)
            added = await asyncio.gather(*[client.static_mappings.add(port, "UDP") for port in ports])
            self.assertEqual([mapping.external_port for mapping in added], list(ports))
            got = await asyncio.gather(*[client.static_mappings.get(port, "UDP") for port in ports])
            self.assertEqual([mapping.external_port for mapping in got], list(ports))
            failed = await asyncio.gather(
                *[client.static_mappings.remove(port, "TCP") for port in ports], return_exceptions=True)
            self.assertEqual({type(error) for error in failed}, {natupnp.NotFoundError})
            self.assertEqual(client._driver._engine._waiters, {})

        self.run_main(main)

    def test_others_run_meanwhile(self):
        async def main(client):
            self.gateway.set(faults=["AddPortMapping=hang:1"])
            verb = asyncio.ensure_future(client.static_mappings.add(8080, "TCP"))
            await self.asked("AddPortMapping")
            self.assertEqual(await client.static_mappings.count(), 0)
            self.assertFalse(verb.done())
            verb.cancel()

        self.run_main(main, timeout=support.A_DAY)

    def test_options(self):
        with self.assertRaises(TypeError):
            natupnp.AsyncClient(self.gateway.location)
        with self.assertRaises(TypeError):
            natupnp.AsyncClient(background=True)
        for options in ({"timeout": 0}, {"gateway": "ftp://x/"}, {"cache": ""}, {"budget": "5"},
                        {"gateway": "http://localhost/x", "timeout": -1}):
            with self.assertRaises(natupnp.InvalidArgumentError):
                natupnp.AsyncClient(**options)

    def test_timeout(self):
        async def main(client):
            self.assertIsNone(client.timeout)
            client.timeout = support.A_DAY
            self.gateway.set(faults=["*=hang"])
            task = asyncio.ensure_future(client.static_mappings.count())
            await asyncio.sleep(0)
            client.timeout = 0.1
            self.assertEqual(client.timeout, 0.1)
            with self.assertRaises(natupnp.TimeoutError):
                await client.static_mappings.count()
            with self.assertRaises(natupnp.InvalidArgumentError):
                client.timeout = -1
            self.assertEqual(client.timeout, 0.1)
            self.assertFalse(task.done())
            task.cancel()

        self.run_main(main)
        self.assertEqual(natupnp.AsyncClient(timeout=3).timeout, 3)


class Cancelling(AsyncTest):
    def test_cancel_cancels_the_operation(self):
        async def main(client):
            await client.discover()
            self.gateway.set(faults=["AddPortMapping=hang:1"])
            task = asyncio.ensure_future(client.static_mappings.add(8080, "TCP"))
            await self.asked("AddPortMapping")
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            self.assertEqual(client._driver._engine._waiters, {})
            # Writes to one key wait for each other: this one would wait for the other's end.
            await client.static_mappings.add(8080, "TCP")

        self.run_main(main, timeout=support.A_DAY)

    def test_cancelled_before_anything_is_sent(self):
        async def main(client):
            task = asyncio.ensure_future(client.static_mappings.add(8080, "TCP"))
            await asyncio.sleep(0)
            task.cancel()
            with self.assertRaises(asyncio.CancelledError):
                await task
            await client.discover()
            self.assertEqual(self.gateway.asked("AddPortMapping"), 0)

        self.run_main(main)

    def test_wait_for(self):
        async def main(client):
            await client.discover()
            self.gateway.set(faults=["AddPortMapping=hang"])
            with self.assertRaises(asyncio.TimeoutError):
                await asyncio.wait_for(client.static_mappings.add(8080, "TCP"), 0.1)
            self.gateway.set(faults=[])
            await client.static_mappings.add(8080, "TCP")
            self.assertEqual(client._driver._engine._waiters, {})

        self.run_main(main, timeout=support.A_DAY)

    def test_some_of_many(self):
        async def main(client):
            await client.discover()
            self.gateway.set(latency=0.05)
            tasks = [asyncio.ensure_future(client.static_mappings.add(port, "TCP")) for port in range(9000, 9040)]
            await asyncio.sleep(0.02)
            for task in tasks[::2]:
                task.cancel()
            done = await asyncio.gather(*tasks, return_exceptions=True)
            for n, result in enumerate(done):
                if n % 2:
                    self.assertEqual(result.external_port, 9000 + n)
            self.assertEqual(client._driver._engine._waiters, {})

        self.run_main(main)


class Closing(AsyncTest):
    def test_with(self):
        async def main(_):
            async with natupnp.AsyncClient(gateway=self.gateway.location) as client:
                self.assertFalse(client.closed)
                self.assertIn("open", repr(client))
                await client.discover()
            self.assertTrue(client.closed)
            self.assertIn("closed", repr(client))
            for close in (client.close, client.close):
                close()
            await client.aclose()
            async with contextlib.AsyncExitStack() as stack:
                await stack.enter_async_context(natupnp.AsyncClient(gateway=self.gateway.location))

        self.run_main(main)

    def test_every_verb_of_a_closed_one(self):
        async def main(client):
            mappings = client.static_mappings
            mapping = await mappings.add(8080, "TCP")
            client.close()
            for verb in (client.discover, client.external_ip, lambda: client.gateway, lambda: client.gateways,
                         mappings.list, mappings.count, lambda: mappings.add(1, "TCP"), lambda: mappings.get(1, "TCP"),
                         lambda: mappings.remove(1, "TCP"), lambda: mappings.edit(mapping), mapping.edit,
                         mapping.enable, mapping.disable, mapping.remove):
                with self.assertRaises(natupnp.ClosedError):
                    await verb()
            with self.assertRaises(natupnp.ClosedError):
                client.timeout = 5
            unused = natupnp.AsyncClient()
            unused.close()
            with self.assertRaises(natupnp.ClosedError):
                await unused.discover()

        self.run_main(main)

    def test_who_waits_is_told(self):
        async def main(client):
            await client.discover()
            self.gateway.set(faults=["AddPortMapping=hang"])
            tasks = [asyncio.ensure_future(client.static_mappings.add(port, "TCP")) for port in (1, 2, 3)]
            await self.asked("AddPortMapping", 3)
            client.close()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                self.assertIsInstance(result, natupnp.ClosedError)

        self.run_main(main)

    def test_no_reader_is_left(self):
        async def main(client):
            await client.discover()
            loop = asyncio.get_running_loop()
            fileno = client._driver._engine.fileno()
            self.assertTrue(loop.remove_reader(fileno))
            loop.add_reader(fileno, client._driver._ready)
            client.close()
            with self.assertRaises(OSError):
                os.fstat(fileno)
            self.assertFalse(loop.remove_reader(fileno))

        self.run_main(main)

    def test_a_loop_that_ended_first(self):
        async def main(_):
            client = natupnp.AsyncClient(gateway=self.gateway.location)
            await client.discover()
            return client

        client = self.run_main(main)
        client.close()
        self.assertTrue(client.closed)

    def test_closed_beside_a_loop_that_ended_in_a_verb(self):
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(lambda loop, context: None)  # the task never ends
        client = natupnp.AsyncClient(gateway=self.gateway.location)
        loop.run_until_complete(client.discover())
        self.gateway.set(faults=["AddPortMapping=hang"])
        task = loop.create_task(client.static_mappings.add(8080, "TCP"))
        loop.run_until_complete(asyncio.sleep(0.01))
        loop.close()
        client.close()
        self.assertTrue(client.closed)
        self.assertFalse(task.done())

    def test_forgotten(self):
        """Without close, it goes with its loop."""
        async def main(_):
            client = natupnp.AsyncClient(gateway=self.gateway.location)
            await client.discover()
            return weakref.ref(client), client._driver._engine.fileno()

        client, fileno = self.run_main(main)
        gc.collect()
        self.assertIsNone(client())
        with self.assertRaises(OSError):
            os.fstat(fileno)


class Loops(AsyncTest):
    def test_another_loop(self):
        client = natupnp.AsyncClient(gateway=self.gateway.location)
        self.addCleanup(client.close)
        asyncio.run(client.discover())
        with self.assertRaisesRegex(RuntimeError, "another event loop"):
            asyncio.run(client.discover())

    def test_made_outside_a_loop(self):
        client = natupnp.AsyncClient(gateway=self.gateway.location)

        async def main():
            async with client:
                return await client.static_mappings.count()

        self.assertEqual(asyncio.run(main()), 0)

    def test_two_loops_in_turn(self):
        loops = [asyncio.new_event_loop() for _ in range(2)]
        clients = [natupnp.AsyncClient(gateway=self.gateway.location) for _ in loops]
        for _ in range(3):
            for loop, client in zip(loops, clients):
                self.assertEqual(loop.run_until_complete(client.static_mappings.count()), 0)
        for loop, client in zip(loops, clients):
            client.close()
            loop.close()

    def test_fork(self):
        async def main(client):
            mapping = await client.static_mappings.add(8080, "TCP")
            self.gateway.set(faults=["AddPortMapping=latency=1000"])
            waiting = asyncio.ensure_future(client.static_mappings.add(8081, "TCP"))
            await self.asked("AddPortMapping", 2)

            def child():
                for verb in (client.discover(), client.static_mappings.count(), mapping.remove()):
                    with self.assertRaises(natupnp.ForkedError):
                        verb.send(None)
                with self.assertRaises(natupnp.ForkedError):
                    client.timeout = 5
                client.close()
                assert client.closed and not waiting.done()

            support.in_fork(child)
            # The child has not blinded this loop.
            self.assertEqual((await waiting).external_port, 8081)
            self.assertEqual(await client.static_mappings.count(), 2)

        self.run_main(main)

    def test_a_client_for_a_child(self):
        async def main(client):
            await client.discover()

        def child():
            asyncio.set_event_loop(None)
            self.run_main(main)

        self.run_main(main)
        support.in_fork(child)


if __name__ == "__main__":
    support.main()
