"""Fetch an image from the public internet, within limits; what it is, its bytes say."""

from __future__ import annotations

import ssl
import threading
import time
from collections import OrderedDict
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPException
from ipaddress import ip_network
from types import NoneType
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from headroom_nb.errors import ImageFetchError, OptionError
from headroom_nb.fetching.addresses import check_addresses, read_url
from headroom_nb.fetching.connection import Deadline, PinnedConnection, resolve, system_addresses, tls_context
from headroom_nb.runtime.forks import fork_safe

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.client import HTTPResponse

    from headroom_nb.fetching.addresses import Address, WebAddress

REDIRECTS = frozenset({301, 302, 303, 307, 308})
CHUNK = 64 * 1024
ENOUGH_TO_TELL = 256
"""Bytes by which every format is recognised."""

KEPT_SECONDS = 600.0
"""How long a fetched image is remembered in this process, so that a cell that is run again gives the same payload."""

KEPT_BYTES = 128 * 2**20
"""Bound on what is remembered."""


@dataclass(frozen=True)
class Fetched:
    """An image that was fetched: its bytes, and the host they came from in the end."""

    data: bytes
    host: str


@dataclass(frozen=True)
class ImageFetcher:
    """Fetches images over ``https`` from the public internet.

    Nothing identifies the user: no cookies, no credentials, no referrer; proxies of the environment are not used. Every
    address of a host must be public, the connection goes to the address that was checked, and the same holds after each
    redirect. Can be pickled; what was fetched is remembered by the process, for ten minutes.

    Parameters
    ----------
    max_bytes
        Longest image.
    seconds
        For one image: looking its host up, connecting, redirects and all bytes.
    max_redirects
        How often the way may lead on.
    max_images
        Images fetched in one call, in order of appearance.
    total_seconds, total_bytes
        For all images of one call.
    ports
        TCP ports that may be asked.
    authorities
        File of certificates (PEM) to trust beside the system's, such as an organisation's own.
    resolver
        Returns a host's addresses; None asks the system.
    allowed_networks
        Networks that may be reached though they are not public, such as ``("127.0.0.0/8",)``. For tests: on a server,
        each of them is a way in for whoever writes the messages.

    Raises
    ------
    OptionError
        A limit is not a positive number, a network is none, or another option is of the wrong kind.
    """

    max_bytes: int = 20 * 2**20
    seconds: float = 10.0
    max_redirects: int = 4
    max_images: int = 100
    total_seconds: float = 60.0
    total_bytes: int = 256 * 2**20
    ports: frozenset[int] = frozenset({443})
    authorities: str | None = None
    resolver: Callable[[str, int], list[Address]] | None = None
    allowed_networks: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("max_bytes", "seconds", "max_images", "total_seconds", "total_bytes"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not value > 0:
                raise OptionError(f"{name}={value!r} must be a number more than 0")
        for name, least in (("max_images", 1), ("max_redirects", 0)):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise OptionError(f"{name}={value!r} must be a whole number, {least} or more")
        if not isinstance(self.authorities, (str, NoneType)):
            raise OptionError(f"authorities={self.authorities!r} must be the path of a file, as text")
        if not (self.resolver is None or callable(self.resolver)):
            raise OptionError(f"resolver={self.resolver!r} cannot be called")
        try:
            # as a list or a set too: what was fetched is remembered by all of these
            object.__setattr__(self, "ports", frozenset(self.ports))
            object.__setattr__(self, "allowed_networks", tuple(self.allowed_networks))
            tuple(map(ip_network, self.allowed_networks))
            hash(self)
        except (TypeError, ValueError) as error:
            raise OptionError(f"ports={self.ports!r}, allowed_networks={self.allowed_networks!r}: {error}") from error

    def fetch(self, url: str, *, deadline: Deadline | None = None) -> Fetched:
        """Return the image behind a URL, from memory where it was fetched a short while ago.

        Parameters
        ----------
        url
            An ``https`` address.
        deadline
            The end of the whole call's time, where that comes first.

        Raises
        ------
        ImageFetchError
            It may not or cannot be fetched, or is no image; says why.
        """
        known = _kept.get((self, url))
        if known is not None:
            return known
        address = read_url(url, self.ports)
        own = Deadline(min(self.seconds, deadline.left()) if deadline else self.seconds)
        try:
            fetched = self._follow(url, own)
        except ssl.SSLCertVerificationError as error:
            raise ImageFetchError(
                f"{address.host} has no certificate to be trusted ({error.verify_message}); an organisation's own "
                "authority is named with ImageFetcher(authorities=…)"
            ) from error
        except TimeoutError as error:
            raise ImageFetchError(f"{address.host} took longer than {own.seconds:.3g} seconds") from error
        except (OSError, HTTPException) as error:
            raise ImageFetchError(f"{address.host} did not send it ({_words(error)})") from error
        _kept.put((self, url), fetched)
        return fetched

    def _follow(self, url: str, deadline: Deadline) -> Fetched:
        """Ask, and ask again where the answer leads on; every step is checked like the first."""
        for _ in range(self.max_redirects + 1):
            address = read_url(url, self.ports)
            numbers = resolve(self.resolver or system_addresses, address, deadline)
            check_addresses(address.host, numbers, self.allowed_networks)
            connection = PinnedConnection(address, numbers, tls_context(self.authorities), deadline)
            with closing(connection), closing(connection.ask(address.target)) as answer:
                if answer.status not in REDIRECTS:
                    return Fetched(self._body(answer, address), address.host)
                location = answer.headers.get("Location")
            if not location:
                raise ImageFetchError(f"{address.host} leads on (status {answer.status}) and does not say where to")
            try:
                url = urljoin(url, location.encode("latin-1", "replace").decode("utf-8", "replace"))
            except ValueError:
                raise ImageFetchError(f"{address.host} leads on to what is no address") from None
        raise ImageFetchError(f"it leads on more than {self.max_redirects} times")

    @staticmethod
    def check_start(start: bytes, host: str) -> None:
        """Raise ImageFetchError for what is no image, by its first bytes."""
        from headroom_nb.pictures.plugins import sniff

        if sniff(start) is None:
            raise ImageFetchError(f"what {host} sent is not an image in a format known here")

    def _body(self, answer: HTTPResponse, address: WebAddress) -> bytes:
        """Return the image in an answer; what is no image is not read to its end."""
        if answer.status != 200:
            raise ImageFetchError(f"{address.host} answered with status {answer.status}")
        encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
        if encoding not in {"", "identity"}:
            raise ImageFetchError(f"{address.host} sent it packed ({_shown(encoding)[:20]}), which was not asked for")
        if answer.length is not None and answer.length > self.max_bytes:
            size = f"{answer.length:,}" if answer.length < 10**15 else "countless"
            raise ImageFetchError(f"it has {size} bytes; the limit is {self.max_bytes:,}")
        data = bytearray()
        while chunk := answer.read1(CHUNK) if len(data) >= ENOUGH_TO_TELL else answer.read(ENOUGH_TO_TELL):
            if not data:
                self.check_start(chunk, address.host)
            data += chunk
            if len(data) > self.max_bytes:
                raise ImageFetchError(f"it has more than {self.max_bytes:,} bytes, which is the limit")
        if not data:
            raise ImageFetchError(f"{address.host} sent nothing")
        if answer.length:
            raise ImageFetchError(f"{address.host} broke off, {answer.length:,} bytes before the end")
        return bytes(data)


@dataclass(frozen=True)
class TableFetcher(ImageFetcher):
    """Fetches a file of JSON in the same way, never from memory."""

    def fetch(self, url: str, *, deadline: Deadline | None = None) -> Fetched:
        """Return the file behind a URL; raises ImageFetchError as :meth:`ImageFetcher.fetch`."""
        _kept.drop((self, url))
        return super().fetch(url, deadline=deadline)

    @staticmethod
    def check_start(start: bytes, host: str) -> None:
        """Raise ImageFetchError for what cannot be an object of JSON, by its first bytes."""
        if not start.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
            raise ImageFetchError(f"what {host} sent is not a model table in JSON")


LONGEST_WORDS = 200
"""Characters of an error that are shown: some are a line that the host sent, of up to 64 KB."""


def _words(error: Exception) -> str:
    reason = _shown(getattr(error, "strerror", None) or str(error))
    return reason.strip() or type(error).__name__


def _shown(text: str) -> str:
    """Return what a host sent as a result may hold it: not for long, and nothing that steers a terminal."""
    return "".join(char for char in text[:LONGEST_WORDS] if char.isprintable())


class _Recent:
    """Images fetched a short while ago, by fetcher and URL."""

    def __init__(self) -> None:
        self._entries: OrderedDict[tuple[ImageFetcher, str], tuple[float, Fetched]] = OrderedDict()
        self._bytes = 0
        self._lock = fork_safe(threading.Lock())

    def get(self, key: tuple[ImageFetcher, str]) -> Fetched | None:
        """Return what was fetched, unless that is too long ago."""
        with self._lock:
            self._drop_old()
            entry = self._entries.get(key)
        return None if entry is None else entry[1]

    def put(self, key: tuple[ImageFetcher, str], fetched: Fetched) -> None:
        """Remember an image; the oldest ones go."""
        with self._lock:
            previous = self._entries.pop(key, None)
            self._bytes += len(fetched.data) - (len(previous[1].data) if previous else 0)
            self._entries[key] = (time.monotonic(), fetched)
            self._drop_old()

    def drop(self, key: tuple[ImageFetcher, str]) -> None:
        """Forget one image."""
        with self._lock:
            entry = self._entries.pop(key, None)
            self._bytes -= len(entry[1].data) if entry else 0

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._entries.clear()
            self._bytes = 0

    def _drop_old(self) -> None:
        oldest = time.monotonic() - KEPT_SECONDS
        while self._entries and (self._bytes > KEPT_BYTES or next(iter(self._entries.values()))[0] < oldest):
            _, (_, dropped) = self._entries.popitem(last=False)
            self._bytes -= len(dropped.data)


_kept = _Recent()


def forget_fetched() -> None:
    """Forget the images that were fetched; the next call asks their hosts again."""
    _kept.clear()
