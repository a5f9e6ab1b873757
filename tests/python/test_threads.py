# SPDX-License-Identifier: MIT
"""Threads: a client refuses a second one, but with background=True serves any number."""
import gc
import os
import signal
import threading
import weakref
from concurrent.futures import ThreadPoolExecutor

import support

import natupnp


def pool_threads():
    return [thread for thread in threading.enumerate() if thread.name == "natupnp"]


class OneAtATime(support.GatewayTest):
    def test_a_second_thread_is_refused(self):
        self.client.discover()
        self.gateway.set(faults=["AddPortMapping=latency=2000:1"])
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(self.mappings.add, 8080, "TCP")
            self.wait_asked("AddPortMapping")
            for verb in (self.client.discover, self.mappings.count, self.client.close, self.client.pump,
                         lambda: setattr(self.client, "timeout", 5)):
                with self.assertRaisesRegex(natupnp.BusyError, "background=True"):
                    verb()
            self.assertFalse(self.client.closed)
            self.assertEqual(waiting.result(support.LIMIT_S).external_port, 8080)
        self.assertEqual(self.mappings.count(), 1)

    def test_one_after_the_other(self):
        for _ in range(3):
            with ThreadPoolExecutor(1) as pool:
                pool.submit(self.mappings.add, 8080, "TCP").result(support.LIMIT_S)
        self.client.close()

    def test_a_client_each(self):
        def work(port):
            with self.new_client() as client:
                for _ in range(10):
                    client.static_mappings.add(port, "TCP")
                return client.static_mappings[port, "TCP"].external_port

        with ThreadPoolExecutor(8) as pool:
            self.assertEqual(list(pool.map(work, range(9000, 9008))), list(range(9000, 9008)))


class Background(support.GatewayTest):
    def setUp(self):
        super().setUp()
        self.client = self.new_client(background=True, timeout=support.A_DAY)
        self.mappings = self.client.static_mappings

    def test_every_verb(self):
        self.assertTrue(self.client.discover().chosen)
        self.assertEqual(str(self.client.external_ip()), "203.0.113.7")
        self.assertEqual(self.client.gateway.connection_status, "Connected")
        self.assertEqual(len(self.client.gateways), 1)
        with self.mappings.add(8080, "TCP") as mapping:
            self.assertIn(mapping, self.mappings)
            self.assertFalse(mapping.disable().enabled)
            self.assertEqual(len(self.mappings), 1)
            self.client.pump(5)  # there is nothing to do
        with self.assertRaises(natupnp.NotFoundError):
            self.mappings[8080, "TCP"]
        self.client.timeout = 3
        self.assertEqual(self.client.timeout, 3)
        self.assertGreaterEqual(self.client.fileno(), 0)

    def test_refusals_keep_their_words(self):
        """Starts from many threads: each gets the detail of its own."""
        def refused(port):
            with self.assertRaises(natupnp.InvalidArgumentError) as raised:
                self.mappings.add(port, "TCP")
            return str(raised.exception)

        ports = [70000 + n for n in range(400)]
        with ThreadPoolExecutor(8) as pool:
            for port, text in zip(ports, pool.map(refused, ports)):
                self.assertIn(str(port), text)

    def test_from_many_threads(self):
        def work(n):
            for port in range(9000 + 20 * n, 9010 + 20 * n):
                mapping = self.mappings.add(port, "UDP", description=str(port))
                assert self.mappings[port, "UDP"].description == str(port)
                mapping.remove()
            return n

        with ThreadPoolExecutor(16) as pool:
            self.assertEqual(list(pool.map(work, range(16))), list(range(16)))
        self.assertEqual(self.mappings.count(), 0)
        self.assertEqual(self.client._driver.engine._waiters, {})

    def test_at_the_same_time(self):
        self.gateway.set(faults=["AddPortMapping=hang:3"])
        with ThreadPoolExecutor(3) as pool:
            waiting = [pool.submit(self.mappings.add, port, "TCP") for port in range(9000, 9003)]
            self.wait_asked("AddPortMapping", 3)
            self.assertEqual(self.mappings.add(9003, "TCP").external_port, 9003)
            self.assertEqual([future.done() for future in waiting], [False] * 3)
            self.client.close()

    def test_close_while_verbs_wait(self):
        self.gateway.set(faults=["AddPortMapping=hang"])
        with ThreadPoolExecutor(3) as pool:
            waiting = [pool.submit(self.mappings.add, port, "TCP") for port in (1, 2, 3)]
            self.wait_asked("AddPortMapping", 3)
            self.client.close()
            for future in waiting:
                self.assertIsInstance(future.exception(support.LIMIT_S), natupnp.ClosedError)
        self.assertEqual(pool_threads(), [])

    def test_close_from_many_threads(self):
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: self.client.close(), range(8)))
        self.assertTrue(self.client.closed)

    def test_forgotten(self):
        """A client that nobody closes takes its thread with it."""
        self.mappings.add(8080, "TCP")
        gone = weakref.ref(self.client)
        self._cleanups.pop()
        self.client = self.mappings = None
        gc.collect()
        self.assertIsNone(gone())
        self.assertEqual(pool_threads(), [])

    def test_exit_without_close(self):
        for code in (
            "client.static_mappings.add(8080, 'TCP')",
            "raise SystemExit(0)",
            "pid = os.fork(); pid and os.waitpid(pid, 0)",
        ):
            support.run_child(f"""
                import natupnp, os, sys
                client = natupnp.Client(gateway=sys.argv[1], background=True)
                {code}
            """, self.gateway.location)

    def test_exit_while_a_verb_waits(self):
        self.gateway.set(faults=["AddPortMapping=hang"])
        support.run_child("""
            import natupnp, sys, threading
            client = natupnp.Client(gateway=sys.argv[1], background=True)
            client.discover()
            threading.Thread(target=lambda: client.static_mappings.add(9, "TCP"), daemon=True).start()
        """, self.gateway.location, ASAN_OPTIONS=os.environ.get("ASAN_OPTIONS", "") + ":detect_leaks=0")

    def test_killed_by_a_signal(self):
        child = support.start_child("""
            import natupnp, sys
            client = natupnp.Client(gateway=sys.argv[1], background=True)
            client.discover()
            print("ready")
            sys.stdin.read()
        """, self.gateway.location)
        self.assertEqual(child.stdout.readline(), "ready\n")
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=support.LIMIT_S)
        self.assertEqual(child.returncode, -signal.SIGTERM)


if __name__ == "__main__":
    support.main()
