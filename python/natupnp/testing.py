# SPDX-License-Identifier: MIT
"""A simulated gateway for tests of programs that map ports.

It is a process of its own, the program ``natupnp-gateway``, on the loopback
interface. Nothing is really mapped::

    with SimulatedGateway(faults=["AddPortMapping=718:1"]) as gateway:
        client = natupnp.Client(gateway=gateway.location)
        ...
        gateway.set(external_ip="198.51.100.1")
        assert gateway.table() == []

The program is the one that the environment variable ``NATUPNP_SIMULATOR``
names, else the one that came with this package or was built with it, else the
one on the ``PATH``.
"""
from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, NamedTuple, TypeVar

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable
    from types import TracebackType
    from typing import IO, Union

    Setting = Union[bool, int, float, str]

_T = TypeVar("_T")

__all__ = ["Entry", "Request", "SimulatedGateway", "SimulatorError"]

_PROGRAM = "natupnp-gateway"
_LIMIT_S = 20.0  # for each thing that it does; all of them take milliseconds
_MISTAKE = 64  # its exit code for options that it does not take

# Settings that have another name or unit here; the others are those of the manual.
_NAMES = {"version": "igd", "latency": "latency_ms", "ssdp_delay": "ssdp_delay_ms", "max_lease": "max_lease_s"}


class SimulatorError(RuntimeError):
    """The simulated gateway could not be started, or does not answer any more."""


class Entry(NamedTuple):
    """An entry of the gateway's table, as it stands there."""

    external_port: int
    protocol: str  #: "TCP" or "UDP"
    internal_client: str
    internal_port: int
    enabled: bool
    description: str
    remote_host: str  #: "" for any
    lease: int  #: seconds left, 0 for ever


class Request(NamedTuple):
    """An HTTP request that the gateway had."""

    method: str
    path: str
    action: str  #: the name of the action, "description", or "" for other requests
    arguments: dict[str, str]
    status: int  #: of the reply, 0 if there was none
    fault: int  #: the error code that was sent, or 0


class SimulatedGateway:
    """A gateway that runs from here to ``close()`` or the end of the ``with`` block.

    It ends with this process in any case.

    :param version: of the InternetGatewayDevice, 1 or 2.
    :param faults: what goes wrong, each ``"ACTION=WHAT"`` or, for the first COUNT
        times only, ``"ACTION=WHAT:COUNT"``; such as ``"AddPortMapping=718:1"``.
        The manual of natupnp-gateway lists them.
    :param latency: seconds before each reply.
    :param quiet: False shows each request on standard error.
    :param settings: any other setting of the manual by its key, such as
        ``secure=True`` or ``mappings=100``; ``ssdp_delay`` and ``max_lease`` are in seconds.
    :raises ValueError: for a setting that the gateway does not take.
    :raises SimulatorError: when the program is not found or does not start.
    """

    location: str  #: URL of the device description: the option ``gateway`` of a client
    control_url: str  #: URL that actions are posted to
    pid: int  #: the process; still there after the end

    def __init__(
        self,
        *,
        version: int = 2,
        faults: Iterable[str] = (),
        latency: float = 0.0,
        quiet: bool = True,
        **settings: Setting,
    ) -> None:
        import subprocess
        import tempfile

        command = [_find_program(), "--exit-with-stdin"]
        if quiet:
            command.append("--quiet")
        for key, value in _settings({"version": version, "latency": latency, **settings}).items():
            command += _option(key, value)
        command += [f"--fault={fault}" for fault in _list_of_text(faults)]
        with tempfile.TemporaryFile() as errors:
            # A session of its own: Ctrl-C is for the program under test.
            self._process: subprocess.Popen[bytes] | None = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                stderr=errors if quiet else None, start_new_session=True)
            self._owner = os.getpid()
            try:
                ready = self._ready(errors)
            except BaseException:
                self.close()
                raise
        self.location = _get(ready, "location", str)
        self.control_url = _get(ready, "control_url", str)
        self.pid = _get(ready, "pid", int)
        self._control_port = _get(ready, "control_port", int)

    def _ready(self, errors: IO[bytes]) -> dict[str, object]:
        """What the program says of itself when it is ready."""
        process = self._process
        assert process is not None and process.stdout is not None
        with process.stdout:
            line = _read_line(process.stdout)
        if line:
            try:
                return _object(json.loads(line))
            except ValueError as error:
                raise SimulatorError(f"{process.args!r} said {line!r}, as no natupnp-gateway does") from error
        late = line is None
        self.close()
        errors.seek(0)
        said = errors.read().decode(errors="replace").strip()
        if process.returncode == _MISTAKE:
            raise ValueError(said)
        how = f"was not ready after {_LIMIT_S} s" if late else f"ended with code {process.returncode}"
        raise SimulatorError(f"{process.args!r} {how}: {said}")

    def close(self) -> None:
        """End it. Nothing happens when it was ended already, or in a forked child."""
        if self._process is None or os.getpid() != self._owner:
            return
        import subprocess

        process, self._process = self._process, None

        assert process.stdin is not None
        process.stdin.close()
        process.terminate()  # a forked child may hold its standard input open
        try:
            process.wait(_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(_LIMIT_S)

    def __enter__(self) -> SimulatedGateway:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    # ---- what it is told ----

    def set(self, *, faults: Iterable[str] | None = None, **settings: Setting) -> None:
        """Change settings while it runs; ``faults`` replaces all faults.

        :raises ValueError: for a setting that it does not take; nothing is changed then.
        """
        if "quiet" in settings:
            raise ValueError("quiet: is given at the start only")
        body: dict[str, object] = dict(_settings(settings))
        if faults is not None:
            body["faults"] = _faults(faults)
        self._ask("POST", "/set", body)

    def put(
        self,
        external_port: int,
        protocol: str,
        internal_client: str = "192.168.1.2",
        internal_port: int | None = None,
        *,
        enabled: bool = True,
        description: str = "",
        remote_host: str = "",
        lease: int = 0,
    ) -> None:
        """Put an entry into the table, whatever is there: the rules for actions do not apply.

        :param internal_port: None for the external one.
        :param lease: seconds, 0 for ever.
        """
        entry = {"external_port": external_port, "protocol": protocol, "internal_client": internal_client,
                 "internal_port": internal_port or 0, "enabled": enabled, "description": description,
                 "remote_host": remote_host, "lease_s": lease}
        self._ask("POST", "/table", {"add": entry})

    def take(self, external_port: int, protocol: str, remote_host: str = "") -> None:
        """Take an entry out of the table.

        :raises ValueError: when it is not there.
        """
        key = {"external_port": external_port, "protocol": protocol, "remote_host": remote_host}
        self._ask("POST", "/table", {"remove": key})

    def empty(self) -> None:
        """Take every entry out of the table."""
        self._ask("POST", "/table", [])

    def advance(self, seconds: float) -> None:
        """Put the clock of leases and of the uptime forward."""
        self._ask("POST", "/advance", {"seconds": seconds})

    def clear(self) -> None:
        """Forget which requests there were."""
        self._ask("POST", "/clear-counters", {})

    # ---- what it tells ----

    def table(self) -> list[Entry]:
        """The entries of its table, in the order in which they were made."""
        return [
            Entry(
                external_port=_get(entry, "external_port", int),
                protocol=_get(entry, "protocol", str),
                internal_client=_get(entry, "internal_client", str),
                internal_port=_get(entry, "internal_port", int),
                enabled=_get(entry, "enabled", bool),
                description=_get(entry, "description", str),
                remote_host=_get(entry, "remote_host", str),
                lease=_get(entry, "lease_s", int),
            )
            for entry in map(_object, _array(self._ask("GET", "/table")))
        ]

    def requests(self) -> list[Request]:
        """The last 1000 HTTP requests that it had, the oldest first."""
        return [
            Request(
                method=_get(entry, "method", str),
                path=_get(entry, "path", str),
                action=_get(entry, "action", str, ""),
                arguments={k: str(v) for k, v in _object(entry.get("arguments", {})).items()},
                status=_get(entry, "status", int),
                fault=_get(entry, "fault", int, 0),
            )
            for entry in map(_object, _array(self._ask("GET", "/log")))
        ]

    def asked(self, action: str) -> int:
        """How often an action, or "description", was asked for."""
        return _get(_object(_object(self._ask("GET", "/state"))["actions"]), action, int, 0)

    def _ask(self, method: str, path: str, body: object = None) -> object:
        import http.client

        if self._process is None:
            raise SimulatorError("the simulated gateway is closed")
        connection = http.client.HTTPConnection("127.0.0.1", self._control_port, timeout=_LIMIT_S)
        try:
            connection.request(method, path, None if body is None else json.dumps(body).encode())
            reply = connection.getresponse()
            answer: object = json.loads(reply.read())
        except (OSError, http.client.HTTPException) as error:
            raise SimulatorError(f"the simulated gateway (process {self.pid}) does not answer: {error}") from error
        finally:
            connection.close()
        if reply.status != 200:
            raise ValueError(_get(_object(answer), "error", str))
        return answer


# ---- the program ----


def _find_program() -> str:
    import shutil

    named = os.environ.get("NATUPNP_SIMULATOR")
    if named:
        if shutil.which(named):
            return named
        raise SimulatorError(f"NATUPNP_SIMULATOR is {named}, which is no program")
    package = os.path.dirname(os.path.abspath(__file__))
    beside = [os.path.join(package, "_bin", _PROGRAM),  # in a wheel
              os.path.join(package, "..", "..", "bin", _PROGRAM)]  # in a build tree
    for path in beside:
        if os.access(path, os.X_OK):
            return path
    found = shutil.which(_PROGRAM)
    if found:
        return found
    raise SimulatorError(f"the program {_PROGRAM} is not found: install it, or name it in NATUPNP_SIMULATOR")


def _read_line(stream: IO[bytes]) -> bytes | None:
    """One line, an empty one at the end; None when it did not come in time."""
    import select
    import time

    end = time.monotonic() + _LIMIT_S
    poll = select.poll()
    poll.register(stream, select.POLLIN)
    line = b""
    while not line.endswith(b"\n"):
        if not poll.poll(max(0.0, end - time.monotonic()) * 1000):
            return None
        piece = os.read(stream.fileno(), 4096)
        if not piece:
            return b""
        line += piece
    return line


# ---- settings: from here to there ----


def _settings(given: dict[str, Setting]) -> dict[str, Setting]:
    """Settings by the keys and in the units of the program."""
    known: dict[str, Setting] = {}
    for name, value in given.items():
        key = _NAMES.get(name, name)
        if key.endswith("_ms"):
            if isinstance(value, (str, bool)):
                raise ValueError(f"{name}: must be a number of seconds")
            value = round(value * 1000)
        known[key] = value
    return known


def _option(key: str, value: Setting) -> list[str]:
    """A setting as the command line has it: without its unit."""
    option = "--" + key.removesuffix("_ms").removesuffix("_s").replace("_", "-")
    if value is True:
        return [option]
    if value is False:
        return []  # which every flag is
    return [f"{option}={value}"]


def _list_of_text(faults: Iterable[str]) -> list[str]:
    if isinstance(faults, str):
        raise TypeError('faults must be a list of texts, such as ["AddPortMapping=718"]')
    return list(faults)


def _faults(faults: Iterable[str]) -> dict[str, list[str]]:
    by_action: dict[str, list[str]] = {}
    for fault in _list_of_text(faults):
        action, _, what = fault.partition("=")
        by_action.setdefault(action, []).append(what)
    return by_action


# ---- JSON, by its types ----


def _object(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise SimulatorError(f"not an object: {value!r}")
    return value


def _array(value: object) -> list[object]:
    if not isinstance(value, list):
        raise SimulatorError(f"not an array: {value!r}")
    return value


def _get(entry: dict[str, object], key: str, kind: type[_T], default: object = None) -> _T:
    value = entry.get(key, default)
    if not isinstance(value, kind):
        raise SimulatorError(f"{key}: {value!r}")
    return value
