"""One HTTPS request to an address that was checked, all of it before a deadline.

Python's own client does the protocol. What is ours: the connection goes to the number that was checked, never to a name
that could be looked up again; and every wait, down to the bytes of a header, ends at one deadline.
"""

from __future__ import annotations

import queue
import socket
import ssl
import threading
import time
from functools import lru_cache
from http.client import HTTPSConnection
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast

from headroom_nb._version import __version__
from headroom_nb.errors import ImageFetchError, OptionError

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.client import HTTPResponse

    from headroom_nb.fetching.addresses import Address, WebAddress

HEADERS = {
    "Accept": "image/*, application/json;q=0.5",
    "Accept-Encoding": "identity",
    "Connection": "close",
    "User-Agent": f"headroom-nb/{__version__}",
}
"""All that is sent: no cookies, no credentials, no referrer."""


LONGEST_WAIT = 1_000_000.0
"""Seconds, some eleven days: sockets and queues cannot be told to wait for ever in numbers."""


class Deadline:
    """A moment after which nothing is waited for any more; on a clock that never jumps."""

    def __init__(self, seconds: float) -> None:
        self.seconds = min(seconds, LONGEST_WAIT)
        self._end = time.monotonic() + self.seconds

    def left(self) -> float:
        """Return the seconds left; raises TimeoutError when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"it took longer than {self.seconds:g} seconds")
        return left


def system_addresses(host: str, port: int) -> list[Address]:
    """Return the addresses the system's resolver gives for a host; raises OSError where it gives none."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))


def resolve(resolver: Callable[[str, int], list[Address]], address: WebAddress, deadline: Deadline) -> list[Address]:
    """Return a host's addresses; the resolver knows no time limit, so it is asked in a thread of its own.

    Raises
    ------
    ImageFetchError
        There is no such host.
    TimeoutError
        The answer did not come in time.
    """
    answer: queue.SimpleQueue[list[Address] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            answer.put(resolver(address.host, address.port))
        except Exception as error:  # noqa: BLE001 - a resolver of someone's own may raise anything
            answer.put(error)

    threading.Thread(target=ask, name="headroom-nb-resolver", daemon=True).start()
    try:
        found = answer.get(timeout=deadline.left())
    except queue.Empty:
        raise TimeoutError(f"the address of {address.host} was not found in time") from None
    if isinstance(found, Exception) or not found:
        raise ImageFetchError(f"the host {address.host} is not known ({found or 'no address'})")
    return found


class _TimedSocket(ssl.SSLSocket):
    """An encrypted socket that reads no longer than a deadline, rather than starting anew with every byte."""

    deadline: Deadline

    def recv_into(self, buffer: Any, nbytes: int | None = None, flags: int = 0) -> int:
        """Read what is there into a buffer; raises TimeoutError at the deadline."""
        self.settimeout(self.deadline.left())
        return super().recv_into(buffer, nbytes, flags)


@lru_cache(maxsize=8)
def tls_context(authorities: str | None) -> ssl.SSLContext:
    """Return how certificates are verified: by the system's authorities, and those in a file besides."""
    context = ssl.create_default_context()
    context.sslsocket_class = _TimedSocket
    if authorities is not None:
        try:
            context.load_verify_locations(authorities)
        except OSError as error:
            raise OptionError(f"authorities={authorities!r} is not a file of certificates: {error}") from error
    return context


class PinnedConnection(HTTPSConnection):
    """An HTTPS connection to one of a host's addresses that were checked; the certificate must be the host's.

    Parameters
    ----------
    address
        Whom to ask.
    numbers
        Its addresses, tried in turn.
    context
        How certificates are verified.
    deadline
        When to stop.
    """

    def __init__(
        self, address: WebAddress, numbers: list[Address], context: ssl.SSLContext, deadline: Deadline
    ) -> None:
        super().__init__(address.host, address.port, context=context)
        self._numbers = numbers
        self._tls = context
        self._deadline = deadline

    def connect(self) -> None:
        """Connect to the first address that answers; raises OSError where none does."""
        failure: OSError | None = None
        for index, number in enumerate(self._numbers):
            family = socket.AF_INET if number.version == 4 else socket.AF_INET6
            raw = socket.socket(family, socket.SOCK_STREAM)
            try:
                # one that does not answer leaves time for the others
                raw.settimeout(self._deadline.left() / (len(self._numbers) - index))
                raw.connect((str(number), self.port))
                raw.settimeout(self._deadline.left())
                secure = cast("_TimedSocket", self._tls.wrap_socket(raw, server_hostname=self.host))
            except ssl.SSLError:
                raise
            except OSError as error:
                failure = error
                continue
            finally:
                # what succeeded has taken the connection over
                raw.close()
            secure.deadline = self._deadline
            self.sock = secure
            return
        raise failure or OSError("it has no address")

    def ask(self, target: str) -> HTTPResponse:
        """Send the request and return the answer, its body not yet read."""
        self.request("GET", target, headers=HEADERS)
        return self.getresponse()
