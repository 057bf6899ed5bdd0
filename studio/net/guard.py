"""Refuses addresses that lead inward: this computer, the local network, link-local, cloud metadata.

For addresses that somebody else chose (media URLs in a request to the engine). The answer is the list of the checked
IP addresses: connect to one of those and to nothing else, since a name may mean another address at the next look-up.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from dataclasses import dataclass

from studio.net.errors import ForbiddenAddressError, NotSentError
from studio.net.origin import is_loopback_host, split

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

# Beyond what `is_global` refuses in every Python that we run on.
_INWARD = tuple(
    ipaddress.ip_network(text)
    for text in (
        "0.0.0.0/8",         # "this network"
        "100.64.0.0/10",     # carrier-grade NAT; one cloud's metadata lies here
        "168.63.129.16/32",  # one cloud's host agent, on a public address
        "192.0.0.0/24",      # protocol assignments; one cloud's metadata lies here
        "192.88.99.0/24",    # old 6to4 relays
        "198.18.0.0/15",     # benchmarks
        "240.0.0.0/4",       # reserved
        "::/96",             # IPv4-compatible, long deprecated
        "64:ff9b:1::/48",    # NAT64 for local use
        "100::/64",          # discard
        "2001::/23",         # Teredo and other protocol assignments
        "2001:db8::/32",     # documentation
        "3fff::/20",         # documentation
        "5f00::/16",         # segment routing
        "fec0::/10",         # site-local, deprecated
    )
)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


@dataclass(frozen=True, slots=True)
class Checked:
    """A host whose addresses were all looked at. `addresses`: IPv4 first, no repeats."""

    host: str
    port: int
    addresses: tuple[IpAddress, ...]


def check_outward(url: str, *, allow_loopback: bool = False) -> Checked:
    """Resolves the address's host and refuses it if any of its IP addresses leads inward. Blocks during the look-up.

    Raises ForbiddenAddressError, and NotSentError where the name is not known.
    """
    host, port = _host_and_port(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSentError(f"The name {host} is not known.") from None
    return _judge(host, port, [str(entry[4][0]) for entry in found], allow_loopback=allow_loopback)


async def check_outward_async(url: str, *, allow_loopback: bool = False) -> Checked:
    """The same without blocking."""
    host, port = _host_and_port(url)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise NotSentError(f"The name {host} is not known.") from None
    return _judge(host, port, [str(entry[4][0]) for entry in found], allow_loopback=allow_loopback)


def is_inward(address: IpAddress) -> bool:
    """Whether an IP address is not out on the internet, also when an IPv6 address wraps an IPv4 one."""
    if isinstance(address, ipaddress.IPv6Address):
        wrapped = address.ipv4_mapped or address.sixtofour
        if wrapped is None and address in _NAT64:
            wrapped = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_inward(wrapped)
    if not address.is_global or address.is_multicast or address.is_unspecified or address.is_reserved:
        return True
    return any(address.version == network.version and address in network for network in _INWARD)


def refuse_inward_literal(url: str) -> None:
    """Refuses an address whose host is written as an inward IP address or as this computer; looks no name up.

    Enough for links in a service's answer, where a proxy may be the only one that can look names up.
    """
    host = split(url).hostname or ""
    if is_loopback_host(host):
        raise ForbiddenAddressError("The service points to this computer.")
    try:
        address = ipaddress.ip_address(host.split("%", 1)[0])
    except ValueError:
        return
    if is_inward(address):
        raise ForbiddenAddressError(f"{host} leads into the local network.")


def _host_and_port(url: str) -> tuple[str, int]:
    parts = split(url)
    return parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)


def _judge(host: str, port: int, texts: list[str], *, allow_loopback: bool) -> Checked:
    addresses: list[IpAddress] = []
    for text in texts:
        address = ipaddress.ip_address(text.split("%", 1)[0])
        loopback = is_loopback_host(str(address))
        if not (loopback and allow_loopback) and is_inward(address):
            raise ForbiddenAddressError(f"{host} leads to this computer or into the local network.")
        if address not in addresses:
            addresses.append(address)
    if not addresses:
        raise NotSentError(f"The name {host} has no address.")
    return Checked(host, port, tuple(sorted(addresses, key=lambda address: address.version)))
