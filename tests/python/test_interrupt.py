# SPDX-License-Identifier: MIT
"""Signals: Ctrl-C ends a verb that waits, and handlers may use the client."""
import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import support

import natupnp

PROMISED_S = 0.3

# Waits in a verb that is never answered; when it is interrupted, uses the client on.
CHILD = """
    import signal, sys, natupnp
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with natupnp.Client(gateway=sys.argv[1], background=sys.argv[2] == "background", timeout=86400) as client:
        client.discover()
        try:
            client.static_mappings.add(8080, "TCP")
            print("not interrupted")
        except KeyboardInterrupt:
            print("interrupted")
        client.static_mappings.add(8080, "TCP", description="after")
        print(len(client._driver.engine._waiters), client.static_mappings[8080, "TCP"].description)
"""


class ControlC(support.GatewayTest):
    def interrupt(self, kind):
        self.gateway.set(faults=["AddPortMapping=hang:1"])
        child = support.start_child(CHILD, self.gateway.location, kind)
        self.addCleanup(child.communicate)
        self.addCleanup(child.kill)
        self.wait_asked("AddPortMapping")
        self.end_by_control_c(child, f"Ctrl-C in a verb, {kind}")
        # The writes to one key wait for each other: the first one must be gone for this.
        self.assertEqual(support.read_line(child), "0 after\n")
        self.assertEqual(child.wait(support.LIMIT_S), 0)

    def end_by_control_c(self, child, what):
        start = time.monotonic()
        child.send_signal(signal.SIGINT)
        self.assertEqual(support.read_line(child), "interrupted\n")
        support.figure(what, time.monotonic() - start, PROMISED_S)

    def test_blocking(self):
        self.interrupt("blocking")

    def test_background(self):
        self.interrupt("background")

    def test_while_a_name_is_looked_up(self):
        """No signal interrupts the system's resolver: only the wait for it."""
        child = support.start_child("""
            import signal, socket, threading, natupnp
            signal.signal(signal.SIGINT, signal.default_int_handler)

            def getaddrinfo(*args):
                print("asked", flush=True)
                threading.Event().wait(86400)

            socket.getaddrinfo = getaddrinfo
            try:
                natupnp.Client(gateway="http://router.example/")
            except KeyboardInterrupt:
                print("interrupted", flush=True)
        """)
        self.addCleanup(child.communicate)
        self.addCleanup(child.kill)
        self.assertEqual(support.read_line(child), "asked\n")
        self.end_by_control_c(child, "Ctrl-C while a name is looked up")
        self.assertEqual(child.wait(support.LIMIT_S), 0)

    def test_pump(self):
        ready = threading.Event()

        def interrupt():
            ready.wait(support.LIMIT_S)
            time.sleep(0.05)  # let it begin to wait; it may be interrupted before as well
            os.kill(os.getpid(), signal.SIGINT)

        thread = threading.Thread(target=interrupt)
        thread.start()
        with self.assertRaises(KeyboardInterrupt):
            ready.set()
            self.client.pump(10**400)  # for ever
        thread.join()
        self.client.discover()

    def test_a_signal_that_another_thread_received(self):
        for background in (False, True):
            client = self.new_client(background=background, timeout=support.A_DAY)
            self.gateway.set(faults=["AddPortMapping=hang:1"])
            self.gateway.clear()
            done = threading.Event()

            def interrupt():
                self.wait_asked("AddPortMapping")
                signal.pthread_kill(threading.get_ident(), signal.SIGINT)  # does not disturb the wait itself
                done.wait(support.LIMIT_S)

            thread = threading.Thread(target=interrupt)
            thread.start()
            try:
                with self.assertRaises(KeyboardInterrupt):
                    client.static_mappings.add(8080, "TCP")
            finally:
                done.set()
                thread.join()
            self.assertEqual(client.static_mappings.count(), 0)


class Handlers(support.GatewayTest):
    """A handler runs in the middle of a verb, in the same thread."""

    def signalled(self, handler, client):
        """The result of an add that is interrupted by a handler while it waits."""
        old = signal.signal(signal.SIGUSR1, lambda signum, frame: handler())
        self.addCleanup(signal.signal, signal.SIGUSR1, old)

        def send():
            self.wait_asked("AddPortMapping")
            os.kill(os.getpid(), signal.SIGUSR1)

        thread = threading.Thread(target=send)
        thread.start()
        self.addCleanup(thread.join)
        return client.static_mappings.add(8080, "TCP")

    def test_a_verb_in_a_handler(self):
        for background in (False, True):
            with self.new_client(background=background) as client:
                client.discover()
                self.gateway.clear()
                self.gateway.set(faults=["AddPortMapping=latency=1000"])
                seen = []
                mapping = self.signalled(lambda: seen.append(client.static_mappings.get(9, "TCP", "none")), client)
                self.assertEqual(seen, ["none"])
                self.assertEqual(mapping.external_port, 8080)

    def test_the_same_operation_ends_in_the_handler(self):
        self.client.discover()
        self.gateway.set(faults=["AddPortMapping=latency=1000"])
        # The verb in the handler is answered after the one that it interrupts.
        mapping = self.signalled(lambda: self.mappings.add(8081, "TCP"), self.client)
        self.assertEqual(mapping.external_port, 8080)
        self.assertEqual(self.mappings.count(), 2)

    def test_an_exception_in_a_handler(self):
        class Stop(Exception):
            pass

        def stop():
            raise Stop

        self.client.discover()
        self.gateway.set(faults=["AddPortMapping=hang:1"])
        with self.assertRaises(Stop):
            self.signalled(stop, self.client)
        self.assertEqual(self.mappings.add(8080, "TCP").external_port, 8080)

    def test_close_in_a_handler(self):
        for background in (False, True):
            client = self.new_client(background=background)
            client.discover()
            self.gateway.clear()
            self.gateway.set(faults=["AddPortMapping=hang:1"])
            with self.assertRaises(natupnp.ClosedError):
                self.signalled(client.close, client)
            self.assertTrue(client.closed)

    def test_an_exception_at_any_moment(self):
        """Wherever it strikes, no operation, no descriptor and no lock stays behind."""
        class Stop(Exception):
            pass

        def stop(signum, frame):
            raise Stop

        old = signal.signal(signal.SIGALRM, stop)
        self.addCleanup(signal.signal, signal.SIGALRM, old)
        moments = random.Random(1)
        for background in (False, True):
            with self.new_client(background=background) as client:
                interrupted = 0
                for _ in range(400):
                    try:
                        signal.setitimer(signal.ITIMER_REAL, moments.uniform(20e-6, 500e-6))
                        client.static_mappings.add(8080, "TCP")
                        signal.setitimer(signal.ITIMER_REAL, 0)
                    except Stop:
                        interrupted += 1
                signal.setitimer(signal.ITIMER_REAL, 0)
                self.assertGreater(interrupted, 50)
                client.static_mappings.add(8080, "TCP")
                with ThreadPoolExecutor(1) as pool:
                    self.assertEqual(pool.submit(client.static_mappings.count).result(support.LIMIT_S), 1)


if __name__ == "__main__":
    support.main()
