# SPDX-License-Identifier: MIT
"""One machine of the laboratory: a network namespace.

It has no name in the system: a descriptor of this process and the processes inside hold it.
Whatever happens to this process, its namespaces, interfaces and daemons go with it.
"""

import contextlib
import ctypes
import os
import socket
import subprocess

# What comes, comes within this, however busy the machine is. It is less than the minute after which
# the library asks a gateway that says nothing: what was told is not taken for what was asked.
LIMIT_S = 50

_CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


class LabError(Exception):
    """The laboratory itself failed: no verdict on what is tested."""


def _check(result, what):
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def _current_namespace():
    return os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)


@contextlib.contextmanager
def _namespace_restored():
    home = _current_namespace()
    try:
        yield
    finally:
        _check(_libc.setns(home, _CLONE_NEWNET), "setns")
        os.close(home)


class Namespace:
    """A machine with a loopback interface; plug() gives it others."""

    def __init__(self, name):
        self.name = name
        self.address = None
        self._processes = []
        with _namespace_restored():
            _check(_libc.unshare(_CLONE_NEWNET), "unshare")
            self._fd = _current_namespace()
        self.ip("link", "set", "lo", "up")

    def close(self):
        for process in reversed(self._processes):
            stop(process)
        self._processes.clear()
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    @property
    def path(self):
        """What the ip command takes for this namespace."""
        return f"/proc/{os.getpid()}/fd/{self._fd}"

    @contextlib.contextmanager
    def entered(self):
        """The calling thread, and what it opens or starts, is inside."""
        with _namespace_restored():
            _check(_libc.setns(self._fd, _CLONE_NEWNET), "setns")
            yield

    def socket(self, family=socket.AF_INET, kind=socket.SOCK_STREAM, proto=0):
        with self.entered():
            return socket.socket(family, kind, proto)

    def popen(self, command, **options):
        with self.entered():
            return subprocess.Popen(command, **options)

    def run(self, command, timeout=LIMIT_S, **options):
        """Run a command to its end: the CompletedProcess, with its output as text."""
        if "input" not in options:
            options["stdin"] = subprocess.DEVNULL
        with self.entered():
            return subprocess.run(command, capture_output=True, text=True, timeout=timeout,
                                  check=False, **options)

    def must(self, command, **options):
        """Run a command that cannot fail in a working laboratory: its output."""
        done = self.run(command, **options)
        if done.returncode != 0:
            why = (done.stderr or done.stdout).strip()
            raise LabError(f"{self.name}: {' '.join(command)}: {why}")
        return done.stdout

    def start(self, command, **options):
        """Start a program that runs until stop(), the end of its standard input or our end."""
        options.setdefault("stdin", subprocess.PIPE)
        process = self.popen(["setpriv", "--pdeathsig", "KILL", "--", *command], **options)
        self._processes.append(process)
        return process

    def ip(self, *arguments):
        return self.must(["ip", *arguments])

    def nft(self, rules):
        return self.must(["nft", "-f", "-"], input=rules)

    def sysctl(self, name, value):
        place = "/proc/sys/" + name.replace(".", "/")
        with self.entered(), open(place, "w", encoding="ascii") as file:
            file.write(str(value))

    def plug(self, interface, address, other, other_interface):
        """A cable to another namespace: this end gets the address, both ends are up."""
        self.ip("link", "add", interface, "type", "veth",
                "peer", "name", other_interface, "netns", other.path)
        self.ip("address", "add", address + "/24", "broadcast", "+", "dev", interface)
        self.ip("link", "set", interface, "up")
        other.ip("link", "set", other_interface, "up")
        self.address = self.address or address

    def drop_input_but_established(self):
        """A desktop's firewall: only answers to what went out come in."""
        self.nft("""table inet firewall { chain input {
            type filter hook input priority 0; policy drop;
            iif lo accept
            ct state established,related accept
        }
        }""")

    def drop_searches(self, destination=None):
        """Searches are lost on the way in: all of them, or those sent to one address."""
        match = f"ip daddr {destination} " if destination else ""
        self.nft(f"""table inet deaf {{ chain input {{
            type filter hook input priority 0; policy accept;
            {match}udp dport 1900 drop
        }}
        }}""")


def stop(process, limit=3.0):
    """End a process of ours: by the end of its standard input, SIGTERM, SIGKILL."""
    if process.stdin:
        process.stdin.close()
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    for stream in (process.stdout, process.stderr):
        if stream:
            stream.close()
