#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The same with asyncio: a web server that opens its own port and closes it at exit."""

import argparse
import asyncio
import signal

import natupnp


async def answer(reader, writer):
    try:
        await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), timeout=10)
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nhello\n")
        await writer.drain()
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.TimeoutError, OSError):
        pass  # not a request, or gone: the next one matters
    finally:
        writer.close()


async def main(port):
    stopped = asyncio.Event()
    for signum in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(signum, stopped.set)

    server = await asyncio.start_server(answer, "0.0.0.0", port)
    port = server.sockets[0].getsockname()[1]
    async with server, natupnp.AsyncClient() as client:
        # Requests are answered meanwhile: finding the gateway blocks nothing.
        mapping = await client.static_mappings.add(port, "TCP", description="web server", any_port=True)
        async with mapping:  # removes it at the end
            print(f"http://{mapping.external_ip}:{mapping.external_port}/ leads here", flush=True)
            await stopped.wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", nargs="?", type=int, default=8080, help="0 for any free one (8080)")
    try:
        asyncio.run(main(parser.parse_args().port))
    except natupnp.Error as error:
        raise SystemExit(f"the port could not be opened: {error}")
