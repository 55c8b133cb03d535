"""Which URLs may be asked for, and which network addresses they may lead to. Pure; nothing is looked up here."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from headroom_nb.errors import ImageFetchError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Address = IPv4Address | IPv6Address

LONGEST_URL = 8192
"""Characters; a presigned address of a cloud store has some two thousand."""

_NOT_PUBLIC_4 = (
    "0.0.0.0/8",  # this host
    "10.0.0.0/8",  # private
    "100.64.0.0/10",  # shared by carriers; a cloud's metadata service stands here too
    "127.0.0.0/8",  # loopback
    "168.63.129.16/32",  # the host agent of a cloud, at an address that looks public
    "169.254.0.0/16",  # link-local: metadata services of most clouds
    "172.16.0.0/12",  # private
    "192.0.0.0/24",  # protocol assignments; a cloud's metadata service stands here too
    "192.0.2.0/24",  # documentation
    "192.31.196.0/24",  # AS112
    "192.52.193.0/24",  # AMT
    "192.88.99.0/24",  # 6to4 relays
    "192.168.0.0/16",  # private
    "192.175.48.0/24",  # AS112
    "198.18.0.0/15",  # benchmarks
    "198.51.100.0/24",  # documentation
    "203.0.113.0/24",  # documentation
    "224.0.0.0/4",  # multicast
    "240.0.0.0/4",  # reserved, and broadcast
)
_NOT_PUBLIC_6 = (
    "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
    "2001:db8::/32",  # documentation
    "2002::/16",  # 6to4: leads to an IPv4 address
    "2620:4f:8000::/48",  # AS112
    "3fff::/20",  # documentation
)
"""Of IANA's special-purpose registries (2025), with two addresses of clouds that stand in no registry."""

_PUBLIC_6 = IPv6Network("2000::/3")
"""All global unicast addresses are in here; loopback, link-local, private and multicast ones are not."""

_MAPPED = tuple(map(IPv6Network, ("::ffff:0:0/96", "64:ff9b::/96")))
"""IPv6 addresses that are an IPv4 address in other words: mapped, and behind NAT64."""

_REFUSED = tuple(map(IPv4Network, _NOT_PUBLIC_4)) + tuple(map(IPv6Network, _NOT_PUBLIC_6))
_ODD = re.compile(r"[\x00-\x20\x7f\\\ud800-\udfff]")
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*\.?", re.ASCII)
_NUMBER = re.compile(r"(0x[0-9a-f]*|[0-9]+)", re.ASCII)


@dataclass(frozen=True)
class WebAddress:
    """A URL that may be asked for.

    Attributes
    ----------
    host
        Name in lower case, or an address without brackets.
    port
        TCP port.
    target
        Path and query as they stand in the request's first line, in ASCII.
    """

    host: str
    port: int
    target: str


def read_url(url: str, ports: Collection[int]) -> WebAddress:
    """Return what a URL asks for.

    Parameters
    ----------
    url
        The URL as it stands in the message.
    ports
        Ports that may be asked.

    Raises
    ------
    ImageFetchError
        It is not plain ``https``: another scheme, a user name, an odd port, a host written to be read two ways.
    """
    if len(url) > LONGEST_URL:
        raise ImageFetchError(f"its address has {len(url):,} characters; the limit is {LONGEST_URL:,}")
    if _ODD.search(url):
        raise ImageFetchError("its address has spaces, control characters, half characters or backslashes")
    try:
        parts = urlsplit(url)
        port = 443 if parts.port is None else parts.port
    except ValueError:
        # its words repeat what stands before the host, a password too
        raise ImageFetchError("its address cannot be read: its host or port is none") from None
    if parts.scheme != "https":
        raise ImageFetchError(f"only https is fetched, not {parts.scheme[:20] or 'an address without a scheme'}")
    if "@" in parts.netloc:
        raise ImageFetchError("its address has a user name before the host; nobody is logged in to fetch something")
    host = (parts.hostname or "").lower()
    _check_host(host, bracketed=parts.netloc.startswith("["))
    if port not in ports:
        raise ImageFetchError(f"port {port} of {host} is not asked, only port 443")
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~")
    return WebAddress(host, port, f"{target}?{quote(parts.query, safe='/?%:@!$&()*+,;=~')}" if parts.query else target)


def _check_host(host: str, *, bracketed: bool) -> None:
    """Raise ImageFetchError for a host that is no plain name and no plain address."""
    if not host:
        raise ImageFetchError("its address names no host")
    if not host.isascii():
        raise ImageFetchError(f"the host {host[:60]!r} is not in ASCII; write it in its xn-- form")
    if bracketed:
        if not is_address(host):
            raise ImageFetchError(f"the host [{host[:60]}] is no IPv6 address")
        return
    if len(host) > 253 or not _HOST.fullmatch(host):
        raise ImageFetchError(f"the host {host[:60]!r} is not a host name")
    # a name that ends in a number is an IPv4 address to a browser, in octal, hexadecimal or as one number
    if _NUMBER.fullmatch(host.rstrip(".").rpartition(".")[2]) and not is_address(host):
        raise ImageFetchError(f"the host {host[:60]!r} is an address in disguise; write it as four decimal numbers")


def is_address(host: str) -> bool:
    """Return whether a host is an IP address in its usual notation, without a zone."""
    try:
        ip_address(host)
    except ValueError:
        return False
    return "%" not in host


def is_public(address: Address) -> bool:
    """Return whether an address is one of the public internet's, for a single host.

    Private, loopback, link-local, multicast, reserved and documentation addresses are not, nor are IPv6 addresses that
    carry such an IPv4 address.
    """
    if isinstance(address, IPv6Address):
        if address.scope_id is not None:
            return False
        if any(address in network for network in _MAPPED):
            return is_public(IPv4Address(int(address) & 0xFFFFFFFF))
        if address not in _PUBLIC_6:
            return False
    return not any(network.version == address.version and address in network for network in _REFUSED)


def check_addresses(host: str, addresses: Iterable[Address], allowed: Iterable[str] = ()) -> None:
    """Raise ImageFetchError unless every address that a host has is public, or in an allowed network."""
    networks = [ip_network(network) for network in allowed]
    for address in addresses:
        if not is_public(address) and not any(address in network for network in networks):
            raise ImageFetchError(f"{host} leads to {address}, which is not on the public internet")
