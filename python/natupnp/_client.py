# SPDX-License-Identifier: MIT
"""The client whose verbs wait."""
from __future__ import annotations

from . import _verbs
from ._blocking import Blocking
from ._dynamic import DynamicMappings
from ._gateway import external_ip
from ._options import options
from ._static import StaticMappings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ipaddress import IPv4Address
    from types import TracebackType
    from typing import TypeVar

    from ._background import Background
    from ._events import Events
    from ._gateway import Gateway
    from ._kept import Kept
    from ._options import Options, Path

    Self = TypeVar("Self", bound="Client")


class Client:
    """Finds the gateway of this network and maps ports on it. Every verb waits for its result.

    Nothing is sent before the first verb. A client serves one thread at a time;
    with ``background=True`` a thread of its own does the work, and verbs may
    come from any thread. Ctrl-C ends a verb that waits, and cancels its operation. In a
    forked child every verb is a ForkedError: make another client there.

    :param gateway: the URL of the gateway's description, such as
        ``http://192.168.1.1:5000/rootDesc.xml``, which is trusted; None for the
        environment variable NATUPNP_GATEWAY, else to search.
    :param interface: search on this network interface only; None for the environment
        variable NATUPNP_INTERFACE, else every one.
    :param timeout: what one verb may take in all, in seconds, the search included; at most a day.
        None for 10.
    :param budget: what a search may take, in seconds; at most a day. None for just under 3.
    :param trust_host: a numeric IPv4 address that descriptions may name although another one answered.
    :param cache: an existing directory where the gateway is remembered for the next process.
    :param background: whether a thread of its own does the work.
    :raises InvalidArgumentError: for an option that is not valid.
    :raises SystemResourceError: without a free file descriptor.

    Any verb may raise the errors of its arguments, the network and the gateway: see :class:`Error`.
    """

    def __init__(
        self,
        *,
        gateway: str | None = None,
        interface: str | None = None,
        timeout: float | None = None,
        budget: float | None = None,
        trust_host: str | None = None,
        cache: Path | None = None,
        background: bool = False,
    ) -> None:
        given = options(gateway, interface, timeout, budget, trust_host, cache)
        self._timeout = timeout
        self._driver = _background(given) if background else Blocking(given)
        self._static_mappings = StaticMappings(self._driver)
        self._dynamic_mappings = DynamicMappings(self._driver)
        self._events: Events | None = None

    def discover(self) -> Gateway:
        """The gateway: found now, or known already.

        :raises NoGatewayError: when none answered; the text says what to check.
        """
        return self._driver.run(_verbs.DISCOVER)

    def external_ip(self) -> IPv4Address | None:
        """The gateway's external (WAN) address, asked for anew; None when it has none now.

        :raises Error: why it is not known: FaultError, BadReplyError when what the gateway says makes no sense.
        """
        return external_ip(self.gateway)

    @property
    def gateway(self) -> Gateway:
        """The gateway, asked anew for its external address, its status and its uptime."""
        return self._driver.run(_verbs.QUERY)

    @property
    def gateways(self) -> tuple[Gateway, ...]:
        """Every gateway of this network, the chosen one first: a search that takes the whole budget."""
        return self._driver.run(_verbs.GATEWAYS)

    @property
    def static_mappings(self) -> StaticMappings:
        """The port mappings that any remote host may use: always the same collection."""
        return self._static_mappings

    @property
    def dynamic_mappings(self) -> DynamicMappings:
        """The port mappings with a lease or for one remote host: always the same collection."""
        return self._dynamic_mappings

    @property
    def events(self) -> Events:
        """What happens to the gateway and to kept mappings: always the same object."""
        if self._events is None:
            from ._events import Events  # they are not for everyone, as threads are not

            self._events = Events(self._driver)
        return self._events

    @property
    def kept(self) -> tuple[Kept, ...]:
        """The mappings that were added with ``keep=True`` and not removed, and how they fare. Nothing is sent.

        While the client lives they are renewed, made again when the gateway has lost them, and led to this
        host's address when that changes, by pump() and by verbs: call pump() whenever
        fileno() is readable, or make the client with ``background=True``. Where nobody does, a RuntimeWarning
        says so once.
        """
        from ._kept import kept_of

        return self._driver.call(kept_of)

    @property
    def timeout(self) -> float | None:
        """What a verb may take in all from now on, in seconds; None for 10. May be set."""
        return self._timeout

    @timeout.setter
    def timeout(self, seconds: float | None) -> None:
        self._driver.set_timeout(seconds)
        self._timeout = seconds

    def fileno(self) -> int:
        """The descriptor to watch for reading in a loop of your own, with pump() when it is readable.

        It stays the same. Never read, write or close it.
        """
        return self._driver.engine.fileno()

    def pump(self, timeout: float = 0.0) -> None:
        """Do what is due, and call the callbacks of :attr:`events`. With ``background=True`` the thread does it.

        What a callback raises comes out of here.

        :param timeout: how many seconds to wait at most until there is something, 0 or more.
        """
        self._driver.pump(timeout)

    @property
    def closed(self) -> bool:
        """Whether it is closed."""
        return self._driver.engine.closed

    def close(self) -> None:
        """Remove the kept mappings, then free it; the others stay at the gateway. Closing it again does nothing.

        The removal takes at most ``timeout``. That one could not be removed is a
        RuntimeWarning, no error; the client is closed all the same.
        """
        self._driver.close()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {'closed' if self.closed else 'open'}>"


def _background(given: Options) -> Background:
    from ._background import Background  # threads are not for everyone: their import takes time

    return Background(given)
