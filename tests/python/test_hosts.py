# SPDX-License-Identifier: MIT
"""Host names, which the layer looks up: the core takes addresses alone."""
import asyncio
import ipaddress
import socket
import unittest
from unittest import mock

import support

import natupnp
from natupnp import _hosts

LOOPBACK = ipaddress.IPv4Address("127.0.0.1")


def answering(*addresses):
    """A resolver that knows every name."""
    entries = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]
    return mock.patch("socket.getaddrinfo", return_value=entries)


def failing(error):
    return mock.patch("socket.getaddrinfo", side_effect=error)


UNKNOWN = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
TEXT = ("the host 'nowhere.example' is not known (Name or service not known): "
        "write a numeric IPv4 address or a name that has one")


class Urls(unittest.TestCase):
    def test_the_name_in_a_url(self):
        for url, parts in (
            ("http://router:5000/x.xml", ("http://", "router", ":5000/x.xml")),
            ("http://router/x", ("http://", "router", "/x")),
            ("HTTP://my.router:80", ("HTTP://", "my.router", ":80")),
        ):
            self.assertEqual(_hosts.split_url(url), parts)
            self.assertEqual("".join(parts), url)

    def test_no_name_in_it(self):
        for url in (None, "", "router", "http://", "http:///x", "http://192.168.1.1:80/x", "https://router/x",
                    "http://[::1]:80/x", "http://user@router/x", "http://1.2.3/x", b"http://router/", 5):
            self.assertEqual(_hosts.split_url(url)[1], "", url)

    def test_what_is_a_name(self):
        for text in ("192.168.1.300", "1.2.3", "12", "", ".", "-_.", "a\0b", "::1", "1.2.3.4 ", "bad host", "büro", "a:80"):
            self.assertFalse(_hosts.is_name(text), text)
        for text in ("localhost", "1.example", "a..b", "my_host-2"):
            self.assertTrue(_hosts.is_name(text), text)

    def test_an_address_that_others_can_use(self):
        self.assertEqual(_hosts.chosen("", ["127.0.1.1", "192.168.1.9", "192.168.1.8"]), "192.168.1.9")
        self.assertEqual(_hosts.chosen("", ["127.0.1.1"]), "127.0.1.1")


class Blocking(support.GatewayTest):
    def test_localhost(self):
        client = self.new_client(gateway=self.gateway.location.replace("127.0.0.1", "localhost"))
        self.assertEqual(client.discover().location, self.gateway.location)
        mapping = client.static_mappings.add(8080, "TCP", internal_client="localhost")
        self.assertEqual(mapping.internal_client, LOOPBACK)
        mapping = mapping.edit(internal_client=ipaddress.IPv4Address("127.0.0.2"))
        self.assertEqual(mapping.edit(internal_client="localhost").internal_client, LOOPBACK)

    def test_a_name_with_several_addresses(self):
        with answering("127.0.1.1", "192.168.1.9"):
            mapping = self.mappings.add(8080, "TCP", internal_client="server.example")
        self.assertEqual(mapping.internal_client, ipaddress.IPv4Address("192.168.1.9"))

    def test_an_address_is_not_looked_up(self):
        with failing(AssertionError("looked up")):
            self.new_client().static_mappings.add(8080, "TCP", internal_client="192.168.1.9")

    def test_unknown(self):
        with failing(UNKNOWN):
            for call in (lambda: self.mappings.add(8080, "TCP", internal_client="nowhere.example"),
                         lambda: natupnp.Client(gateway="http://nowhere.example/x")):
                with self.assertRaises(natupnp.InvalidArgumentError) as raised:
                    call()
                self.assertEqual(str(raised.exception), TEXT)
                self.assertIs(type(raised.exception), natupnp.InvalidArgumentError)

    def test_what_is_no_name_is_refused_by_the_core(self):
        for text in ("::1", "192.168.1.9.", "bad host", "\ud800", "ü" * 100):
            with self.assertRaisesRegex(natupnp.InvalidArgumentError, "numeric IPv4 address"):
                self.mappings.add(8080, "TCP", internal_client=text)
            with self.assertRaisesRegex(natupnp.InvalidArgumentError, "gateway"):
                natupnp.Client(gateway=f"http://{text}/x")
        with self.assertRaisesRegex(natupnp.InvalidArgumentError, "zero byte"):
            self.mappings.add(8080, "TCP", internal_client="a\0b")


class Awaited(support.GatewayTest):
    def test_localhost(self):
        async def main():
            url = self.gateway.location.replace("127.0.0.1", "localhost")
            async with natupnp.AsyncClient(gateway=url) as client:
                mappings = await asyncio.gather(*[
                    client.static_mappings.add(port, "TCP", internal_client="localhost") for port in range(9000, 9010)])
                self.assertEqual({mapping.internal_client for mapping in mappings}, {LOOPBACK})
                edited = await mappings[0].edit(internal_client="localhost", description="x")
                self.assertEqual(edited.description, "x")

        asyncio.run(main())

    def test_unknown(self):
        async def main():
            async with natupnp.AsyncClient(gateway=self.gateway.location) as client:
                with self.assertRaises(natupnp.InvalidArgumentError) as raised:
                    await client.static_mappings.add(8080, "TCP", internal_client="nowhere.example")
                self.assertEqual(str(raised.exception), TEXT)
                with self.assertRaisesRegex(natupnp.InvalidArgumentError, "numeric"):
                    await client.static_mappings.add(8080, "TCP", internal_client="bad host")
            async with natupnp.AsyncClient(gateway="http://nowhere.example/x") as client:
                with self.assertRaises(natupnp.InvalidArgumentError) as raised:
                    await client.discover()
                self.assertEqual(str(raised.exception), TEXT)

        with failing(UNKNOWN):
            asyncio.run(main())

    def test_closed_while_a_name_is_looked_up(self):
        async def main():
            client = natupnp.AsyncClient(gateway="http://localhost:9/x")
            task = asyncio.ensure_future(client.discover())
            await asyncio.sleep(0)
            client.close()
            with self.assertRaises(natupnp.ClosedError):
                await task

        asyncio.run(main())


if __name__ == "__main__":
    support.main()
