#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A web server that opens its own port at the gateway and closes it at exit."""

import argparse
import functools
import http.server
import signal
import sys

import natupnp


def stop(signum, frame):
    sys.exit(128 + signum)  # leaves the `with` below, so that the mapping goes too


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("port", nargs="?", type=int, default=8080, help="0 for any free one (8080)")
    parser.add_argument("--directory", default=".", help="what to serve (this directory)")
    options = parser.parse_args()

    handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=options.directory)
    server = http.server.ThreadingHTTPServer(("", options.port), handler)
    port = server.server_address[1]
    signal.signal(signal.SIGTERM, stop)

    with server, natupnp.Client() as client:
        try:
            # any_port: another computer's mapping of the same port is left alone.
            mapping = client.static_mappings.add(port, "TCP", description="web server", any_port=True)
        except natupnp.Error as error:
            sys.exit(f"the port could not be opened: {error}")
        with mapping:  # removes it at the end
            print(f"http://{mapping.external_ip}:{mapping.external_port}/ leads here", flush=True)
            server.serve_forever()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
